using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Security;
using Crm.Search.Words;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Search.Finding;

/// <summary>The box on top of every page and the page of its results.</summary>
[SignedIn]
internal sealed class SearchController(RecordSearch search, SearchHits hits, ContentDefinitions definitions, ActorContext actor, Menu menu, IStringLocalizer localizer) : Controller
{
    private const int Suggested = 12;
    private const int SuggestedPlaces = 4;

    [HttpGet("/search")]
    public async Task<IActionResult> Index(string? q, string? type, int page = 1, CancellationToken cancellationToken = default)
    {
        var text = Shortened(q);
        var tab = type is null ? null : definitions.Current.Find(type) is { } known && actor.Current.CanOpen(known) ? known : null;
        page = Math.Clamp(page, 1, RecordSearch.Deepest / SearchPage.Size);
        var result = await search.FindAsync(new SearchRequest(text, tab?.Name, (page - 1) * SearchPage.Size, SearchPage.Size), cancellationToken);
        var words = SearchWords.Of(text);
        return View(new SearchPage(text, tab, page, result, Tabs(result), [.. result.Items.Select(i => hits.Of(i, words))]));
    }

    [HttpGet("/search/suggest")]
    public async Task<IActionResult> Suggest(string? q, CancellationToken cancellationToken)
    {
        var text = Shortened(q);
        var result = await search.FindAsync(new SearchRequest(text, Take: Suggested, Columns: SearchHits.HintColumns), cancellationToken);
        var words = SearchWords.Of(text);
        var groups = result.Items.Select(i => hits.Of(i, words)).GroupBy(h => h.Type).ToList();
        return PartialView("Suggest", new Suggestions(text, Places(text), groups, result.Counts.Values.Sum()));
    }

    /// <summary>Places of the side bars that are called so, and forms for new records.</summary>
    private List<MenuEntry> Places(string text)
    {
        var folded = FieldKind.Fold(text);
        if (folded.Length == 0)
            return [];
        var forms = definitions.Current.Types.Where(t => actor.Current.CanOpen(t) && actor.Current.Can(t, ContentActions.Create))
            .Select(t => new MenuEntry(New(t), $"{t.Path}/new", "plus", null));
        return [.. menu.Entries(admin: false).Concat(menu.Entries(admin: true)).Concat(forms)
            .Where(e => Begins(FieldKind.Fold(e.Text.For(localizer)), folded)).Take(SuggestedPlaces)];
    }

    private LocalizedText New(ContentTypeDefinition type)
    {
        var text = localizer["New {0}", type.Label.For(localizer)].Value;
        return new LocalizedText(text, text);
    }

    private static bool Begins(string name, string typed)
        => name.StartsWith(typed, StringComparison.Ordinal) || name.Contains(" " + typed, StringComparison.Ordinal);

    private List<SearchTab> Tabs(SearchResult result)
        => [.. result.Counts.Where(c => c.Value > 0).Select(c => new SearchTab(definitions.Current.Get(c.Key), c.Value)).OrderByDescending(t => t.Count).ThenBy(t => t.Type.Name, StringComparer.Ordinal)];

    /// <summary>What is longer than anybody types is cut, not refused.</summary>
    private static string Shortened(string? typed)
    {
        var text = (typed ?? "").Trim();
        return text.Length > SearchWords.MaxLength ? text[..SearchWords.MaxLength] : text;
    }
}
