using System.Data.Common;
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

    public static MailingPart Part(string? name) => Parts.FirstOrDefault(p => p.Name == name) ?? Parts[0];

    public async Task<MailingFigures> FiguresAsync(Guid id, CancellationToken cancellationToken)
    {
        var rows = await session.ReadAsync(new SqlText("SELECT state, COUNT(*), COUNT(opened_at), COUNT(clicked_at), COUNT(unsubscribed_at) FROM crm_mail WHERE mailing_id = ").Append(ColumnType.Uuid, id).Append(" GROUP BY state"),
            r => (State: r.GetString(0), Count: r.GetInt64(1), Opened: r.GetInt64(2), Clicked: r.GetInt64(3), Unsubscribed: r.GetInt64(4)), cancellationToken);
        return new(rows.ToDictionary(r => r.State, r => r.Count, StringComparer.Ordinal), rows.Sum(r => r.Opened), rows.Sum(r => r.Clicked), rows.Sum(r => r.Unsubscribed));
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
