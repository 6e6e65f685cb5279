using System.Data.Common;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Workflows;

/// <summary>What starts an instance.</summary>
/// <param name="Event">Tells one occasion from the next; a workflow starts once for each. At most 200 characters.</param>
public sealed record InstanceStart(Guid Workflow, int Version, string Event, string? RecordType, Guid? RecordId, int Depth = 0)
{
    /// <summary>The activity that it begins with.</summary>
    public string Activity { get; init; } = WorkflowDefinition.Start;

    /// <summary>The trace's first line, about where it comes from.</summary>
    public TraceEntry? Origin { get; init; }
}

/// <summary>Instances and their trace, in <c>crm_workflow_instances</c> and <c>crm_workflow_trace</c>. Joins the transaction under way.</summary>
internal sealed class InstanceStore(DbSession session, TimeProvider clock, WorkflowSignal signal)
{
    /// <summary>Changes that workflows make lead to workflows, which make changes; this many, and no more.</summary>
    public const int MaxDepth = 5;

    private const string Select = "SELECT id, workflow, version, record_type, record_id, state, activity, step, attempts, depth, due_at, error, created_at, finished_at FROM crm_workflow_instances";

    public DateTime Now => clock.Now();

    /// <returns>False when the workflow has been started by this event before.</returns>
    public async Task<bool> StartAsync(InstanceStart start, CancellationToken cancellationToken)
    {
        var (id, now) = (Guid.CreateVersion7(), Now);
        var tooDeep = start.Depth > MaxDepth ? new Message("Stopped before its first step: workflows set off one another {0} times in a row, and {1} is the limit", start.Depth, MaxDepth) : null;
        var added = await session.ExecuteAsync(new SqlText().Append(
            """
            INSERT INTO crm_workflow_instances (id, workflow, version, event, record_type, record_id, state, activity, step, attempts, depth, due_at, error, created_at, finished_at)
            VALUES ({}, {}, {}, {}, {}, {}, {}, {}, 0, 0, {}, {}, {}, {}, {}) ON CONFLICT (workflow, event) DO NOTHING
            """,
            (ColumnType.Uuid, id), (ColumnType.Uuid, start.Workflow), (ColumnType.Integer, (long)start.Version), (ColumnType.Text, start.Event),
            (ColumnType.Text, start.RecordType), (ColumnType.Uuid, start.RecordId), (ColumnType.Text, tooDeep is null ? nameof(InstanceState.Running) : nameof(InstanceState.Failed)),
            (ColumnType.Text, start.Activity), (ColumnType.Integer, (long)start.Depth), (ColumnType.DateTime, now),
            (ColumnType.Text, tooDeep is null ? null : StoredMessage.Write(tooDeep)), (ColumnType.DateTime, now), (ColumnType.DateTime, tooDeep is null ? null : now)), cancellationToken) == 1;
        if (!added)
            return false;
        if (start.Origin is { } origin)
            await TraceAsync(id, origin, cancellationToken);
        if (tooDeep is not null)
            await TraceAsync(id, new TraceEntry(0, "", "", now, tooDeep, true), cancellationToken);
        session.AfterCommit(signal.Notify);
        return true;
    }

    public async Task<Instance?> FindAsync(Guid id, CancellationToken cancellationToken)
        => await session.ReadAsync(new SqlText($"{Select} WHERE id = ").Append(ColumnType.Uuid, id), Read, cancellationToken) is [var instance] ? instance : null;

    /// <summary>The newest instances of a workflow, or about a record.</summary>
    public Task<List<Instance>> ListAsync(Guid? workflow, Guid? record, InstanceState? state, int take, CancellationToken cancellationToken)
    {
        var sql = new SqlText($"{Select} WHERE 1 = 1");
        if (workflow is not null)
            sql.Append(" AND workflow = ").Append(ColumnType.Uuid, workflow);
        if (record is not null)
            sql.Append(" AND record_id = ").Append(ColumnType.Uuid, record);
        if (state is not null)
            sql.Append(" AND state = ").Append(ColumnType.Text, state.ToString());
        return session.ReadAsync(sql.Append(" ORDER BY id DESC LIMIT ").Append(ColumnType.Integer, (long)take), Read, cancellationToken);
    }

