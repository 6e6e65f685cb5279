using Microsoft.Extensions.Localization;

namespace Crm.Platform.Localization;

/// <summary>A sentence for people: English with placeholders, put into the reader's language when shown.</summary>
public sealed record Message(string Text, params object[] Arguments)
{
    public string For(IStringLocalizer localizer)
        => Arguments.Length == 0 ? localizer[Text] : localizer[Text, [.. Arguments.Select(a => a switch { LocalizedText text => text.For(localizer), Message inner => inner.For(localizer), _ => a })]];

    /// <summary>In English. Without arguments braces are just braces, as in "such as C{000000}".</summary>
    public override string ToString()
        => Arguments.Length == 0 ? Text : string.Format(System.Globalization.CultureInfo.InvariantCulture, Text, Arguments);
}
