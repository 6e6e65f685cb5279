using Crm.Platform.Changes;
using Crm.Platform.Display;

namespace Crm.Contents.Records;

/// <summary>A record's own changes, in its timeline.</summary>
internal sealed class HistoryTimeline(History history) : ITimelineSource
{
    public async Task<IReadOnlyList<TimelineEntry>> ReadAsync(TimelineRequest request, CancellationToken cancellationToken)
        => [.. (await history.ReadAsync(request.Type, request.Item, request.Take, cancellationToken)).Select(e => new TimelineEntry(e.At, Icon(e.Kind), new SlotView("_HistoryEntry", e)))];

    private static string Icon(ChangeKind kind) => kind switch
    {
        ChangeKind.Created => "plus",
        ChangeKind.Deleted or ChangeKind.Purged => "trash",
        ChangeKind.Restored => "arrow-back-up",
        _ => "pencil",
    };
}
