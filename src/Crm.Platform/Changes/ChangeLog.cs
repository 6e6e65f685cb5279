using System.Text.Json;
using Crm.Platform.Data;
using Crm.Platform.Security;

namespace Crm.Platform.Changes;

public enum ChangeKind
{
    Created,
    Updated,
    Deleted,
    Restored,
    Purged,
}

/// <summary>A field's old and new value in the kind's invariant form.</summary>
public sealed record FieldChange(string? Old, string? New);

/// <summary>One row of the change log.</summary>
/// <param name="Sequence">Grows in the order in which changes were committed; gaps mean nothing.</param>
public sealed record Change(
    long Sequence,
    DateTime At,
    Guid? UserId,
    string Source,
    Guid BatchId,
    string ContentType,
    Guid RecordId,
    ChangeKind Kind,
    long Version,
    IReadOnlyDictionary<string, FieldChange> Fields);

/// <summary>
/// The one log of all changes. Rows are appended as the last act of a transaction, under a lock that PostgreSQL holds
/// until the commit is visible: whoever has read up to a number has missed nothing below it.
/// </summary>
public sealed class ChangeLog(DbSession session, ActorContext actor, TimeProvider clock, ChangeSignal signal)
{
    private const string Select = "SELECT seq, at, user_id, source, batch_id, type, record_id, kind, version, changes FROM crm_change_log";

    private static readonly Column[] LogColumns =
    [
        new("at", ColumnType.DateTime), new("user_id", ColumnType.Uuid), new("source", ColumnType.Text), new("batch_id", ColumnType.Uuid), new("type", ColumnType.Text),
        new("record_id", ColumnType.Uuid), new("kind", ColumnType.Text), new("version", ColumnType.Integer), new("changes", ColumnType.Text),
    ];

    private static readonly JsonSerializerOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<Change> _pending = [];
    private int _transaction;

    /// <summary>One transaction's, or one long job's, changes share a batch id.</summary>
    public Guid BatchId { get; set; } = Guid.CreateVersion7();

    /// <summary>To be called inside the transaction of the change itself.</summary>
    internal void Append(string contentType, Guid recordId, ChangeKind kind, long version, IReadOnlyDictionary<string, FieldChange> fields)
    {
        if (!session.InTransaction)
            throw new InvalidOperationException("A change is logged in the transaction that makes it.");
        if (_transaction != session.TransactionNumber)
        {
            // What an earlier transaction left was rolled back with it.
            _pending.Clear();
            _transaction = session.TransactionNumber;
            session.BeforeCommit(FlushAsync);
            session.AfterCommit(signal.Notify);
        }
        _pending.Add(new Change(0, clock.GetUtcNow().UtcDateTime, actor.Current.UserId, actor.Current.Source, BatchId, contentType, recordId, kind, version, fields));
    }

    /// <summary>The next changes after a sequence number, oldest first.</summary>
    public Task<List<Change>> ReadAfterAsync(long sequence, int take, CancellationToken cancellationToken)
        => session.ReadAsync(new SqlText($"{Select} WHERE seq > ").Append(ColumnType.Integer, sequence).Append(" ORDER BY seq LIMIT ").Append(ColumnType.Integer, (long)take), Read, cancellationToken);

    /// <summary>A record's changes, newest first.</summary>
    public Task<List<Change>> ReadHistoryAsync(string contentType, Guid recordId, int take, CancellationToken cancellationToken)
        => session.ReadAsync(new SqlText(Select).Append(" WHERE record_id = {} AND type = {} ORDER BY seq DESC LIMIT {}",
            (ColumnType.Uuid, recordId), (ColumnType.Text, contentType), (ColumnType.Integer, (long)take)), Read, cancellationToken);

    /// <summary>The latest changes of any of some records that others have made, newest first.</summary>
    /// <param name="records">At most a few hundred.</param>
    public Task<List<Change>> ReadLatestAsync(IReadOnlyCollection<Guid> records, Guid? except, int take, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
            return Task.FromResult<List<Change>>([]);
        var sql = new SqlText(Select).Append(" WHERE record_id IN (").AppendList(ColumnType.Uuid, records.Cast<object?>()).Append(")");
        if (except is not null)
            sql.Append(" AND (user_id IS NULL OR user_id <> {})", (ColumnType.Uuid, except));
        // Not by the key's own order: a planner that walks back through the whole log looking for a few records takes seconds.
        return session.ReadAsync(sql.Append(" ORDER BY seq + 0 DESC LIMIT {}", (ColumnType.Integer, (long)take)), Read, cancellationToken);
    }

