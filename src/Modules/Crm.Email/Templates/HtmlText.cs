using System.Text;
using System.Text.RegularExpressions;
using MimeKit.Text;

namespace Crm.Email.Templates;

/// <summary>The text part of a message that has HTML only: lines, list marks, and addresses behind the words that link to them.</summary>
internal static partial class HtmlText
{
    private static readonly HashSet<HtmlTagId> Blocks =
    [
        HtmlTagId.P, HtmlTagId.Div, HtmlTagId.TR, HtmlTagId.Table, HtmlTagId.UL, HtmlTagId.OL, HtmlTagId.H1, HtmlTagId.H2, HtmlTagId.H3, HtmlTagId.H4, HtmlTagId.BlockQuote, HtmlTagId.Section, HtmlTagId.Footer, HtmlTagId.Header,
    ];

    private static readonly HashSet<HtmlTagId> Unread = [HtmlTagId.Style, HtmlTagId.Script, HtmlTagId.Title, HtmlTagId.Head];

    public static string From(string html)
    {
        var text = new StringBuilder();
        var (unread, link, linkStart) = (0, (string?)null, 0);
        var tokenizer = new HtmlTokenizer(new StringReader(html)) { DecodeCharacterReferences = true };
        while (tokenizer.ReadNextToken(out var token))
        {
            switch (token)
            {
                case HtmlTagToken tag when Unread.Contains(tag.Id):
                    unread = tag.IsEndTag ? Math.Max(0, unread - 1) : tag.IsEmptyElement ? unread : unread + 1;
                    break;
                case HtmlTagToken { Id: HtmlTagId.Br }:
                    text.Append('\n');
                    break;
                case HtmlTagToken { Id: HtmlTagId.LI, IsEndTag: false }:
                    text.Append("\n- ");
                    break;
                case HtmlTagToken { Id: HtmlTagId.A, IsEndTag: false } anchor:
                    link = anchor.Attributes.FirstOrDefault(a => a.Id == HtmlAttributeId.Href)?.Value;
                    linkStart = text.Length;
                    break;
                case HtmlTagToken { Id: HtmlTagId.A }:
                    if (link is not null && link.StartsWith("http", StringComparison.OrdinalIgnoreCase) && text.ToString(linkStart, text.Length - linkStart).Trim() != link)
                        text.Append(" (").Append(link).Append(')');
                    link = null;
                    break;
                case HtmlTagToken tag when Blocks.Contains(tag.Id):
                    text.Append(tag.IsEndTag && tag.Id is not (HtmlTagId.TR or HtmlTagId.Div) ? "\n\n" : "\n");
                    break;
                case HtmlDataToken data when unread == 0:
                    text.Append(Blanks().Replace(data.Data, " "));
                    break;
            }
        }
        var lines = text.ToString().Split('\n').Select(l => l.Trim());
        return TooManyLines().Replace(string.Join('\n', lines), "\n\n").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex TooManyLines();
}
