using System.Net;
using System.Text.RegularExpressions;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using Ganss.Xss;

namespace Crm.Platform.Fields;

/// <summary>Text with headings, lists, links and emphasis, kept as the little HTML that <see cref="RichText"/> lets through.</summary>
internal sealed class RichTextField : FieldKind
{
    private const int Limit = 50_000;

    private static readonly KindColumn[] RichColumns = [new("", ColumnType.Text), new("_key", ColumnType.Text, IsKey: true)];

    public override string Name => "richText";

    public override LocalizedText Label => "Formatted text";

    public override Type ValueType => typeof(string);

    public override bool IsSortable => false;

    public override bool IsWide => true;

    public override bool IsLong => true;

    public override IReadOnlyList<FilterOperator> Operators { get; } = [FilterOperator.Contains, .. FieldKinds.Equality];

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => RichColumns;

    /// <summary>Filters look into the words, not into the markup.</summary>
    public override object?[] ToColumns(FieldDefinition field, object? value) => [value, value is string html ? Fold(RichText.ToPlain(html)) : null];

    public override object? ToFilterValue(FieldDefinition field, object? value) => value is string text ? Fold(text) : value;

    public override IEnumerable<string> SearchTexts(FieldDefinition field, object value) => [RichText.ToPlain((string)value)];

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context) => new(Clean(field, text), null);

    public override object? Clean(FieldDefinition field, object value)
        => RichText.Sanitize((string)value) is var html && string.IsNullOrWhiteSpace(RichText.ToPlain(html)) ? null : html;

    public override Message? Validate(FieldDefinition field, object value)
    {
        var length = ((string)value).Length;
        return length > (field.MaxLength ?? Limit) ? new("{0} may have at most {1} characters; this has {2}", field.Label, field.MaxLength ?? Limit, length) : null;
    }

    public override Message? ValidateDefinition(FieldDefinition field)
        => field.MaxLength is < 1 or > 100_000 ? new("The longest text must be between {0} and {1} characters", 1, 100_000) : null;

    public override string Format(FieldDefinition field, object value, FormatContext context) => RichText.ToPlain((string)value);

    public override IReadOnlyList<string> ToForm(FieldDefinition field, object value, FormatContext context) => [(string)value];
}

/// <summary>HTML that is safe to show: a few elements without style, script or anything that is loaded from elsewhere.</summary>
public static partial class RichText
{
    /// <summary>Elements whose content is no text of the author's.</summary>
    private static readonly HashSet<string> Silent = new(StringComparer.OrdinalIgnoreCase) { "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "title" };

    private static readonly HtmlSanitizer Sanitizer = Make();

    /// <summary>What may stay of an HTML text; a text without markup becomes paragraphs.</summary>
    public static string Sanitize(string text)
    {
        text = string.Concat(text.ReplaceLineEndings("\n").Where(c => !char.IsControl(c) || c is '\n' or '\t'));
        if (!Markup().IsMatch(text))
            text = string.Concat(text.Split("\n\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(p => $"<p>{WebUtility.HtmlEncode(p).Replace("\n", "<br>", StringComparison.Ordinal)}</p>"));
        var html = Sanitizer.Sanitize(text).Trim();
        // Words alone would be taken for a text without markup, and encoded again.
        return html.Length == 0 || Markup().IsMatch(html) ? html : $"<p>{html}</p>";
    }

    /// <summary>The words, a line for each paragraph and list item.</summary>
    public static string ToPlain(string html)
        => Lines().Replace(WebUtility.HtmlDecode(Tag().Replace(Break().Replace(html.Replace('\n', ' '), "\n"), "")), "\n").Trim();

    private static HtmlSanitizer Make()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "p", "br", "strong", "b", "em", "i", "u", "s", "a", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "code", "pre", "hr" },
            AllowedAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "rel" },
            AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "http", "https", "mailto", "tel" },
            UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href" },
        });
        // An editor makes <div> of lines: their words stay.
        sanitizer.KeepChildNodes = true;
        sanitizer.PostProcessNode += (_, e) =>
        {
            if (e.Node is AngleSharp.Dom.IElement { LocalName: "a" } link)
                link.SetAttribute("rel", "noopener noreferrer nofollow");
        };
        // Browsers put a list into the paragraph where it was begun, where it cannot be: read again, that leaves an empty one on each side.
        sanitizer.PostProcessDom += (_, e) =>
        {
            foreach (var paragraph in e.Document.QuerySelectorAll("p").Where(p => !p.HasChildNodes && (IsBlock(p.PreviousSibling) || IsBlock(p.NextSibling))))
                paragraph.Remove();
        };
        // Kept children must not bring the words of a script into the text.
        sanitizer.RemovingTag += (_, e) =>
        {
            if (Silent.Contains(e.Tag.LocalName))
                e.Tag.InnerHtml = "";
        };
        return sanitizer;
    }

    /// <summary>Whether the words before and behind it are apart anyway.</summary>
    private static bool IsBlock(AngleSharp.Dom.INode? node)
        => node is null or AngleSharp.Dom.IElement { LocalName: "p" or "ul" or "ol" or "h2" or "h3" or "h4" or "blockquote" or "pre" or "hr" };

    [GeneratedRegex(@"<[a-z/!?]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Markup();

    [GeneratedRegex(@"<br[^>]*>|</(?:p|li|h[2-4]|blockquote|pre|ul|ol)>|<hr[^>]*>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Break();

    [GeneratedRegex(@"<(?:""[^""]*""|[^"">])*>", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s*\n\s*", RegexOptions.CultureInvariant)]
    private static partial Regex Lines();
}
