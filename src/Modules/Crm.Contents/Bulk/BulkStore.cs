using System.Data.Common;
using System.Text.Json;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Contents.Bulk;

/// <summary>The tables <c>crm_bulk_batches</c> and <c>crm_bulk_items</c>.</summary>
internal sealed class BulkStore(DbSession session, TimeProvider clock)
{
    private const string Select = "SELECT id, type, action, title, settings, filter, in_bin, created_by, created_at, status, message, frozen_to, total, changed, same, left_out, undo_of, undone_by, job_id, search FROM crm_bulk_batches";

    public async Task<BulkBatch?> FindAsync(Guid id, CancellationToken cancellationToken)
        => (await session.ReadAsync(new SqlText($"{Select} WHERE id = ").Append(ColumnType.Uuid, id), Read, cancellationToken)) is [var batch] ? batch : null;

    /// <summary>A user's latest, newest first; their ids are in the order of time.</summary>
    public Task<List<BulkBatch>> ListAsync(Guid user, int take, CancellationToken cancellationToken)
        => session.ReadAsync(new SqlText($"{Select} WHERE created_by = ").Append(ColumnType.Uuid, user).Append(" ORDER BY id DESC LIMIT ").Append(ColumnType.Integer, (long)take), Read, cancellationToken);

    /// <summary>What works, or waits for its turn, for a user.</summary>
    public Task<List<BulkBatch>> ListRunningAsync(Guid user, CancellationToken cancellationToken)
        => session.ReadAsync(new SqlText($"{Select} WHERE created_by = ").Append(ColumnType.Uuid, user).Append(" AND status IN ('Collecting', 'Working') ORDER BY id"), Read, cancellationToken);

    public Task AddAsync(BulkBatch batch, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText().Append(
            "INSERT INTO crm_bulk_batches (id, type, action, title, settings, filter, search, in_bin, created_by, created_at, updated_at, status, total, changed, same, left_out, undo_of) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, 0, 0, 0, {})",
            (ColumnType.Uuid, batch.Id), (ColumnType.Text, batch.Type), (ColumnType.Text, batch.Action), (ColumnType.Text, StoredMessage.Write(batch.Title)), (ColumnType.Text, JsonSerializer.Serialize(batch.Settings)),
            (ColumnType.Text, batch.Filter), (ColumnType.Text, batch.Search), (ColumnType.Boolean, batch.InBin), (ColumnType.Uuid, batch.By), (ColumnType.DateTime, batch.At), (ColumnType.DateTime, Now),
            (ColumnType.Text, batch.Status.ToString()), (ColumnType.Integer, batch.Total), (ColumnType.Uuid, batch.UndoOf)), cancellationToken);

    /// <summary>From one of these states to another; false when it is in none of them.</summary>
    public async Task<bool> MoveAsync(Guid id, IEnumerable<BulkStatus> from, BulkStatus to, Message? message, CancellationToken cancellationToken)
        => await session.ExecuteAsync(new SqlText().Append("UPDATE crm_bulk_batches SET status = {}, message = {}, updated_at = {} WHERE id = {} AND status IN (",
            (ColumnType.Text, to.ToString()), (ColumnType.Text, message is null ? null : StoredMessage.Write(message)), (ColumnType.DateTime, Now), (ColumnType.Uuid, id))
            .Append(string.Join(", ", from.Select(s => $"'{s}'"))).Append(")"), cancellationToken) == 1;

    public Task SetJobAsync(Guid id, Guid job, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText().Append("UPDATE crm_bulk_batches SET job_id = {} WHERE id = {}", (ColumnType.Uuid, job), (ColumnType.Uuid, id)), cancellationToken);

    /// <summary>Whether nobody else has undone it before.</summary>
    public async Task<bool> MarkUndoneAsync(Guid id, Guid by, CancellationToken cancellationToken)
        => await session.ExecuteAsync(new SqlText().Append("UPDATE crm_bulk_batches SET undone_by = {} WHERE id = {} AND undone_by IS NULL", (ColumnType.Uuid, by), (ColumnType.Uuid, id)), cancellationToken) == 1;

