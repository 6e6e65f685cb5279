using System.Security.Cryptography;
using System.Text;
using Crm.Email.Ledger;
using Crm.Email.Suppressions;
using Crm.Platform.Data;

namespace Crm.Email.Mailings;

/// <summary>
/// Mailings: one content, one ledger row for each recipient. Building may be broken off and done again: an address is
/// in a mailing once, however often it is added.
/// </summary>
public sealed class MailingList(DbSession session, SuppressionList suppressions, MailSignal signal, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Begins a mailing in state building; what there is already stays as it is.</summary>
    public Task CreateAsync(Guid id, MailingContent content, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText().Append(
            "INSERT INTO crm_mailings (id, state, record_type, subject, html, text, from_name, from_address, site_url, secret, sender_id, created_at) "
            + "VALUES ({}, 'building', {}, {}, {}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (id) DO NOTHING",
            (ColumnType.Uuid, id), (ColumnType.Text, content.RecordType), (ColumnType.Text, content.Parts.Subject), (ColumnType.Text, content.Parts.Html), (ColumnType.Text, content.Parts.Text),
            (ColumnType.Text, content.FromName), (ColumnType.Text, content.FromAddress), (ColumnType.Text, content.SiteUrl),
            (ColumnType.Text, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))), (ColumnType.Uuid, content.SenderId), (ColumnType.DateTime, Now)), cancellationToken);

    /// <summary>State of a mailing; null when there is none.</summary>
    public async Task<string?> StateAsync(Guid id, CancellationToken cancellationToken)
        => (await session.ReadAsync(new SqlText("SELECT state FROM crm_mailings WHERE id = ").Append(ColumnType.Uuid, id), r => r.GetString(0), cancellationToken)) is [var state] ? state : null;

    /// <summary>Adds recipients in one transaction. Suppressed ones get a row that says so.</summary>
    /// <returns>How many were not there yet.</returns>
    public async Task<int> AddAsync(Guid id, string recordType, IReadOnlyList<MailingRecipient> recipients, CancellationToken cancellationToken)
    {
        var reasons = await suppressions.ReasonsAsync(recipients.Select(r => r.Address), cancellationToken);
        return await session.TransactAsync(async () =>
        {
            var added = 0;
            foreach (var recipient in recipients)
            {
                var address = MailAddresses.Fold(recipient.Address);
                var reason = reasons.GetValueOrDefault(address);
                added += await session.ExecuteAsync(new SqlText().Append(
                    "INSERT INTO crm_mail (id, key, mailing_id, record_type, record_id, address, name, state, attempts, next_at, reason, created_at, opens, clicks, news) "
                    + "VALUES ({}, {}, {}, {}, {}, {}, {}, {}, 0, {}, {}, {}, 0, 0, {}) ON CONFLICT (key) DO NOTHING",
                    (ColumnType.Uuid, Guid.CreateVersion7()), (ColumnType.Text, Key(id, address)), (ColumnType.Uuid, id), (ColumnType.Text, recordType), (ColumnType.Uuid, recipient.RecordId),
                    (ColumnType.Text, recipient.Address.Trim()), (ColumnType.Text, recipient.Name), (ColumnType.Text, reason is null ? MailStates.Queued : MailStates.Suppressed),
                    (ColumnType.DateTime, Now), (ColumnType.Text, reason), (ColumnType.DateTime, Now), (ColumnType.Boolean, false)), cancellationToken);
            }
            return added;
        }, cancellationToken);
    }

    public Task<bool> StartAsync(Guid id, CancellationToken cancellationToken) => MoveAsync(id, MailingStates.Building, MailingStates.Sending, cancellationToken);

    public Task<bool> PauseAsync(Guid id, CancellationToken cancellationToken) => MoveAsync(id, MailingStates.Sending, MailingStates.Paused, cancellationToken);

    public Task<bool> ResumeAsync(Guid id, CancellationToken cancellationToken) => MoveAsync(id, MailingStates.Paused, MailingStates.Sending, cancellationToken);

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

    /// <summary>Takes news of mailings, at most once each when the caller's transaction commits.</summary>
    public async Task<IReadOnlyList<MailingNews>> TakeNewsAsync(int take, CancellationToken cancellationToken)
        => await session.ReadAsync(new SqlText().Append(
            "UPDATE crm_mail SET news = {} WHERE id IN (SELECT id FROM crm_mail WHERE news ORDER BY id LIMIT {}) RETURNING mailing_id, record_id, address, "
            + "CASE WHEN unsubscribed_at IS NOT NULL THEN 'unsubscribed' WHEN state = 'bounced' THEN 'bounced' WHEN clicked_at IS NOT NULL THEN 'clicked' WHEN opened_at IS NOT NULL THEN 'opened' WHEN state IN ('sent', 'unknown') THEN 'sent' END",
            (ColumnType.Boolean, false), (ColumnType.Integer, (long)take)),
            r => new MailingNews((Guid?)session.Dialect.Read(r, 0, ColumnType.Uuid), (Guid?)session.Dialect.Read(r, 1, ColumnType.Uuid), r.GetString(2), r.IsDBNull(3) ? null : r.GetString(3)), cancellationToken);

    /// <summary>Whether <see cref="TakeNewsAsync"/> would find any; does not write.</summary>
    public async Task<bool> HasNewsAsync(CancellationToken cancellationToken)
        => await session.CountAsync(new SqlText("SELECT COUNT(*) FROM (SELECT 1 FROM crm_mail WHERE news LIMIT 1) n"), cancellationToken) > 0;

    private async Task<bool> MoveAsync(Guid id, string from, string to, CancellationToken cancellationToken)
    {
        var moved = await session.ExecuteAsync(new SqlText().Append("UPDATE crm_mailings SET state = {} WHERE id = {} AND state = {}",
            (ColumnType.Text, to), (ColumnType.Uuid, id), (ColumnType.Text, from)), cancellationToken) == 1;
        session.AfterCommit(signal.Notify);
        return moved;
    }

    private static string Key(Guid mailing, string address)
        => $"mailing:{mailing:N}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)))}";
}
