using System.Data.Common;
using Crm.Email.Sending;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Email.Ledger;

/// <summary>The rows of <c>crm_mail</c> as the sender takes them and says what became of them.</summary>
internal sealed class MailLedger(DbSession session, TimeProvider clock)
{
    /// <summary>How long claimed rows wait for the one who claimed them.</summary>
    private static readonly TimeSpan Claim = TimeSpan.FromSeconds(30);

    /// <summary>Longer than any server may take for one message: whoever has a row in hand until then has died.</summary>
    private static readonly TimeSpan Hand = TimeSpan.FromSeconds(SmtpLimits.MessageSeconds + 15);

    private const string Columns = "id, mailing_id, record_type, record_id, address, name, subject, text, html, reply_to, attempts, from_name, from_address, site_url, secret";

    /// <summary>
    /// Hourly from the seventh on. A single message is tried for five days (RFC 5321, 4.5.4.1); one of many for two hours,
    /// as a mailing is to come to its end, and stops by itself where all are refused.
    /// </summary>
    public static int MaxAttempts(MailRow row) => row.MailingId is null ? 126 : 8;

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Rows that are due, single messages before mailings. Nobody else gets them while the claim holds.</summary>
    public async Task<List<MailRow>> ClaimAsync(string worker, int take, CancellationToken cancellationToken)
    {
        var rows = await ClaimAsync(worker, take, "mailing_id IS NULL", cancellationToken);
        if (rows.Count < take)
            rows.AddRange(await ClaimAsync(worker, take - rows.Count, "mailing_id IN (SELECT id FROM crm_mailings WHERE state = 'sending')", cancellationToken));
        return rows;
    }

    private Task<List<MailRow>> ClaimAsync(string worker, int take, string which, CancellationToken cancellationToken)
    {
        var locks = session.Database.Provider == DatabaseProvider.Postgres ? " FOR UPDATE SKIP LOCKED" : "";
        var sql = new SqlText().Append("UPDATE crm_mail SET leased_by = {}, leased_until = {} WHERE id IN (SELECT id FROM crm_mail WHERE state = 'queued' AND " + which
            + " AND next_at <= {} AND (leased_until IS NULL OR leased_until < {}) ORDER BY next_at, id LIMIT {}" + locks + ") RETURNING " + Columns,
            (ColumnType.Text, worker), (ColumnType.DateTime, Now + Claim), (ColumnType.DateTime, Now), (ColumnType.DateTime, Now), (ColumnType.Integer, (long)take));
        return session.TransactAsync(() => session.ReadAsync(sql, Read, cancellationToken), cancellationToken);
    }

    /// <summary>Whether anything is due, without writing.</summary>
    public async Task<bool> HasWorkAsync(CancellationToken cancellationToken)
        => await session.CountAsync(new SqlText().Append("SELECT COUNT(*) FROM (SELECT 1 FROM crm_mail WHERE state = 'queued' AND next_at <= {} AND (leased_until IS NULL OR leased_until < {}) "
            + "AND (mailing_id IS NULL OR mailing_id IN (SELECT id FROM crm_mailings WHERE state = 'sending')) LIMIT 1) w",
            (ColumnType.DateTime, Now), (ColumnType.DateTime, Now)), cancellationToken) > 0;

    /// <summary>Messages that somebody had in hand who has died since.</summary>
    public Task<List<Guid>> AbandonedAsync(CancellationToken cancellationToken)
        => session.ReadAsync(new SqlText("SELECT id FROM crm_mail WHERE state = 'sending' AND leased_until < ").Append(ColumnType.DateTime, Now),
            r => (Guid)session.Dialect.Read(r, 0, ColumnType.Uuid)!, cancellationToken);

    /// <summary>Gives rows back that were claimed but not begun.</summary>
    public Task ReleaseAsync(string worker, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText("UPDATE crm_mail SET leased_by = NULL, leased_until = NULL WHERE state = 'queued' AND leased_by = ").Append(ColumnType.Text, worker), cancellationToken);

    /// <summary>Takes a row in hand; changes nothing when its mailing was paused or canceled meanwhile, or somebody else has it.</summary>
    public SqlText Begin(MailRow row, string worker) => new SqlText().Append(
        "UPDATE crm_mail SET state = 'sending', attempts = attempts + 1, leased_until = {} WHERE id = {} AND state = 'queued' AND leased_by = {} "
        + "AND (mailing_id IS NULL OR mailing_id IN (SELECT id FROM crm_mailings WHERE state = 'sending'))",
        (ColumnType.DateTime, Now + Hand), (ColumnType.Uuid, row.Id), (ColumnType.Text, worker));