    /// <summary>Takes up one page of the records, with the cursor behind it; null when that was the last.</summary>
    public async Task AddItemsAsync(BulkBatch batch, IReadOnlyList<(Guid Id, long Version)> records, string? cursor, CancellationToken cancellationToken)
    {
        await session.TransactAsync(async () =>
        {
            if (records.Count > 0)
                await session.ExecuteAsync(Insert(batch, records), cancellationToken);
            await session.ExecuteAsync(new SqlText().Append("UPDATE crm_bulk_batches SET total = total + {}, frozen_to = {}, status = CASE WHEN status = 'Collecting' AND {} THEN 'Working' ELSE status END, updated_at = {} WHERE id = {}",
                (ColumnType.Integer, (long)records.Count), (ColumnType.Text, cursor), (ColumnType.Boolean, cursor is null), (ColumnType.DateTime, Now), (ColumnType.Uuid, batch.Id)), cancellationToken);
        }, cancellationToken);
    }

    private static SqlText Insert(BulkBatch batch, IReadOnlyList<(Guid Id, long Version)> records)
    {
        var sql = new SqlText("INSERT INTO crm_bulk_items (batch_id, position, type, record_id, version, state) VALUES ");
        for (var i = 0; i < records.Count; i++)
            sql.Append(i == 0 ? "" : ", ").Append("({}, {}, {}, {}, {}, 'Waiting')", (ColumnType.Uuid, batch.Id), (ColumnType.Integer, batch.Total + i + 1),
                (ColumnType.Text, batch.Type), (ColumnType.Uuid, records[i].Id), (ColumnType.Integer, records[i].Version));
        return sql;
    }

    /// <summary>
    /// Takes up all records that a batch of the change log has touched, the last first; deleted ones are each a batch of their
    /// own in the log, which their items name.
    /// </summary>
    public Task AddUndoItemsAsync(Guid id, Guid undone, CancellationToken cancellationToken) => session.TransactAsync(async () =>
    {
        var sql = new SqlText().Append("""
            INSERT INTO crm_bulk_items (batch_id, position, type, record_id, version, state, undoes)
            SELECT {}, ROW_NUMBER() OVER (ORDER BY c.seq DESC), c.type, c.record_id, c.version, 'Waiting', c.batch_id
            FROM (
                SELECT MAX(seq) AS seq, MAX(version) AS version, type, record_id, batch_id FROM crm_change_log WHERE batch_id = {} GROUP BY type, record_id, batch_id
                UNION ALL
                SELECT MAX(l.seq), MAX(l.version), l.type, l.record_id, l.batch_id FROM crm_bulk_items i JOIN crm_change_log l ON l.batch_id = i.log_batch AND l.record_id = i.record_id
                WHERE i.batch_id = {} AND i.log_batch IS NOT NULL GROUP BY l.type, l.record_id, l.batch_id
            ) c
            """, (ColumnType.Uuid, id), (ColumnType.Uuid, undone), (ColumnType.Uuid, undone));
        var total = await session.ExecuteAsync(sql, cancellationToken);
        await session.ExecuteAsync(new SqlText().Append("UPDATE crm_bulk_batches SET total = {}, status = CASE WHEN status = 'Collecting' THEN 'Working' ELSE status END, updated_at = {} WHERE id = {}",
            (ColumnType.Integer, (long)total), (ColumnType.DateTime, Now), (ColumnType.Uuid, id)), cancellationToken);
    }, cancellationToken);

    /// <summary>The next that nothing has been done with.</summary>
    public Task<List<BulkItem>> NextAsync(Guid id, int take, CancellationToken cancellationToken)
        => session.ReadAsync(new SqlText().Append("SELECT position, type, record_id, version, undoes FROM crm_bulk_items WHERE batch_id = {} AND state = 'Waiting' ORDER BY position LIMIT {}",
            (ColumnType.Uuid, id), (ColumnType.Integer, (long)take)), row => new BulkItem(row.GetInt64(0), row.GetString(1), Uuid(row, 2)!.Value, row.GetInt64(3), Uuid(row, 4)), cancellationToken);

