using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Security;

namespace Crm.Notifications.Follow;

/// <summary>Who wants to know what changes on which record. A table and no content type, as stars are.</summary>
internal sealed class Follows(DbSession session, ActorContext actor, TimeProvider clock)
{
    /// <summary>Whoever follows everything reads nothing.</summary>
    public const int MostPerUser = 200;

    private Guid Me => actor.Current.UserId ?? Guid.Empty;

    public async Task<bool> IsFollowedAsync(Guid record, CancellationToken cancellationToken)
        => await session.CountAsync(new SqlText().Append("SELECT COUNT(*) FROM crm_follows WHERE record_id = {} AND user_id = {}", (ColumnType.Uuid, record), (ColumnType.Uuid, Me)), cancellationToken) > 0;

    /// <returns>False when the user follows too much already.</returns>
    public async Task<bool> SetAsync(ContentTypeDefinition type, Guid record, bool followed, CancellationToken cancellationToken)
    {
        if (!followed)
        {
            await session.ExecuteAsync(new SqlText().Append("DELETE FROM crm_follows WHERE record_id = {} AND user_id = {}", (ColumnType.Uuid, record), (ColumnType.Uuid, Me)), cancellationToken);
            return true;
        }
        if (await session.CountAsync(new SqlText("SELECT COUNT(*) FROM crm_follows WHERE user_id = ").Append(ColumnType.Uuid, Me), cancellationToken) >= MostPerUser)
            return false;
        await session.ExecuteAsync(new SqlText().Append("INSERT INTO crm_follows (record_id, user_id, type, at) VALUES ({}, {}, {}, {}) ON CONFLICT DO NOTHING",
            (ColumnType.Uuid, record), (ColumnType.Uuid, Me), (ColumnType.Text, type.Name), (ColumnType.DateTime, clock.GetUtcNow().UtcDateTime)), cancellationToken);
        return true;
    }

    /// <summary>What the user follows.</summary>
    public Task<List<Guid>> MineAsync(CancellationToken cancellationToken)
        => session.ReadAsync(new SqlText("SELECT record_id FROM crm_follows WHERE user_id = ").Append(ColumnType.Uuid, Me), r => Id(r, 0), cancellationToken);

    /// <summary>Followers of records.</summary>
    public async Task<ILookup<Guid, Guid>> OfAsync(IReadOnlyCollection<Guid> records, CancellationToken cancellationToken)
    {
        var sql = new SqlText("SELECT record_id, user_id FROM crm_follows WHERE record_id IN (").AppendList(ColumnType.Uuid, records.Cast<object?>());
        return (await session.ReadAsync(sql.Append(")"), r => (Record: Id(r, 0), User: Id(r, 1)), cancellationToken)).ToLookup(f => f.Record, f => f.User);
    }

    private Guid Id(System.Data.Common.DbDataReader reader, int ordinal) => (Guid)session.Dialect.Read(reader, ordinal, ColumnType.Uuid)!;
}