    /// <summary>All changes of one batch, oldest first.</summary>
    public Task<List<Change>> ReadBatchAsync(Guid batchId, CancellationToken cancellationToken)
        => session.ReadAsync(new SqlText($"{Select} WHERE batch_id = ").Append(ColumnType.Uuid, batchId).Append(" ORDER BY seq"), Read, cancellationToken);

    public async Task<bool> HasBatchAsync(Guid batchId, CancellationToken cancellationToken)
        => await session.CountAsync(new SqlText("SELECT COUNT(*) FROM (SELECT 1 FROM crm_change_log WHERE batch_id = ").Append(ColumnType.Uuid, batchId).Append(" LIMIT 1) b"), cancellationToken) > 0;

    /// <summary>What the batches did to some records, oldest first.</summary>
    /// <param name="records">At most 1,000.</param>
    public async Task<List<Change>> ReadBatchesAsync(IReadOnlyCollection<Guid> batches, IReadOnlyCollection<Guid> records, CancellationToken cancellationToken)
    {
        var wanted = batches.ToHashSet();
        return (await ReadOfAsync(records, new SqlText(), cancellationToken)).FindAll(c => wanted.Contains(c.BatchId));
    }

    /// <summary>What happened to some records of one type after a version, oldest first.</summary>
    /// <param name="records">At most 1,000.</param>
    public Task<List<Change>> ReadSinceAsync(string contentType, IReadOnlyCollection<Guid> records, long version, CancellationToken cancellationToken)
        => ReadOfAsync(records, new SqlText().Append(" AND type = {} AND version > {}", (ColumnType.Text, contentType), (ColumnType.Integer, version)), cancellationToken);

    private async Task<List<Change>> ReadOfAsync(IReadOnlyCollection<Guid> records, SqlText where, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
            return [];
        var sql = new SqlText($"{Select} WHERE record_id IN (").AppendList(ColumnType.Uuid, records.Cast<object?>());
        return await session.ReadAsync(sql.Append(")").Append(where).Append(" ORDER BY seq"), Read, cancellationToken);
    }

    public Task<long> LastSequenceAsync(CancellationToken cancellationToken)
        => session.CountAsync(new SqlText("SELECT MAX(seq) FROM crm_change_log"), cancellationToken);

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (session.Database.Provider == DatabaseProvider.Postgres)
            await session.ExecuteAsync("SELECT pg_advisory_xact_lock(727002)", cancellationToken);
        await session.InsertAsync("crm_change_log", LogColumns, [.. _pending.Select(c => new object?[]
            { c.At, c.UserId, c.Source, c.BatchId, c.ContentType, c.RecordId, c.Kind.ToString(), c.Version, Serialize(c.Fields) })], cancellationToken);
        _pending.Clear();
    }

    private Change Read(System.Data.Common.DbDataReader reader)
    {
        var d = session.Dialect;
        return new Change(
            reader.GetInt64(0), (DateTime)d.Read(reader, 1, ColumnType.DateTime)!, (Guid?)d.Read(reader, 2, ColumnType.Uuid), reader.GetString(3),
            (Guid)d.Read(reader, 4, ColumnType.Uuid)!, reader.GetString(5), (Guid)d.Read(reader, 6, ColumnType.Uuid)!,
            Enum.Parse<ChangeKind>(reader.GetString(7)), reader.GetInt64(8), Deserialize(reader.GetString(9)));
    }

    private static string Serialize(IReadOnlyDictionary<string, FieldChange> fields)
        => JsonSerializer.Serialize(fields.ToDictionary(f => f.Key, f => new[] { f.Value.Old, f.Value.New }), Json);

    private static Dictionary<string, FieldChange> Deserialize(string json)
        => JsonSerializer.Deserialize<Dictionary<string, string?[]>>(json)!.ToDictionary(f => f.Key, f => new FieldChange(f.Value[0], f.Value[1]));
}

/// <summary>Wakes this process's consumers when something was committed; others notice by looking.</summary>
public sealed class ChangeSignal : Signal;
