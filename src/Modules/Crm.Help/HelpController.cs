using Crm.Platform.Fields;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Help;

internal sealed record HelpContents(IReadOnlyList<HelpChapter> Chapters, string Search, IReadOnlyList<(HelpChapter Chapter, HelpSection Section)> Found);

internal sealed record HelpPage(HelpChapter Chapter, IReadOnlyList<HelpChapter> Chapters)
{
    public HelpChapter? Previous => Chapters.TakeWhile(c => c != Chapter).LastOrDefault();

    public HelpChapter? Next => Chapters.SkipWhile(c => c != Chapter).Skip(1).FirstOrDefault();
}

/// <summary>The manual: its contents, its chapters, and a search within them.</summary>
[SignedIn]
internal sealed class HelpController(HelpLibrary library) : Controller
{
    private const int MostFound = 30;
    private const int Longest = 100;

    [HttpGet("/help")]
    public IActionResult Index(string? q)
    {
        var text = (q ?? "").Trim();
        text = text.Length > Longest ? text[..Longest] : text;
        return View(new HelpContents(library.Chapters, text, text.Length == 0 ? [] : Find(FieldKind.Fold(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
    }

    [HttpGet("/help/{slug}")]
    public IActionResult Chapter(string slug)
        => library.Find(slug) is { } chapter ? View(new HelpPage(chapter, library.Chapters)) : NotFound();

    /// <summary>Sections that contain all words, those that name one in their title first.</summary>
    private List<(HelpChapter, HelpSection)> Find(string[] words)
        => [.. library.Chapters.SelectMany(c => c.Sections, (c, s) => (Chapter: c, Section: s, Text: FieldKind.Fold($"{c.Title}\n{s.Text}"), Title: FieldKind.Fold(s.Title)))
            .Where(f => words.All(w => f.Text.Contains(w, StringComparison.Ordinal)))
            .OrderByDescending(f => words.Count(w => f.Title.Contains(w, StringComparison.Ordinal)))
            .Take(MostFound).Select(f => (f.Chapter, f.Section))];
}
