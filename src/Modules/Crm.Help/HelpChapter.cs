using System.Text.RegularExpressions;
using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Crm.Help;

/// <param name="Id">Place in the page; the same in every language.</param>
/// <param name="Text">Without markup, for searching.</param>
internal sealed record HelpSection(string Id, string Title, string Text);

/// <summary>One chapter of the manual in one language: a Markdown file that a module carries.</summary>
internal sealed partial class HelpChapter
{
    // A module's text is text: markup in it is shown, not obeyed.
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseEmphasisExtras().DisableHtml().Build();

    private HelpChapter(int order, string slug, string module, string title, string lead, string html, IReadOnlyList<HelpSection> sections, IReadOnlyList<string> pages)
        => (Order, Slug, Module, Title, Lead, Html, Sections, Pages) = (order, slug, module, title, lead, html, sections, pages);

    public int Order { get; }

    public string Slug { get; }

    public string Module { get; }

    public string Title { get; }

    /// <summary>The first paragraph.</summary>
    public string Lead { get; }

    public string Html { get; }

    public IReadOnlyList<HelpSection> Sections { get; }

    /// <summary>Beginnings of the addresses of pages that the chapter is about.</summary>
    public IReadOnlyList<string> Pages { get; }

    public string Address => $"/help/{Slug}";

    /// <param name="markdown">First line <c># Title</c>; a line <c>&lt;!-- pages: /customers /contacts --&gt;</c> names pages.</param>
    public static HelpChapter Of(int order, string slug, string module, string markdown)
    {
        var pages = PagesLine().Match(markdown) is { Success: true } line ? line.Groups["pages"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        var document = Markdown.Parse(PagesLine().Replace(markdown, ""), Pipeline);
        var title = document.OfType<HeadingBlock>().FirstOrDefault(h => h.Level == 1);
        if (title is not null)
            document.Remove(title);
        var sections = new List<HelpSection>();
        var text = new List<string>();
        foreach (var block in document)
        {
            if (block is HeadingBlock { Level: 2 } heading)
            {
                Close();
                var id = $"part-{sections.Count + 1}";
                heading.GetAttributes().Id = id;
                sections.Add(new HelpSection(id, TextOf(heading), ""));
            }
            text.Add(TextOf(block));
        }
        Close();
        var lead = document.OfType<ParagraphBlock>().FirstOrDefault() is { } paragraph ? TextOf(paragraph) : "";
        return new HelpChapter(order, slug, module, title is null ? slug : TextOf(title), lead, document.ToHtml(Pipeline), sections, pages);

        void Close()
        {
            if (sections.Count > 0)
                sections[^1] = sections[^1] with { Text = string.Join('\n', text) };
            text.Clear();
        }
    }

    private static string TextOf(MarkdownObject element) => element switch
    {
        ContainerBlock blocks => string.Join('\n', blocks.Select(TextOf)),
        LeafBlock { Inline: { } inlines } => TextOf(inlines),
        LeafBlock lines => lines.Lines.ToString(),
        ContainerInline inlines => string.Concat(inlines.Select(TextOf)),
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        LineBreakInline => " ",
        _ => "",
    };

    [GeneratedRegex(@"^<!--\s*pages:(?<pages>[^>]*?)-->\s*$\n?", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex PagesLine();
}
