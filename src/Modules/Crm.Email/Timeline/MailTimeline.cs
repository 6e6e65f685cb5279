using Crm.Platform.Data;
using Crm.Platform.Display;

namespace Crm.Email.Timeline;

/// <param name="What">sent, opened, clicked or unsubscribed.</param>
/// <param name="Url">The first link that was clicked.</param>
internal sealed record MailEvent(string What, DateTime At, string Subject, string State, string? Url);

/// <summary>Messages to a record, or about it, in its timeline. Who sees the record sees what was written to it.</summary>
internal sealed class MailTimeline(DbSession session) : ITimelineSource
{
    public async Task<IReadOnlyList<TimelineEntry>> ReadAsync(TimelineRequest request, CancellationToken cancellationToken)
    {
        var rows = await session.ReadAsync(new SqlText().Append(
            "SELECT m.subject, m.state, m.sent_at, m.opened_at, m.clicked_at, m.unsubscribed_at, m.clicked_url FROM crm_mail m WHERE m.record_id = {} AND m.record_type = {} AND m.sent_at IS NOT NULL ORDER BY m.id DESC LIMIT {}",
            (ColumnType.Uuid, request.Item.Id), (ColumnType.Text, request.Type.Name), (ColumnType.Integer, (long)request.Take)),
            r => (Subject: r.IsDBNull(0) ? "" : r.GetString(0), State: r.GetString(1), Times: Enumerable.Range(2, 4).Select(i => (DateTime?)session.Dialect.Read(r, i, ColumnType.DateTime)).ToArray(), Url: r.IsDBNull(6) ? null : r.GetString(6)), cancellationToken);
        string[] what = ["sent", "opened", "clicked", "unsubscribed"];
        string[] icons = ["mail", "mail-opened", "click", "mail-off"];
        return [.. rows.SelectMany(row => row.Times.Select((at, i) => (at, i)).Where(t => t.at is not null)
            .Select(t => new TimelineEntry(t.at!.Value, icons[t.i], new SlotView("_MailEvent", new MailEvent(what[t.i], t.at.Value, row.Subject, row.State, t.i == 2 ? row.Url : null)))))];
    }
}
