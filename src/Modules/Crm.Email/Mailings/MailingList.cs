using System.Security.Cryptography;
using System.Text;
using Crm.Email.Ledger;
using Crm.Email.Suppressions;
using Crm.Email.Tracking;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Email.Mailings;

/// <summary>
/// Mailings: one content, one ledger row for each recipient. Building may be broken off and done again: an address is
/// in a mailing once, however often it is added.
/// </summary>
public sealed class MailingList(DbSession session, SuppressionList suppressions, MailSignal signal, TimeProvider clock)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Begins a mailing in state building; what there is already stays as it is.</summary>
    public Task CreateAsync(Guid id, MailingContent content, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText().Append(
            "INSERT INTO crm_mailings (id, state, record_type, subject, html, text, from_name, from_address, site_url, secret, sender_id, rights_of, created_at) "
            + "VALUES ({}, 'building', {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (id) DO NOTHING",
            (ColumnType.Uuid, id), (ColumnType.Text, content.RecordType), (ColumnType.Text, content.Parts.Subject), (ColumnType.Text, content.Parts.Html), (ColumnType.Text, content.Parts.Text),
            (ColumnType.Text, content.FromName), (ColumnType.Text, content.FromAddress), (ColumnType.Text, content.SiteUrl),
            (ColumnType.Text, TrackingLinks.NewSecret()), (ColumnType.Uuid, content.SenderId), (ColumnType.Uuid, content.RightsOf), (ColumnType.DateTime, Now)), cancellationToken);

    /// <summary>Null when there is none.</summary>
    public async Task<MailingStand?> FindAsync(Guid id, CancellationToken cancellationToken)
        => (await session.ReadAsync(new SqlText("SELECT state, problem FROM crm_mailings WHERE id = ").Append(ColumnType.Uuid, id),
            r => new MailingStand(r.GetString(0), r.IsDBNull(1) ? null : StoredMessage.Read(r.GetString(1))), cancellationToken)) is [var stand] ? stand : null;

    /// <summary>Takes, or keeps, the work of adding recipients for a minute. False when another worker has it, or the mailing is not being built any more.</summary>
    public async Task<bool> LeaseAsync(Guid id, string worker, CancellationToken cancellationToken)
        => await session.ExecuteAsync(new SqlText().Append(
            "UPDATE crm_mailings SET leased_by = {}, leased_until = {} WHERE id = {} AND state = 'building' AND (leased_by = {} OR leased_until IS NULL OR leased_until < {})",
            (ColumnType.Text, worker), (ColumnType.DateTime, Now + Lease), (ColumnType.Uuid, id), (ColumnType.Text, worker), (ColumnType.DateTime, Now)), cancellationToken) == 1;

    /// <summary>Adds recipients in one transaction. Suppressed ones get a row that says so.</summary>
    /// <returns>False when they were not added, for the reasons of <see cref="LeaseAsync"/>.</returns>
    public async Task<bool> AddAsync(Guid id, string worker, string recordType, IReadOnlyList<MailingRecipient> recipients, CancellationToken cancellationToken)
    {
        var reasons = await suppressions.ReasonsAsync(recipients.Select(r => r.Address), cancellationToken);
        return await session.TransactAsync(async () =>
        {
            // The mailing's row stays locked until the rows are there, so that nobody cancels it in between.
            if (!await LeaseAsync(id, worker, cancellationToken))
                return false;
            foreach (var recipient in recipients)
            {
                var address = MailAddresses.Fold(recipient.Address);
                var reason = reasons.GetValueOrDefault(address);
                await session.ExecuteAsync(new SqlText().Append(
                    "INSERT INTO crm_mail (id, key, mailing_id, record_type, record_id, address, name, state, attempts, next_at, reason, created_at, opens, clicks, news) "
                    + "VALUES ({}, {}, {}, {}, {}, {}, {}, {}, 0, {}, {}, {}, 0, 0, {}) ON CONFLICT (key) DO NOTHING",
                    (ColumnType.Uuid, Guid.CreateVersion7()), (ColumnType.Text, Key(id, address)), (ColumnType.Uuid, id), (ColumnType.Text, recordType), (ColumnType.Uuid, recipient.RecordId),
                    (ColumnType.Text, recipient.Address.Trim()), (ColumnType.Text, recipient.Name), (ColumnType.Text, reason is null ? MailStates.Queued : MailStates.Suppressed),
                    (ColumnType.DateTime, Now), (ColumnType.Text, reason), (ColumnType.DateTime, Now), (ColumnType.Boolean, false)), cancellationToken);
            }
            return true;
        }, cancellationToken);
    }

    /// <summary>All recipients are there: sending begins.</summary>
    public Task<bool> StartAsync(Guid id, string worker, CancellationToken cancellationToken) => MoveAsync(new SqlText().Append(
        "UPDATE crm_mailings SET state = 'sending', built_at = {}, leased_by = NULL, leased_until = NULL WHERE id = {} AND state = 'building' AND leased_by = {}",
        (ColumnType.DateTime, Now), (ColumnType.Uuid, id), (ColumnType.Text, worker)), cancellationToken);

    /// <summary>Nothing more is handed over, or added, until it is resumed. False when it is neither being built nor sent.</summary>
    public Task<bool> PauseAsync(Guid id, CancellationToken cancellationToken) => MoveAsync(
        new SqlText("UPDATE crm_mailings SET state = 'paused', leased_by = NULL, leased_until = NULL WHERE state IN ('building', 'sending') AND id = ").Append(ColumnType.Uuid, id), cancellationToken);

    /// <summary>Goes on where it was paused. What was refused when it stopped by itself gets another try.</summary>
    /// <param name="rightsOf">In whose right it goes on; null for whose it was.</param>
    public Task<bool> ResumeAsync(Guid id, Guid? rightsOf, CancellationToken cancellationToken) => session.TransactAsync(async () =>
    {
        await session.ExecuteAsync(new SqlText().Append(
            "UPDATE crm_mail SET state = 'queued', attempts = 0, next_at = {}, news = {} WHERE mailing_id = {} AND state = 'failed' AND next_at >= (SELECT stopped_since FROM crm_mailings WHERE id = {} AND state = 'paused')",
            (ColumnType.DateTime, Now), (ColumnType.Boolean, false), (ColumnType.Uuid, id), (ColumnType.Uuid, id)), cancellationToken);
        return await MoveAsync(new SqlText().Append(
            "UPDATE crm_mailings SET state = CASE WHEN built_at IS NULL THEN 'building' ELSE 'sending' END, problem = NULL, stopped_since = NULL, rights_of = COALESCE({}, rights_of) WHERE state = 'paused' AND id = {}",
            (ColumnType.Uuid, rightsOf), (ColumnType.Uuid, id)), cancellationToken);
    }, cancellationToken);

    /// <summary>What has not been handed over yet will not be.</summary>
    public Task CancelAsync(Guid id, CancellationToken cancellationToken) => session.TransactAsync(async () =>
    {
        await session.ExecuteAsync(new SqlText("UPDATE crm_mailings SET state = 'canceled' WHERE state <> 'done' AND id = ").Append(ColumnType.Uuid, id), cancellationToken);
        await session.ExecuteAsync(new SqlText("UPDATE crm_mail SET state = 'canceled' WHERE state = 'queued' AND mailing_id = ").Append(ColumnType.Uuid, id), cancellationToken);
    }, cancellationToken);

    /// <summary>True when nothing is left to send, and the mailing is done with that.</summary>
    public async Task<bool> FinishAsync(Guid id, CancellationToken cancellationToken)
        => await session.ExecuteAsync(new SqlText().Append(
            "UPDATE crm_mailings SET state = 'done' WHERE id = {} AND state = 'sending' AND NOT EXISTS (SELECT 1 FROM crm_mail WHERE mailing_id = {} AND state IN ('queued', 'sending'))",
            (ColumnType.Uuid, id), (ColumnType.Uuid, id)), cancellationToken) == 1;

    /// <summary>Messages that there is news of.</summary>
    public async Task<IReadOnlyList<Guid>> NewsAsync(int take, CancellationToken cancellationToken)
        => await session.ReadAsync(new SqlText().Append("SELECT id FROM crm_mail WHERE news AND next_at <= {} ORDER BY id LIMIT {}", (ColumnType.DateTime, Now), (ColumnType.Integer, (long)take)),
            r => (Guid)session.Dialect.Read(r, 0, ColumnType.Uuid)!, cancellationToken);

    /// <summary>Takes the news of messages, at most once each when the caller's transaction commits.</summary>
    public async Task<IReadOnlyList<MailingNews>> TakeNewsAsync(IReadOnlyList<Guid> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
            return [];
        var sql = new SqlText("UPDATE crm_mail SET news = ").Append(ColumnType.Boolean, false).Append(" WHERE news AND id IN (");
        for (var i = 0; i < messages.Count; i++)
            sql.Append(i == 0 ? "" : ", ").Append(ColumnType.Uuid, messages[i]);
        return await session.ReadAsync(sql.Append(") RETURNING id, mailing_id, record_id, address, "
            + "CASE WHEN unsubscribed_at IS NOT NULL THEN 'unsubscribed' WHEN state = 'bounced' THEN 'bounced' WHEN clicked_at IS NOT NULL THEN 'clicked' WHEN opened_at IS NOT NULL THEN 'opened' WHEN state IN ('sent', 'unknown') THEN 'sent' END"),
            r => new MailingNews((Guid)session.Dialect.Read(r, 0, ColumnType.Uuid)!, (Guid?)session.Dialect.Read(r, 1, ColumnType.Uuid), (Guid?)session.Dialect.Read(r, 2, ColumnType.Uuid), r.GetString(3), r.IsDBNull(4) ? null : r.GetString(4)), cancellationToken);
    }

    /// <summary>Gives news back that could not be told, for another try in an hour.</summary>
    public Task KeepNewsAsync(Guid message, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText().Append("UPDATE crm_mail SET news = {}, next_at = {} WHERE id = {} AND state <> 'queued'", (ColumnType.Boolean, true), (ColumnType.DateTime, Now + TimeSpan.FromHours(1)), (ColumnType.Uuid, message)), cancellationToken);

    /// <summary>Whether <see cref="TakeNewsAsync"/> would find any; does not write.</summary>
    public async Task<bool> HasNewsAsync(CancellationToken cancellationToken)
        => await session.CountAsync(new SqlText("SELECT COUNT(*) FROM (SELECT 1 FROM crm_mail WHERE news AND next_at <= ").Append(ColumnType.DateTime, Now).Append(" LIMIT 1) n"), cancellationToken) > 0;

    private async Task<bool> MoveAsync(SqlText move, CancellationToken cancellationToken)
    {
        var moved = await session.ExecuteAsync(move, cancellationToken) == 1;
        session.AfterCommit(signal.Notify);
        return moved;
    }

    private static string Key(Guid mailing, string address)
        => $"mailing:{mailing:N}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)))}";
}