    /// <summary>How many instances each workflow has in each state.</summary>
    public async Task<ILookup<Guid, (InstanceState State, long Count)>> CountAsync(CancellationToken cancellationToken)
        => (await session.ReadAsync(new SqlText("SELECT workflow, state, COUNT(*) FROM crm_workflow_instances GROUP BY workflow, state"),
            r => (Workflow: (Guid)session.Dialect.Read(r, 0, ColumnType.Uuid)!, State: Enum.Parse<InstanceState>(r.GetString(1)), Count: r.GetInt64(2)), cancellationToken))
            .ToLookup(r => r.Workflow, r => (r.State, r.Count));

    /// <summary>Ids of instances whose time has come, the longest waiting first.</summary>
    public Task<List<Guid>> DueAsync(int take, CancellationToken cancellationToken)
        => session.ReadAsync(new SqlText().Append(
            "SELECT id FROM crm_workflow_instances WHERE state IN ('Running', 'Waiting') AND due_at <= {} AND (leased_until IS NULL OR leased_until <= {}) ORDER BY due_at, id LIMIT {}",
            (ColumnType.DateTime, Now), (ColumnType.DateTime, Now), (ColumnType.Integer, (long)take)), r => (Guid)session.Dialect.Read(r, 0, ColumnType.Uuid)!, cancellationToken);

    /// <summary>
    /// The instance, kept from other workers until this transaction ends; null when another has it or it is not due. On
    /// PostgreSQL a row lock does it; SQLite has one writer, so a transaction that has written holds everything.
    /// </summary>
    public async Task<Instance?> LockDueAsync(Guid id, CancellationToken cancellationToken)
    {
        var sql = new SqlText(Select).Append(" WHERE id = {} AND state IN ('Running', 'Waiting') AND due_at <= {} AND (leased_until IS NULL OR leased_until <= {})",
            (ColumnType.Uuid, id), (ColumnType.DateTime, Now), (ColumnType.DateTime, Now));
        if (session.Dialect.ForUpdate.Length > 0)
            sql.Append(" FOR UPDATE SKIP LOCKED");
        return await session.ReadAsync(sql, Read, cancellationToken) is [var instance] ? instance : null;
    }

    /// <summary>Keeps other workers away while an activity is under way outside a transaction.</summary>
    public Task LeaseAsync(Guid id, TimeSpan time, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText().Append("UPDATE crm_workflow_instances SET leased_until = {} WHERE id = {}", (ColumnType.DateTime, Now + time), (ColumnType.Uuid, id)), cancellationToken);

    /// <summary>Writes an instance's new state, provided that nobody moved it on since it was read.</summary>
    /// <returns>False when somebody did, such as by canceling it.</returns>
    public async Task<bool> MoveAsync(Instance before, Instance after, CancellationToken cancellationToken)
        => await session.ExecuteAsync(new SqlText().Append(
            "UPDATE crm_workflow_instances SET state = {}, activity = {}, step = {}, attempts = {}, due_at = {}, leased_until = NULL, error = {}, finished_at = {} WHERE id = {} AND step = {} AND attempts = {} AND state = {}",
            (ColumnType.Text, after.State.ToString()), (ColumnType.Text, after.Activity), (ColumnType.Integer, (long)after.Step), (ColumnType.Integer, (long)after.Attempts),
            (ColumnType.DateTime, after.DueAt), (ColumnType.Text, after.Error is null ? null : StoredMessage.Write(after.Error)), (ColumnType.DateTime, after.IsOver ? Now : null),
            (ColumnType.Uuid, before.Id), (ColumnType.Integer, (long)before.Step), (ColumnType.Integer, (long)before.Attempts), (ColumnType.Text, before.State.ToString())), cancellationToken) == 1;

    /// <summary>Stops all instances of a workflow that are under way.</summary>
    public async Task CancelAllAsync(Guid workflow, Message why, CancellationToken cancellationToken)
    {
        var ids = await session.ReadAsync(new SqlText("SELECT id FROM crm_workflow_instances WHERE state IN ('Running', 'Waiting') AND workflow = ").Append(ColumnType.Uuid, workflow),
            r => (Guid)session.Dialect.Read(r, 0, ColumnType.Uuid)!, cancellationToken);
        foreach (var id in ids)
            await CancelAsync(id, why, cancellationToken);
    }

