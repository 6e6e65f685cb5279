using Crm.Email.Suppressions;
using Crm.Platform.Data;

namespace Crm.Email.Tracking;

/// <summary>A message as the links in it name it.</summary>
internal sealed record TrackedMail(Guid Id, string Address, TrackingLinks Links, bool IsUnsubscribed);

/// <summary>What recipients do with messages of mailings.</summary>
internal sealed class MailTracker(DbSession session, SuppressionList suppressions, TimeProvider clock)
{
    public async Task<TrackedMail?> FindAsync(Guid id, CancellationToken cancellationToken)
        => (await session.ReadAsync(new SqlText("SELECT m.address, COALESCE(m.site_url, g.site_url), COALESCE(m.secret, g.secret), m.unsubscribed_at FROM crm_mail m LEFT JOIN crm_mailings g ON g.id = m.mailing_id "
            + "WHERE COALESCE(m.secret, g.secret) IS NOT NULL AND m.id = ").Append(ColumnType.Uuid, id),
            r => new TrackedMail(id, r.GetString(0), new TrackingLinks(r.GetString(1), r.GetString(2)), !r.IsDBNull(3)), cancellationToken)) is [var mail] ? mail : null;

    /// <summary>An opened message has arrived, whatever we knew before.</summary>
    public Task OpenedAsync(Guid id, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText().Append(
            "UPDATE crm_mail SET opens = opens + 1, news = (news OR opened_at IS NULL), opened_at = COALESCE(opened_at, {}), state = CASE WHEN state = 'unknown' THEN 'sent' ELSE state END WHERE id = {}",
            (ColumnType.DateTime, Now), (ColumnType.Uuid, id)), cancellationToken);

    /// <summary>Who clicks has opened it too, even where pictures are blocked.</summary>
    public Task ClickedAsync(Guid id, string url, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText().Append(
            "UPDATE crm_mail SET clicks = clicks + 1, news = (news OR clicked_at IS NULL), clicked_url = COALESCE(clicked_url, {}), clicked_at = COALESCE(clicked_at, {}), opened_at = COALESCE(opened_at, {}), "
            + "state = CASE WHEN state = 'unknown' THEN 'sent' ELSE state END WHERE id = {}",
            (ColumnType.Text, url), (ColumnType.DateTime, Now), (ColumnType.DateTime, Now), (ColumnType.Uuid, id)), cancellationToken);

    public async Task UnsubscribeAsync(TrackedMail mail, CancellationToken cancellationToken)
    {
        // By itself: of two at the same moment, one finds the address there.
        await suppressions.AddAsync(mail.Address, SuppressionType.Unsubscribed, null, cancellationToken);
        await session.ExecuteAsync(new SqlText().Append(
            "UPDATE crm_mail SET news = (news OR unsubscribed_at IS NULL), unsubscribed_at = COALESCE(unsubscribed_at, {}) WHERE id = {}",
            (ColumnType.DateTime, Now), (ColumnType.Uuid, mail.Id)), cancellationToken);
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;
}
