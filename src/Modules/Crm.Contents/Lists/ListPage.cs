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
    IReadOnlyList<FilterChip> Chips,
    IReadOnlyList<FilterField> Filters)
{
    public bool IsFiltered => Address.Filter is not null || Address.Search is not null;

    /// <summary>Empty when the type declares no quick filters.</summary>
    public IReadOnlyList<QuickTab> Tabs { get; init; } = [];

    /// <summary>Null when the records are shown as a list.</summary>
    public Boards.BoardPage? Board { get; init; }

    /// <summary>Whether there is something that the reader could do with chosen records.</summary>
    public bool CanSelect { get; init; }

    /// <summary>Filter for the export of what the list shows.</summary>
    public string? ExportFilter { get; init; }
}

/// <param name="SortPath">What the column's head sorts by; null when it cannot be sorted.</param>
/// <param name="Descending">How the list is sorted by this column; null when it is not.</param>
internal sealed record ListColumn(string Path, string Label, FieldDefinition Field, FieldKind Kind, string? SortPath, bool? Descending)
{
    /// <summary>The sort that a click on the head asks for.</summary>
    public string NextSort => Descending == false ? $"-{SortPath}" : SortPath!;
}

/// <summary>One condition of the list's filter, with the address of the list without it.</summary>
internal sealed record FilterChip(string Label, string Text, string RemoveUrl);

/// <summary>A field that the "add filter" form offers.</summary>
internal sealed record FilterField(FieldDefinition Field, FieldKind Kind, string Label);
