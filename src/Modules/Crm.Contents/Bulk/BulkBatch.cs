using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Queries;

namespace Crm.Contents.Bulk;

internal enum BulkStatus
{
    /// <summary>Which records it is about is being written down.</summary>
    Collecting,
    Working,
    Paused,
    Done,
    Cancelled,

    /// <summary>Whoever asked may no longer; what is done stays.</summary>
    Stopped,
}

/// <summary>One change of many records.</summary>
/// <param name="Filter">Which records, while they are collected: those that match this and <see cref="Search"/>.</param>
internal sealed record BulkBatch(Guid Id, string Type, string Action, Message Title, IReadOnlyDictionary<string, string?> Settings, string? Filter, bool InBin, Guid By, DateTime At)
{
    public BulkStatus Status { get; init; }

    /// <summary>The quick search that records match as well.</summary>
    public string? Search { get; init; }

    public Message? Message { get; init; }

    /// <summary>Cursor of the collecting.</summary>
    public string? FrozenTo { get; init; }

    public long Total { get; init; }

    public long Changed { get; init; }

    public long Same { get; init; }

    public long LeftOut { get; init; }

    public Guid? UndoOf { get; init; }

    public Guid? UndoneBy { get; init; }

    public Guid? JobId { get; init; }

    public long Done => Changed + Same + LeftOut;

    public bool IsRunning => Status is BulkStatus.Collecting or BulkStatus.Working;

    public bool IsOver => Status is BulkStatus.Done or BulkStatus.Cancelled or BulkStatus.Stopped;

    /// <summary>Its action says so.</summary>
    public bool IsFinal { get; init; }

    public bool CanUndo => IsOver && !IsFinal && UndoneBy is null && (Changed > 0 || (UndoOf is not null && LeftOut > 0));
}

/// <summary>Which records: those named, or all that a filter and a quick search match.</summary>
internal sealed record BulkSelection(IReadOnlyList<Guid> Ids, bool All, string? FilterText, string? Search, bool InBin)
{
    public const int MaxIds = 1000;

    public bool IsEmpty => !All && Ids.Count == 0;

    public Filter? Where(ContentTypeDefinition type, DefinitionSet types)
        => All ? Matching(type, types, FilterText, Search) : Filter.In(SystemFields.Id, Ids.Select(id => (object?)id));

    /// <summary>All that both match; null for whatever there is.</summary>
    public static Filter? Matching(ContentTypeDefinition type, DefinitionSet types, string? filterText, string? search)
    {
        var filter = string.IsNullOrWhiteSpace(filterText) ? null : FilterParser.Parse(filterText, type, types);
        return string.IsNullOrWhiteSpace(search) ? filter : Filter.And(filter, new QuickSearchFilter(search.Trim()));
    }
}

/// <summary>A record that was left as it is.</summary>
internal sealed record BulkException(long Position, string Type, Guid Id, Message Reason);
