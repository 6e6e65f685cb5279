using Crm.Platform.Content;
using Crm.Platform.Display;

namespace Crm.Search.Finding;

/// <param name="Text">What was typed.</param>
/// <param name="Type">The tab; null for all types.</param>
internal sealed record SearchPage(string Text, ContentTypeDefinition? Type, int Page, SearchResult Result, IReadOnlyList<SearchTab> Tabs, IReadOnlyList<SearchHit> Hits)
{
    public const int Size = 20;

    public long All => Result.Counts.Values.Sum();

    public bool HasNext => Page * Size < Math.Min(Result.Total, RecordSearch.Deepest);

    /// <summary>Whether there is more than pages can be turned to.</summary>
    public bool IsCut => !HasNext && Result.Total > RecordSearch.Deepest;

    public string AddressOf(ContentTypeDefinition? type, int page = 1)
        => ListLinks.Of("/search", ("q", Text), ("type", type?.Name), ("page", page > 1 ? page.ToString(System.Globalization.CultureInfo.InvariantCulture) : null));
}

internal sealed record SearchTab(ContentTypeDefinition Type, long Count);

/// <summary>What is offered while somebody types.</summary>
internal sealed record Suggestions(string Text, IReadOnlyList<MenuEntry> Places, IReadOnlyList<IGrouping<ContentTypeDefinition, SearchHit>> Groups, long Total);
