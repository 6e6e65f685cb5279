using Crm.Platform.Content;
using Crm.Platform.Data;

namespace Crm.Platform.Queries;

/// <summary>What to read of one content type. The reader's scope is always added.</summary>
public sealed record Query(string Type)
{
    public Filter? Where { get; init; }

    /// <summary>Paths in order, <c>-</c> before one that descends; the id decides between equals.</summary>
    public IReadOnlyList<string> Sort { get; init; } = [];

    /// <summary>Fields or paths through look-ups to read besides id, display text, owner, team and version; null reads all fields.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>1 to 1,000 records.</summary>
    public int Take { get; init; } = 50;

    /// <summary>Where the page starts: a cursor of an earlier <see cref="QueryPage"/>.</summary>
    public string? After { get; init; }

    /// <summary>How many records to leave out first; each costs as much as one that is read, so a cursor is better for going far.</summary>
    public int Skip { get; init; }

    /// <summary>Read the page before the cursor instead of the one after.</summary>
    public bool Backwards { get; init; }

    public RecycleBin Bin { get; init; }

    /// <summary>The condition among <see cref="Where"/> that makes this query one part of another, see <see cref="OptionOrder"/>.</summary>
    internal Filter? Part { get; init; }

    /// <summary>
    /// Asks about and reads what is not shown as well, such as hidden fields: for the content manager, which compares what is
    /// written with what is there, and for who names a record by a text that he has. Nothing that people or modules see depends on it.
    /// </summary>
    internal bool WithHidden { get; init; }
}

public enum RecycleBin
{
    /// <summary>Records that are not deleted.</summary>
    Without,

    /// <summary>Only deleted ones.</summary>
    Only,

    With,
}

/// <param name="Next">Cursor of the page after this one; null on the last.</param>
/// <param name="Previous">Cursor of the page before; null on the first.</param>
public sealed record QueryPage(IReadOnlyList<ContentItem> Items, string? Next, string? Previous);

/// <summary>A count, capped so that it stays quick.</summary>
public readonly record struct QueryCount(long Count, bool IsCapped, bool IsEstimate = false);

/// <summary>Groups and figures over records, such as opportunities by stage with their sum.</summary>
public sealed record AggregateQuery(string Type)
{
    public Filter? Where { get; init; }

    public IReadOnlyList<GroupBy> GroupBy { get; init; } = [];

    public IReadOnlyList<Aggregate> Aggregates { get; init; } = [];

    /// <summary>1 to 10,000 groups.</summary>
    public int Take { get; init; } = 1000;

    /// <summary>Groups with most of the first aggregate come first, instead of in the order of their keys.</summary>
    public bool LargestFirst { get; init; }
}

/// <param name="Path">Any field but long text. Short texts that differ in case, width or accents only are one group, as they are for filters.</param>
/// <param name="Bucket">For dates and times: days and longer, as the reader's calendar has them.</param>
/// <param name="Currency">Groups by the currency of an amount instead of the amount.</param>
public sealed record GroupBy(string Path, DateBucket? Bucket = null, bool Currency = false);

/// <param name="Path">Field; null only for <see cref="AggregateFunction.Count"/>.</param>
/// <param name="Weight">For sums: a field from 0 to 100, of whose per cent each record's value counts.</param>
public sealed record Aggregate(AggregateFunction Function, string? Path = null, string? Weight = null);

public enum AggregateFunction
{
    Count,
    CountDistinct,
    Sum,
    Average,
    Min,
    Max,

    /// <summary>The value in the middle, or halfway between the two in the middle; null when there is none.</summary>
    Median,
}

/// <param name="Keys">One for each group-by: the value, the first day of the bucket, or null.</param>
/// <param name="KeyTexts">Display texts of keys that are look-ups or ids, and how a short text is written.</param>
/// <param name="Values">One for each aggregate; null where there was nothing to add up.</param>
public sealed record AggregateRow(IReadOnlyList<object?> Keys, IReadOnlyList<string?> KeyTexts, IReadOnlyList<object?> Values);

/// <summary>A query that cannot be answered, with the reason for whoever wrote it.</summary>
public sealed class QueryException(Localization.Message reason) : Exception(reason.ToString())
{
    public QueryException(string text, params object[] arguments) : this(new Localization.Message(text, arguments))
    {
    }

    public Localization.Message Reason { get; } = reason;

    /// <summary>Name of the field at fault, where it is one.</summary>
    public string? Field { get; init; }
}
