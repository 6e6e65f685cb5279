using System.Data.Common;
using Crm.Email.Suppressions;
using Crm.Platform.Data;

namespace Crm.Email.Mailings;

/// <summary>What became of mailings: figures, and the recipients behind each.</summary>
public sealed class MailingReport(DbSession session)
{
    public static IReadOnlyList<MailingPart> Parts { get; } =
    [
        new("all", new("All recipients"), "1 = 1"),
        new("sent", new("Sent"), "state = 'sent'"),
        new("opened", new("Opened"), "opened_at IS NOT NULL"),
        new("clicked", new("Clicked"), "clicked_at IS NOT NULL"),
        new("unsubscribed", new("Unsubscribed"), "unsubscribed_at IS NOT NULL"),
        new("bounced", new("Bounced"), "state = 'bounced'"),
        new("failed", new("Failed"), "state = 'failed'"),
        new("unknown", new("Unknown"), "state = 'unknown'"),
        new("suppressed", new("Suppressed"), "state = 'suppressed'"),
        new("waiting", new("Waiting"), "state IN ('queued', 'sending')"),
        new("canceled", new("Canceled"), "state = 'canceled'"),
    ];

    /// <summary>Suppressed ones by the reason that the ledger keeps.</summary>
    private static readonly MailingPart[] LeftOut =
        [.. SuppressionType.Reasons.Select(r => new MailingPart($"suppressed-{r.Key}", r.Label, $"state = 'suppressed' AND reason = '{SuppressionType.Words(r.Key)}'") { Within = "suppressed" })];

    public static MailingPart Part(string? name) => Parts.Concat(LeftOut).FirstOrDefault(p => p.Name == name) ?? Parts[0];

    public async Task<MailingFigures> FiguresAsync(Guid id, CancellationToken cancellationToken)
    {
        var rows = await session.ReadAsync(new SqlText("SELECT state, CASE WHEN state = 'suppressed' THEN reason END AS why, COUNT(*), COUNT(opened_at), COUNT(clicked_at), COUNT(unsubscribed_at) FROM crm_mail WHERE mailing_id = ").Append(ColumnType.Uuid, id).Append(" GROUP BY 1, 2"),
            r => (State: r.GetString(0), Why: r.IsDBNull(1) ? null : r.GetString(1), Count: r.GetInt64(2), Opened: r.GetInt64(3), Clicked: r.GetInt64(4), Unsubscribed: r.GetInt64(5)), cancellationToken);
        return new(rows.GroupBy(r => r.State).ToDictionary(g => g.Key, g => g.Sum(r => r.Count), StringComparer.Ordinal), rows.Sum(r => r.Opened), rows.Sum(r => r.Clicked), rows.Sum(r => r.Unsubscribed),
            [.. LeftOut.Select(part => (part, rows.Where(r => r.Why == part.Label.En).Sum(r => r.Count))).Where(l => l.Item2 > 0)]);
    }

    public Task<long> CountAsync(Guid id, MailingPart part, CancellationToken cancellationToken)
        => session.CountAsync(new SqlText("SELECT COUNT(*) FROM crm_mail WHERE mailing_id = ").Append(ColumnType.Uuid, id).Append($" AND ({part.Condition})"), cancellationToken);

    /// <summary>Recipients in the order in which they were added.</summary>
    public Task<List<MailingMessage>> ListAsync(Guid id, MailingPart part, Guid? after, int take, CancellationToken cancellationToken)
    {
        var sql = new SqlText("SELECT id, record_type, record_id, address, name, state, reason, sent_at, opened_at, clicked_at, unsubscribed_at FROM crm_mail WHERE mailing_id = ")
            .Append(ColumnType.Uuid, id).Append($" AND ({part.Condition})");
        if (after is { } last)
            sql.Append(" AND id > ").Append(ColumnType.Uuid, last);
        return session.ReadAsync(sql.Append(" ORDER BY id LIMIT ").Append(ColumnType.Integer, (long)take), Read, cancellationToken);
    }

    private MailingMessage Read(DbDataReader reader)
    {
        return new((Guid)Value(0, ColumnType.Uuid)!, (string?)Value(1, ColumnType.Text), (Guid?)Value(2, ColumnType.Uuid), reader.GetString(3), (string?)Value(4, ColumnType.Text), reader.GetString(5), (string?)Value(6, ColumnType.Text),
            (DateTime?)Value(7, ColumnType.DateTime), (DateTime?)Value(8, ColumnType.DateTime), (DateTime?)Value(9, ColumnType.DateTime), (DateTime?)Value(10, ColumnType.DateTime));

        object? Value(int ordinal, ColumnType type) => session.Dialect.Read(reader, ordinal, type);
    }
}