    /// <returns>False when it is over already.</returns>
    public Task<bool> CancelAsync(Guid id, Message why, CancellationToken cancellationToken) => session.TransactAsync(async () =>
    {
        if (await FindAsync(id, cancellationToken) is not { IsOver: false } instance
            || !await MoveAsync(instance, instance with { State = InstanceState.Canceled, DueAt = null }, cancellationToken))
            return false;
        await TraceAsync(id, new TraceEntry(instance.Step, "", "", Now, why, false), cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>Ends an instance that cannot be carried on, by its id alone: its row may be what is broken.</summary>
    public Task FailAsync(Guid id, Message why, CancellationToken cancellationToken) => session.TransactAsync(async () =>
    {
        if (await session.ExecuteAsync(new SqlText().Append(
            "UPDATE crm_workflow_instances SET state = 'Failed', attempts = 0, due_at = NULL, leased_until = NULL, error = {}, finished_at = {} WHERE id = {} AND state IN ('Running', 'Waiting')",
            (ColumnType.Text, StoredMessage.Write(why)), (ColumnType.DateTime, Now), (ColumnType.Uuid, id)), cancellationToken) == 1)
            await TraceAsync(id, new TraceEntry(0, "", "", Now, why, true), cancellationToken);
    }, cancellationToken);

    /// <summary>Sets a failed instance going again with the activity that failed.</summary>
    public Task<bool> RetryAsync(Guid id, Message why, CancellationToken cancellationToken) => session.TransactAsync(async () =>
    {
        if (await FindAsync(id, cancellationToken) is not { State: InstanceState.Failed } instance
            || !await MoveAsync(instance, instance with { State = InstanceState.Running, DueAt = Now, Attempts = 0, Error = null }, cancellationToken))
            return false;
        await TraceAsync(id, new TraceEntry(instance.Step, "", "", Now, why, false), cancellationToken);
        session.AfterCommit(signal.Notify);
        return true;
    }, cancellationToken);

    public Task TraceAsync(Guid instance, TraceEntry entry, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText().Append(
            "INSERT INTO crm_workflow_trace (id, instance, step, activity, kind, at, text, is_error, url) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {})",
            (ColumnType.Uuid, Guid.CreateVersion7()), (ColumnType.Uuid, instance), (ColumnType.Integer, (long)entry.Step), (ColumnType.Text, entry.Activity), (ColumnType.Text, entry.Kind),
            (ColumnType.DateTime, entry.At), (ColumnType.Text, StoredMessage.Write(entry.Text)), (ColumnType.Boolean, entry.IsError), (ColumnType.Text, entry.Url)), cancellationToken);

    public Task<List<TraceEntry>> TraceOfAsync(Guid instance, CancellationToken cancellationToken)
        => session.ReadAsync(new SqlText("SELECT step, activity, kind, at, text, is_error, url FROM crm_workflow_trace WHERE instance = ").Append(ColumnType.Uuid, instance).Append(" ORDER BY id"),
            r => new TraceEntry((int)r.GetInt64(0), r.GetString(1), r.GetString(2), (DateTime)session.Dialect.Read(r, 3, ColumnType.DateTime)!, StoredMessage.Read(r.GetString(4)), (bool)session.Dialect.Read(r, 5, ColumnType.Boolean)!) { Url = (string?)session.Dialect.Read(r, 6, ColumnType.Text) }, cancellationToken);

    private Instance Read(DbDataReader reader)
    {
        var d = session.Dialect;
        return new Instance((Guid)d.Read(reader, 0, ColumnType.Uuid)!, (Guid)d.Read(reader, 1, ColumnType.Uuid)!, (int)reader.GetInt64(2),
            (string?)d.Read(reader, 3, ColumnType.Text), (Guid?)d.Read(reader, 4, ColumnType.Uuid), Enum.Parse<InstanceState>(reader.GetString(5)), (string?)d.Read(reader, 6, ColumnType.Text),
            (int)reader.GetInt64(7), (int)reader.GetInt64(8), (int)reader.GetInt64(9), (DateTime?)d.Read(reader, 10, ColumnType.DateTime),
            reader.IsDBNull(11) ? null : StoredMessage.Read(reader.GetString(11)), (DateTime)d.Read(reader, 12, ColumnType.DateTime)!, (DateTime?)d.Read(reader, 13, ColumnType.DateTime));
    }
}
