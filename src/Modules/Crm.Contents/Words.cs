using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Microsoft.Extensions.Localization;

namespace Crm.Contents;

internal static class Words
{
    /// <summary>A record's name; those that come with the product are in the reader's language.</summary>
    public static string NameOf(this ContentTypeDefinition type, ContentItem item, IStringLocalizer localizer)
        => item.DisplayText.Length == 0 ? localizer["(no name)"] : type.TranslatedNames.Contains(item.DisplayText) ? localizer[item.DisplayText] : item.DisplayText;

    /// <summary>"1,204", "10,000+" where counting stopped, or "≈ 19,000" where it was not worth it.</summary>
    public static string Of(QueryCount count) => (count.IsEstimate ? "≈ " : "") + count.Count.ToString("N0", CultureInfo.CurrentCulture) + (count is { IsCapped: true, IsEstimate: false } ? "+" : "");
}
