using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Crm.Platform.Queries;
using Microsoft.Data.Sqlite;

namespace Crm.Platform.Data;

/// <summary>
/// A scope's way to the database: reads on pooled connections, and one transaction at a time that nested work joins.
/// Not for use by two threads at once.
/// </summary>
public sealed class DbSession(Database database) : IAsyncDisposable
{
    private static readonly TimeSpan QuickCount = TimeSpan.FromMilliseconds(10);
    private static readonly ReadLimit LongestCount = new(50_000, TimeSpan.FromMilliseconds(100));

    private readonly List<Func<CancellationToken, Task>> _beforeCommit = [];
    private readonly List<Action> _afterCommit = [];
    private DbConnection? _connection;
    private DbConnection? _reading;
    private DbTransaction? _transaction;
    private bool _rollBack;

    public Database Database => database;

    public Dialect Dialect => database.Dialect;

    public bool InTransaction => _transaction is not null;

    /// <summary>Tells one transaction from the next, for state that must not outlive a rollback.</summary>
    internal int TransactionNumber { get; private set; }

    /// <summary>Runs in a new transaction, or in the one under way; only the outermost commits, any exception rolls all back.</summary>
    public async Task<T> TransactAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        if (InTransaction)
            return await work();

        using var turn = await database.EnterWriterAsync(cancellationToken);
        _connection = await WritingAsync(cancellationToken);
        List<Action> committed;
        try
        {
            _transaction = await _connection.BeginTransactionAsync(cancellationToken);
            TransactionNumber++;
            var result = await work();
            // A callback may write, and so add another.
            for (var i = 0; i < _beforeCommit.Count; i++)
                await _beforeCommit[i](cancellationToken);
            if (_rollBack)
                return result;
            // From here on the outcome is the database's: a cancelled caller must not turn a commit into a doubt.
            await _transaction.CommitAsync(CancellationToken.None);
            committed = [.. _afterCommit];
            return await FinishAsync(result, committed);
        }
        finally
        {
            await EndAsync();
        }
    }

    public Task TransactAsync(Func<Task> work, CancellationToken cancellationToken)
        => TransactAsync(async () => { await work(); return true; }, cancellationToken);

    /// <summary>
    /// Runs the work and takes all of it back; for dry runs. Not inside another transaction.
    /// </summary>
    public async Task<T> TransactAndRollBackAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        if (InTransaction)
            throw new InvalidOperationException("A dry run cannot be part of another transaction.");
        using var turn = await database.EnterWriterAsync(cancellationToken);
        _connection = await WritingAsync(cancellationToken);
        try
        {
            _transaction = await _connection.BeginTransactionAsync(cancellationToken);
            TransactionNumber++;
            return await work();
        }
        finally
        {
            await EndAsync();
        }
    }

    /// <summary>Takes the transaction under way back when its work is done, although nothing threw.</summary>
    internal void RollBack() => _rollBack = true;

    /// <summary>Runs inside the transaction, last before it commits.</summary>
    public void BeforeCommit(Func<CancellationToken, Task> action) => _beforeCommit.Add(action);

    /// <summary>Runs once the transaction has committed; at once when there is none.</summary>
    public void AfterCommit(Action action)
    {
        if (InTransaction)
            _afterCommit.Add(action);
        else
            action();
    }

    public async Task ReadAsync(SqlText sql, Action<DbDataReader> row, CancellationToken cancellationToken)
    {
        await using var command = await CommandAsync(sql, cancellationToken);
        using var stop = InterruptWhen(command, cancellationToken);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                row(reader);
        }
        catch (SqliteException e) when (IsInterrupted(e, cancellationToken))
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
    }

    public async Task<List<T>> ReadAsync<T>(SqlText sql, Func<DbDataReader, T> row, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        await ReadAsync(sql, reader => rows.Add(row(reader)), cancellationToken);
        return rows;
    }

    public async Task<int> ExecuteAsync(SqlText sql, CancellationToken cancellationToken)
    {
        using var turn = InTransaction ? null : await database.EnterWriterAsync(cancellationToken);
        await using var command = await CommandAsync(sql, cancellationToken);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Statements that differ in their values alone, within the transaction under way: prepared once where the database is in
    /// the process, sent together where it is a server.
    /// </summary>
    /// <returns>How many rows each has touched.</returns>
    internal async Task<IReadOnlyList<int>> ExecuteManyAsync(IReadOnlyList<SqlText> statements, CancellationToken cancellationToken)
    {
        var connection = _connection ?? throw new InvalidOperationException("Statements are sent together in a transaction.");
        var touched = new List<int>(statements.Count);
        if (connection.CanCreateBatch)
        {
            if (statements.Count == 0)
                return touched;
            await using var batch = connection.CreateBatch();
            batch.Transaction = _transaction;
            foreach (var sql in statements)
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = sql.ToString();
                for (var i = 0; i < sql.Parameters.Count; i++)
                    command.Parameters.Add(Fill(command.CreateParameter(), sql, i));
                batch.BatchCommands.Add(command);
            }
            await batch.ExecuteNonQueryAsync(cancellationToken);
            touched.AddRange(batch.BatchCommands.Select(c => c.RecordsAffected));
            return touched;
        }
        foreach (var alike in statements.GroupBy(s => s.ToString(), StringComparer.Ordinal).Select(g => g.ToList()))
        {
            await using var command = await CommandAsync(alike[0], cancellationToken);
            foreach (var sql in alike)
            {
                for (var i = 0; i < sql.Parameters.Count; i++)
                    Fill(command.Parameters[i], sql, i);
                touched.Add(await command.ExecuteNonQueryAsync(cancellationToken));
            }
        }
        return touched;
    }

    public Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken) => ExecuteAsync(new SqlText(sql), cancellationToken);

    /// <summary>Inserts rows within the transaction under way. Values are in the order of the columns.</summary>
    internal Task InsertAsync(string table, IReadOnlyList<Column> columns, IReadOnlyList<object?[]> rows, CancellationToken cancellationToken)
        => rows.Count == 0 ? Task.CompletedTask : Dialect.InsertAsync(
            _connection ?? throw new InvalidOperationException("Rows are inserted in a transaction."), _transaction, table, columns, rows, cancellationToken);

    /// <summary>Puts rows into an index of pieces within the transaction under way.</summary>
    internal Task WritePiecesAsync(string table, IReadOnlyList<(Guid Id, string Pieces)> rows, CancellationToken cancellationToken)
        => rows.Count == 0 ? Task.CompletedTask : Dialect.WritePiecesAsync(
            _connection ?? throw new InvalidOperationException("Rows are written in a transaction."), _transaction, table, rows, cancellationToken);

    /// <summary>How many rows the planner expects, where it can be asked; else 0.</summary>
    internal async Task<double> EstimateAsync(SqlText sql, CancellationToken cancellationToken)
    {
        if (Database.Provider != DatabaseProvider.Postgres)
            return 0;
        var plan = await ReadAsync(new SqlText("EXPLAIN (FORMAT JSON) ").Append(sql), reader => reader.GetString(0), cancellationToken);
        using var json = System.Text.Json.JsonDocument.Parse(plan[0]);
        return json.RootElement[0].GetProperty("Plan").GetProperty("Plan Rows").GetDouble();
    }

    /// <summary>The first column of the first row as a number; 0 when there is no row or it is null.</summary>
    public async Task<long> CountAsync(SqlText sql, CancellationToken cancellationToken)
    {
        await using var command = await CommandAsync(sql, cancellationToken);
        using var stop = InterruptWhen(command, cancellationToken);
        try
        {
            var value = await command.ExecuteScalarAsync(cancellationToken);
            return value is null or DBNull ? 0 : Convert.ToInt64(value, CultureInfo.InvariantCulture);
        }
        catch (SqliteException e) when (IsInterrupted(e, cancellationToken))
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
    }

    /// <summary>Counts rows for as long as it is quick. A PostgreSQL server that is slow with the first thousand gets some more time for them.</summary>
    internal async Task<QueryCount> CountWithinAsync(SqlText rows, CancellationToken cancellationToken)
    {
        var count = 0L;
        var clock = Stopwatch.StartNew();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var isAll = await ReadWithinAsync(rows, _ =>
            {
                if (++count % 1000 == 0 && clock.Elapsed > QuickCount && Database.Provider == DatabaseProvider.Postgres)
                    enough.Cancel();
            }, LongestCount, enough.Token);
            return count > QueryEngine.CountCap ? new(QueryEngine.CountCap, true) : new(count, !isAll);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(count, true);
        }
    }

    /// <summary>
    /// Reads rows until a limit is reached. SQLite counts its own steps, so that the same query always ends at the same
    /// place; a PostgreSQL server is given time.
    /// </summary>
    /// <returns>False when the limit was reached: there may be more rows.</returns>
    internal async Task<bool> ReadWithinAsync(SqlText sql, Action<DbDataReader> row, ReadLimit? limit, CancellationToken cancellationToken)
    {
        // To cancel a statement of PostgreSQL is to lose its transaction.
        if (limit is null || (InTransaction && Database.Provider == DatabaseProvider.Postgres))
        {
            await ReadAsync(sql, row, cancellationToken);
            return true;
        }
        await using var command = await CommandAsync(sql, cancellationToken);
        using var stop = InterruptWhen(command, cancellationToken);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var steps = command.Connection is SqliteConnection sqlite ? SqliteDialect.LimitSteps(sqlite, limit.Steps) : null;
        if (steps is null)
            time.CancelAfter(limit.Time);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(time.Token);
            while (await reader.ReadAsync(time.Token))
                row(reader);
            return true;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_INTERRUPT)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await ReleaseAsync();
    }

    private async Task<T> FinishAsync<T>(T result, List<Action> committed)
    {
        await EndAsync();
        foreach (var action in committed)
            action();
        return result;
    }

    private async Task EndAsync()
    {
        _beforeCommit.Clear();
        _afterCommit.Clear();
        _rollBack = false;
        if (_transaction is { } transaction)
        {
            _transaction = null;
            try
            {
                await transaction.DisposeAsync();
            }
            catch (DbException)
            {
                // The connection broke; closing it below ends the transaction as well.
            }
        }
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    /// <summary>SQLite's driver takes no notice of a reader who has gone; a long search would go on for nobody. In a transaction it would undo what was written.</summary>
    private CancellationTokenRegistration InterruptWhen(DbCommand command, CancellationToken cancellationToken)
        => command.Connection is SqliteConnection sqlite && !InTransaction
            ? cancellationToken.UnsafeRegister(static connection => SQLitePCL.raw.sqlite3_interrupt(((SqliteConnection)connection!).Handle!), sqlite)
            : default;

    private static bool IsInterrupted(SqliteException exception, CancellationToken cancellationToken)
        => exception.SqliteErrorCode == SQLitePCL.raw.SQLITE_INTERRUPT && cancellationToken.IsCancellationRequested;

    private async Task<DbCommand> CommandAsync(SqlText sql, CancellationToken cancellationToken)
        => Prepare(_connection ?? await ReadingAsync(cancellationToken), sql);

    /// <summary>One connection for all that a scope reads: a page asks dozens of questions.</summary>
    private async Task<DbConnection> ReadingAsync(CancellationToken cancellationToken)
    {
        if (_reading is { State: not ConnectionState.Open } broken)
        {
            _reading = null;
            await broken.DisposeAsync();
        }
        return _reading ??= await database.OpenAsync(cancellationToken);
    }

    /// <summary>PostgreSQL's connections are counted: no scope holds two.</summary>
    private async Task<DbConnection> WritingAsync(CancellationToken cancellationToken)
    {
        if (database.Provider == DatabaseProvider.Sqlite || _reading is not { State: ConnectionState.Open } reading)
            return await database.OpenAsync(cancellationToken, writes: true);
        _reading = null;
        return reading;
    }

    /// <summary>Gives the connection for reading back where nothing is read for a while, as when an answer is on its way to a slow reader.</summary>
    internal async ValueTask ReleaseAsync()
    {
        if (_reading is not { } reading)
            return;
        _reading = null;
        await reading.DisposeAsync();
    }

    private DbCommand Prepare(DbConnection connection, SqlText sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql.ToString();
        command.Transaction = _transaction;
        for (var i = 0; i < sql.Parameters.Count; i++)
            command.Parameters.Add(Fill(command.CreateParameter(), sql, i));
        return command;
    }

    private DbParameter Fill(DbParameter parameter, SqlText sql, int i)
    {
        var (type, value) = sql.Parameters[i];
        parameter.ParameterName = $"@p{i.ToString(CultureInfo.InvariantCulture)}";
        parameter.Value = Dialect.ToParameter(type, value);
        if (value is null && parameter is Npgsql.NpgsqlParameter typed)
            typed.NpgsqlDbType = PostgresDialect.DbType(type);
        return parameter;
    }
}

/// <param name="Steps">Of SQLite's engine; fifty thousand pass some thousand records.</param>
/// <param name="Time">Of a PostgreSQL server.</param>
internal sealed record ReadLimit(int Steps, TimeSpan Time);
