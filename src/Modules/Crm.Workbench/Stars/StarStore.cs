using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Security;

namespace Crm.Workbench.Stars;

/// <summary>
/// The user's own marks on records. A table and not a content type: a star is nobody else's business, so it has no
/// history, scope, import or list. Which of the marked records may be seen is decided anew whenever they are shown.
/// </summary>
internal sealed class StarStore(DbSession session, ActorContext actor, TimeProvider clock)
{
    /// <summary>Whoever marks everything has marked nothing.</summary>
    public const int MostPerUser = 500;

    private Guid Me => actor.Current.UserId ?? Guid.Empty;

    /// <summary>Which of the records are starred.</summary>
    public async Task<HashSet<Guid>> OfAsync(ContentTypeDefinition type, IReadOnlyCollection<Guid> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
            return [];
        var sql = new SqlText().Append("SELECT record_id FROM crm_stars WHERE user_id = {} AND type = {} AND record_id IN (", (ColumnType.Uuid, Me), (ColumnType.Text, type.Name)).AppendList(ColumnType.Uuid, records.Cast<object?>());
        return [.. await session.ReadAsync(sql.Append(")"), Id, cancellationToken)];
    }

    /// <summary>All starred records by type, those starred last first.</summary>
    public async Task<ILookup<string, Guid>> AllAsync(CancellationToken cancellationToken)
        => (await session.ReadAsync(new SqlText("SELECT record_id, type FROM crm_stars WHERE user_id = ").Append(ColumnType.Uuid, Me).Append(" ORDER BY at DESC LIMIT ").Append(ColumnType.Integer, (long)MostPerUser),
            r => (Id: Id(r), Type: r.GetString(1)), cancellationToken)).ToLookup(s => s.Type, s => s.Id, StringComparer.OrdinalIgnoreCase);

    /// <returns>False when the user has too many already.</returns>
    public async Task<bool> SetAsync(ContentTypeDefinition type, Guid record, bool starred, CancellationToken cancellationToken)
    {
        if (!starred)
        {
            await session.ExecuteAsync(new SqlText().Append("DELETE FROM crm_stars WHERE user_id = {} AND type = {} AND record_id = {}",
                (ColumnType.Uuid, Me), (ColumnType.Text, type.Name), (ColumnType.Uuid, record)), cancellationToken);
            return true;
        }
        if (await session.CountAsync(new SqlText("SELECT COUNT(*) FROM crm_stars WHERE user_id = ").Append(ColumnType.Uuid, Me), cancellationToken) >= MostPerUser)
            return false;
        await session.ExecuteAsync(new SqlText().Append("INSERT INTO crm_stars (user_id, type, record_id, at) VALUES ({}, {}, {}, {}) ON CONFLICT DO NOTHING",
            (ColumnType.Uuid, Me), (ColumnType.Text, type.Name), (ColumnType.Uuid, record), (ColumnType.DateTime, clock.GetUtcNow().UtcDateTime)), cancellationToken);
        return true;
    }

    private Guid Id(System.Data.Common.DbDataReader reader) => (Guid)session.Dialect.Read(reader, 0, ColumnType.Uuid)!;
}
