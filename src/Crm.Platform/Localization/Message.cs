using Microsoft.Extensions.Localization;

namespace Crm.Platform.Localization;

/// <summary>A sentence for people: English with placeholders, put into the reader's language when shown.</summary>
public sealed record Message(string Text, params object[] Arguments)
{
    public string For(IStringLocalizer localizer)
        => localizer[Text, [.. Arguments.Select(a => a is LocalizedText text ? text.For(localizer) : a)]];

    public override string ToString() => string.Format(System.Globalization.CultureInfo.InvariantCulture, Text, Arguments);
}
