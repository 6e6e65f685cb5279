using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Queries;

namespace Crm.Contents.Lists;

internal sealed record ListPage(
    ContentTypeDefinition Type,
    ListAddress Address,
    IReadOnlyList<ListColumn> Columns,
    QueryPage Page,
    QueryCount Total,
    FilterBar Bar)
{
    public bool IsFiltered => Address.Filter is not null || Address.Search is not null;

    /// <summary>Empty when the type declares no quick filters.</summary>
    public IReadOnlyList<QuickTab> Tabs { get; init; } = [];

    /// <summary>Null when the records are shown as a list.</summary>
    public Boards.BoardPage? Board { get; init; }

    /// <summary>Null when the rows are not grouped.</summary>
    public GroupedRows? Groups { get; init; }

    /// <summary>Filter for the export of what the list shows.</summary>
    public string? ExportFilter { get; init; }

    /// <summary>Whether there is something that the reader could do with chosen records.</summary>
    public bool CanSelect { get; init; }

    /// <summary>What the list is sorted by, the first key first.</summary>
    public IReadOnlyList<SortChoice> Sorts { get; init; } = [];

    /// <summary>Somebody has chosen the sort: it is not just the type's own or that of the tab.</summary>
    public bool IsSortChosen => Address.Sort is not null && Address.Sort != Tabs.FirstOrDefault(t => t.IsCurrent)?.Address.Sort;

    /// <summary>Fields that the list can be sorted by besides.</summary>
    public IReadOnlyList<(string Path, string Label)> MoreSorts { get; init; } = [];

    /// <summary>Fields whose values rows can be grouped by.</summary>
    public IReadOnlyList<(string Path, string Label)> Groupings { get; init; } = [];

    public IReadOnlyList<SavedView> Views { get; init; } = [];

    /// <summary>What the saved view or the address names and what is there no more.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    public ListTaste Taste { get; init; } = new();

    public bool IsCompact { get; init; }
}

/// <param name="SortPath">What the column's head sorts by; null when it cannot be sorted.</param>
/// <param name="Descending">How the list is sorted by this column; null when it is not.</param>
/// <param name="SortPlace">Counted from 1 where the list is sorted by several columns; 0 otherwise.</param>
/// <param name="Width">In steps of 16 pixels.</param>
internal sealed record ListColumn(string Path, string Label, FieldDefinition Field, FieldKind Kind, string? SortPath, bool? Descending, int SortPlace, int Width)
{
    /// <summary>The sort that a click on the head asks for.</summary>
    public string NextSort => Descending == false ? $"-{SortPath}" : SortPath!;
}

/// <param name="Reversed">The whole sort with this key the other way round.</param>
/// <param name="Without">The whole sort without this key; null for none.</param>
internal sealed record SortChoice(string Path, string Label, bool Descending, string Reversed, string? Without);

/// <param name="Without">Parts that the form gives itself.</param>
internal sealed record ListState(ListAddress Address, params IReadOnlyList<string> Without);

/// <summary>Rows of a page or of a group.</summary>
internal sealed record ListRows(ListPage List, IReadOnlyList<ContentItem> Items)
{
    /// <summary>The condition of their group; null where there are no groups.</summary>
    public string? Within { get; init; }
}
