using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using Crm.Platform.Security;

namespace Crm.Platform.Files;

/// <summary>A file and whose it is: waiting for a record, or of one for good. What a record once had stays its own, so that the change can be taken back.</summary>
internal sealed record FileRow(StoredFile File, Guid? CreatedBy, Guid? Record);

/// <summary>What is known of the files besides their bytes.</summary>
internal sealed class FileRows(DbSession session, ActorContext actor, TimeProvider clock)
{
    private static readonly Column[] FileColumns =
    [
        new("id", ColumnType.Uuid), new("name", ColumnType.Text), new("media_type", ColumnType.Text), new("size", ColumnType.Integer),
        new("created_at", ColumnType.DateTime), new("created_by", ColumnType.Uuid), new("record_id", ColumnType.Uuid), new("released_at", ColumnType.DateTime),
    ];

    /// <summary>Why a record cannot have a file.</summary>
    public static Message Lost(FieldDefinition field) => new("{0}: the file is no longer there; choose it again", field.Label);

    public Task AddAsync(StoredFile file, CancellationToken cancellationToken)
        => session.TransactAsync(() => session.InsertAsync("crm_files", FileColumns,
            [[file.Id, file.Name, file.MediaType, file.Size, clock.GetUtcNow().UtcDateTime, actor.Current.UserId, null, null]], cancellationToken), cancellationToken);

    public async Task<IReadOnlyDictionary<Guid, FileRow>> FindAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<Guid, FileRow>();
        foreach (var some in ids.Distinct().Chunk(500))
        {
            var sql = new SqlText("SELECT id, name, media_type, size, created_by, record_id FROM crm_files WHERE released_at IS NULL AND id IN (");
            for (var i = 0; i < some.Length; i++)
                sql.Append(i == 0 ? "" : ", ").Append(ColumnType.Uuid, some[i]);
            foreach (var row in await session.ReadAsync(sql.Append(")"), r => new FileRow(
                new StoredFile((Guid)session.Dialect.Read(r, 0, ColumnType.Uuid)!, r.GetString(1), r.GetString(2), r.GetInt64(3)),
                (Guid?)session.Dialect.Read(r, 4, ColumnType.Uuid), (Guid?)session.Dialect.Read(r, 5, ColumnType.Uuid)), cancellationToken))
                rows[row.File.Id] = row;
        }
        return rows;
    }

    /// <summary>From now on it is the record's, for good.</summary>
    /// <returns>False when it was removed or given to another record at the same moment.</returns>
    public async Task<bool> ClaimAsync(Guid file, Guid record, CancellationToken cancellationToken)
        => await session.ExecuteAsync(new SqlText("UPDATE crm_files SET record_id = ").Append(ColumnType.Uuid, record).Append(" WHERE id = ").Append(ColumnType.Uuid, file)
            .Append(" AND released_at IS NULL AND (record_id IS NULL OR record_id = ").Append(ColumnType.Uuid, record).Append(")"), cancellationToken) == 1;

    /// <summary>A record is gone for good, and its files with it.</summary>
    public Task ReleaseAsync(Guid record, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText("UPDATE crm_files SET released_at = ").Append(ColumnType.DateTime, clock.GetUtcNow().UtcDateTime).Append(" WHERE record_id = ").Append(ColumnType.Uuid, record), cancellationToken);

    /// <summary>Bytes that wait for a record, of one person.</summary>
    public async Task<long> WaitingAsync(CancellationToken cancellationToken)
        => await session.CountAsync(new SqlText("SELECT COALESCE(SUM(size), 0) FROM crm_files WHERE record_id IS NULL AND created_by = ").Append(ColumnType.Uuid, actor.Current.UserId), cancellationToken);

    /// <summary>Files that nobody has or will have: of purged records, and those that waited for a record since before a time.</summary>
    public Task<List<Guid>> ReadGoneAsync(DateTime before, int take, CancellationToken cancellationToken)
        => session.ReadAsync(Gone(new SqlText("SELECT id FROM crm_files WHERE "), before).Append(" LIMIT ").Append(ColumnType.Integer, (long)take),
            r => (Guid)session.Dialect.Read(r, 0, ColumnType.Uuid)!, cancellationToken);

    /// <returns>False when a record took it at the same moment.</returns>
    public async Task<bool> RemoveGoneAsync(Guid file, DateTime before, CancellationToken cancellationToken)
        => await session.ExecuteAsync(Gone(new SqlText("DELETE FROM crm_files WHERE id = ").Append(ColumnType.Uuid, file).Append(" AND "), before), cancellationToken) == 1;

    private static SqlText Gone(SqlText sql, DateTime before)
        => sql.Append("(released_at IS NOT NULL OR (record_id IS NULL AND created_at < ").Append(ColumnType.DateTime, before).Append("))");
}