    /// <summary>Gives a row back that was taken in hand and not sent, for reasons that are not its own.</summary>
    public static SqlText Return(MailRow row) => new SqlText().Append(
        "UPDATE crm_mail SET state = " + UnlessCanceled("'queued'") + ", attempts = attempts - 1, leased_by = NULL, leased_until = NULL WHERE id = {} AND state = 'sending'", (ColumnType.Uuid, row.Id));

    /// <summary>Pauses a mailing that cannot go on by itself.</summary>
    /// <param name="since">What was refused from this moment on gets another try when the mailing goes on; null for nothing.</param>
    public static SqlText Stop(Guid mailing, Message problem, DateTime? since) => new SqlText().Append(
        "UPDATE crm_mailings SET state = 'paused', problem = {}, stopped_since = {} WHERE id = {} AND state = 'sending'",
        (ColumnType.Text, StoredMessage.Write(problem)), (ColumnType.DateTime, since), (ColumnType.Uuid, mailing));

    /// <summary>What is in hand while its mailing is canceled does not wait for another try.</summary>
    private static string UnlessCanceled(string state)
        => $"CASE WHEN EXISTS (SELECT 1 FROM crm_mailings g WHERE g.id = crm_mail.mailing_id AND g.state = 'canceled') THEN 'canceled' ELSE {state} END";

    /// <summary>What became of a row. Who comes late with better knowledge is still believed.</summary>
    /// <param name="subject">As it was filled in; rows of a mailing have none before.</param>
    public SqlText End(Guid id, Delivery delivery, string? subject = null)
    {
        var retry = delivery.State == MailStates.Queued;
        return new SqlText().Append(
            "UPDATE crm_mail SET subject = COALESCE(subject, {}), state = " + (retry ? UnlessCanceled("{}") : "{}") + ", reason = {}, server_answer = {}, sent_at = {}, next_at = {}, leased_by = NULL, leased_until = NULL, news = {} WHERE id = {} AND state IN ('queued', 'sending', 'unknown')",
            (ColumnType.Text, subject), (ColumnType.Text, delivery.State), (ColumnType.Text, delivery.Reason), (ColumnType.Text, delivery.Answer),
            (ColumnType.DateTime, delivery.State is MailStates.Sent or MailStates.Unknown ? Now : null),
            (ColumnType.DateTime, retry ? Now + delivery.RetryAfter : Now), (ColumnType.Boolean, !retry), (ColumnType.Uuid, id));
    }

    private MailRow Read(DbDataReader reader)
    {
        var dialect = session.Dialect;
        return new((Guid)Value(0, ColumnType.Uuid)!, (Guid?)Value(1, ColumnType.Uuid), (string?)Value(2, ColumnType.Text), (Guid?)Value(3, ColumnType.Uuid),
            (string)Value(4, ColumnType.Text)!, (string?)Value(5, ColumnType.Text), (string?)Value(6, ColumnType.Text), (string?)Value(7, ColumnType.Text),
            (string?)Value(8, ColumnType.Text), (string?)Value(9, ColumnType.Text), (long)Value(10, ColumnType.Integer)!)
        {
            FromName = (string?)Value(11, ColumnType.Text),
            FromAddress = (string?)Value(12, ColumnType.Text),
            SiteUrl = (string?)Value(13, ColumnType.Text),
            Secret = (string?)Value(14, ColumnType.Text),
        };

        object? Value(int ordinal, ColumnType type) => dialect.Read(reader, ordinal, type);
    }
}

/// <summary>Limits on the talk with a server.</summary>
internal static class SmtpLimits
{
    public const int MessageSeconds = 45;
}

/// <summary>What became of one try to send.</summary>
/// <param name="Reason">In the server's words, or a <see cref="StoredMessage"/> of ours.</param>
/// <param name="Answer">What the server said when it took the message.</param>
internal sealed record Delivery(string State, string? Reason = null, string? Answer = null)
{
    public TimeSpan RetryAfter { get; init; }

    public RefusalReach Reach { get; init; }
}
