using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Notifications;

/// <param name="ReadAt">Null while it is unread.</param>
internal sealed record Notification(Guid Id, Message Text, string Url, DateTime At, DateTime? ReadAt);

/// <summary>One user's notifications.</summary>
internal sealed class Inbox(DbSession session, TimeProvider clock)
{
    /// <summary>How many are unread; counting stops at <paramref name="limit"/>.</summary>
    public Task<long> CountUnreadAsync(Guid user, int limit, CancellationToken cancellationToken)
        => session.CountAsync(new SqlText("SELECT COUNT(*) FROM (SELECT 1 FROM crm_notifications WHERE user_id = ").Append(ColumnType.Uuid, user)
            .Append(" AND read_at IS NULL LIMIT ").Append(ColumnType.Integer, (long)limit).Append(") n"), cancellationToken);

    /// <summary>Newest first; ids are in the order of time.</summary>
    /// <param name="before">The last one seen; null from the newest.</param>
    public Task<List<Notification>> ListAsync(Guid user, Guid? before, int take, CancellationToken cancellationToken)
    {
        var sql = new SqlText("SELECT id, text, arguments, url, at, read_at FROM crm_notifications WHERE user_id = ").Append(ColumnType.Uuid, user);
        if (before is not null)
            sql.Append(" AND id < ").Append(ColumnType.Uuid, before);
        return session.ReadAsync(sql.Append(" ORDER BY id DESC LIMIT ").Append(ColumnType.Integer, (long)take), Read, cancellationToken);
    }

    public async Task<Notification?> FindAsync(Guid user, Guid id, CancellationToken cancellationToken)
        => (await session.ReadAsync(new SqlText().Append("SELECT id, text, arguments, url, at, read_at FROM crm_notifications WHERE user_id = {} AND id = {}",
            (ColumnType.Uuid, user), (ColumnType.Uuid, id)), Read, cancellationToken)) is [var found] ? found : null;

    /// <param name="id">Null for all.</param>
    public Task MarkReadAsync(Guid user, Guid? id, CancellationToken cancellationToken)
    {
        var sql = new SqlText().Append("UPDATE crm_notifications SET read_at = {} WHERE user_id = {} AND read_at IS NULL",
            (ColumnType.DateTime, clock.GetUtcNow().UtcDateTime), (ColumnType.Uuid, user));
        return session.ExecuteAsync(id is null ? sql : sql.Append(" AND id = ").Append(ColumnType.Uuid, id), cancellationToken);
    }

    /// <summary>Removes what was told before this moment, read or not.</summary>
    public Task<int> ForgetAsync(DateTime before, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText("DELETE FROM crm_notifications WHERE at < ").Append(ColumnType.DateTime, before), cancellationToken);

    private Notification Read(System.Data.Common.DbDataReader reader)
    {
        var d = session.Dialect;
        return new((Guid)d.Read(reader, 0, ColumnType.Uuid)!, StoredMessage.Read(reader.GetString(1), reader.GetString(2)),
            reader.GetString(3), (DateTime)d.Read(reader, 4, ColumnType.DateTime)!, (DateTime?)d.Read(reader, 5, ColumnType.DateTime));
    }
}