    /// <summary>Keeps what has become of some items, within the transaction that did it.</summary>
    public async Task KeepAsync(Guid id, IReadOnlyList<BulkItem> items, IReadOnlyList<BulkOutcome> outcomes, CancellationToken cancellationToken)
    {
        var positions = items.ToDictionary(i => i.Id, i => i.Position);
        foreach (var group in outcomes.Where(o => o is { Reason: null, LogBatch: null }).GroupBy(o => o.State))
        {
            var sql = new SqlText().Append("UPDATE crm_bulk_items SET state = {} WHERE batch_id = {} AND position IN (", (ColumnType.Text, group.Key.ToString()), (ColumnType.Uuid, id)).AppendList(ColumnType.Integer, group.Select(o => (object?)positions[o.Id]));
            await session.ExecuteAsync(sql.Append(")"), cancellationToken);
        }
        foreach (var outcome in outcomes.Where(o => o is not { Reason: null, LogBatch: null }))
            await session.ExecuteAsync(new SqlText().Append("UPDATE crm_bulk_items SET state = {}, reason = {}, log_batch = {} WHERE batch_id = {} AND position = {}",
                (ColumnType.Text, outcome.State.ToString()), (ColumnType.Text, outcome.Reason is { } reason ? StoredMessage.Write(reason) : null), (ColumnType.Uuid, outcome.LogBatch),
                (ColumnType.Uuid, id), (ColumnType.Integer, positions[outcome.Id])), cancellationToken);
        await session.ExecuteAsync(new SqlText().Append("UPDATE crm_bulk_batches SET changed = changed + {}, same = same + {}, left_out = left_out + {}, updated_at = {} WHERE id = {}",
            (ColumnType.Integer, Count(BulkState.Changed)), (ColumnType.Integer, Count(BulkState.Same)), (ColumnType.Integer, Count(BulkState.LeftOut)), (ColumnType.DateTime, Now), (ColumnType.Uuid, id)), cancellationToken);

        long Count(BulkState state) => outcomes.Count(o => o.State == state);
    }

    /// <summary>Those left as they are, in the order of the work.</summary>
    public Task<List<BulkException>> ExceptionsAsync(Guid id, long after, int take, CancellationToken cancellationToken)
        => session.ReadAsync(new SqlText().Append("SELECT position, type, record_id, reason FROM crm_bulk_items WHERE batch_id = {} AND state = 'LeftOut' AND position > {} ORDER BY position LIMIT {}",
            (ColumnType.Uuid, id), (ColumnType.Integer, after), (ColumnType.Integer, (long)take)),
            row => new BulkException(row.GetInt64(0), row.GetString(1), Uuid(row, 2)!.Value, StoredMessage.Read(Text(row, 3) ?? "")), cancellationToken);

    /// <summary>Forgets what was over before this moment, and with it what could be undone.</summary>
    public async Task ForgetAsync(DateTime before, CancellationToken cancellationToken)
    {
        const string Old = "status IN ('Done', 'Cancelled', 'Stopped') AND updated_at < ";
        await session.ExecuteAsync(new SqlText($"DELETE FROM crm_bulk_items WHERE batch_id IN (SELECT id FROM crm_bulk_batches WHERE {Old}").Append(ColumnType.DateTime, before).Append(")"), cancellationToken);
        await session.ExecuteAsync(new SqlText($"DELETE FROM crm_bulk_batches WHERE {Old}").Append(ColumnType.DateTime, before), cancellationToken);
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private Guid? Uuid(DbDataReader row, int at) => (Guid?)session.Dialect.Read(row, at, ColumnType.Uuid);

    private string? Text(DbDataReader row, int at) => (string?)session.Dialect.Read(row, at, ColumnType.Text);

    private BulkBatch Read(DbDataReader row)
    {
        var d = session.Dialect;
        return new(Uuid(row, 0)!.Value, row.GetString(1), row.GetString(2), StoredMessage.Read(row.GetString(3)), JsonSerializer.Deserialize<Dictionary<string, string?>>(row.GetString(4))!,
            Text(row, 5), (bool)d.Read(row, 6, ColumnType.Boolean)!, Uuid(row, 7)!.Value, (DateTime)d.Read(row, 8, ColumnType.DateTime)!)
        {
            Status = Enum.Parse<BulkStatus>(row.GetString(9)),
            Message = Text(row, 10) is { } message ? StoredMessage.Read(message) : null,
            FrozenTo = Text(row, 11),
            Total = row.GetInt64(12),
            Changed = row.GetInt64(13),
            Same = row.GetInt64(14),
            LeftOut = row.GetInt64(15),
            UndoOf = Uuid(row, 16),
            UndoneBy = Uuid(row, 17),
            JobId = Uuid(row, 18),
            Search = Text(row, 19),
        };
    }
}
