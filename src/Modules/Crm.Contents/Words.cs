using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Microsoft.Extensions.Localization;

namespace Crm.Contents;

internal static class Words
{
    /// <summary>A label within a sentence: English ones begin with a small letter there, unless they are initials.</summary>
    public static string Inside(this LocalizedText label, IStringLocalizer localizer)
    {
        var text = label.For(localizer);
        return text.Length > 1 && char.IsAsciiLetterUpper(text[0]) && !char.IsAsciiLetterUpper(text[1])
            ? char.ToLowerInvariant(text[0]) + text[1..]
            : text;
    }

    /// <summary>A record's name; those that come with the product are in the reader's language.</summary>
    public static string NameOf(this ContentTypeDefinition type, ContentItem item, IStringLocalizer localizer)
        => item.DisplayText.Length == 0 ? localizer["(no name)"] : type.TranslatedNames.Contains(item.DisplayText) ? localizer[item.DisplayText] : item.DisplayText;

    /// <summary>"1,204", "10,000+" where counting stopped, or "≈ 19,000" where it was not worth it.</summary>
    public static string Of(QueryCount count) => (count.IsEstimate ? "≈ " : "") + count.Count.ToString("N0", CultureInfo.CurrentCulture) + (count is { IsCapped: true, IsEstimate: false } ? "+" : "");
}
