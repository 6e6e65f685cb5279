using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Crm.Platform.Data;

public enum DatabaseProvider
{
    Sqlite,
    Postgres,
}

/// <summary>The process's one database. SQLite allows one writer at a time, so writers queue here and never meet in the engine.</summary>
public sealed class Database : IAsyncDisposable
{
    private const string ForReading = "PRAGMA busy_timeout = 60000; PRAGMA synchronous = FULL; PRAGMA cache_size = -4000";

    private const string ForWriting = "PRAGMA busy_timeout = 60000; PRAGMA synchronous = FULL; PRAGMA cache_size = -64000; PRAGMA wal_autocheckpoint = 16000";

    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Writers = new(StringComparer.Ordinal);

    private readonly NpgsqlDataSource? _postgres;
    private readonly SemaphoreSlim? _writer;

    public Database(DatabaseProvider provider, string connectionString)
    {
        Provider = provider;
        if (provider == DatabaseProvider.Postgres)
        {
            // Planning a query over many look-ups takes longer than running it; the usual ones are planned once for each connection.
            // Whoever cannot have that, behind a pooler of statements, says "Max Auto Prepare=0".
            var postgres = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "crm" };
            if (!new DbConnectionStringBuilder { ConnectionString = connectionString }.ContainsKey("Max Auto Prepare"))
                (postgres.MaxAutoPrepare, postgres.AutoPrepareMinUsages) = (100, 3);
            ConnectionString = postgres.ConnectionString;
            _postgres = NpgsqlDataSource.Create(ConnectionString);
            Dialect = new PostgresDialect();
        }
        else
        {
            var builder = new SqliteConnectionStringBuilder(connectionString) { ForeignKeys = true, DefaultTimeout = 60 };
            builder.DataSource = Path.GetFullPath(builder.DataSource);
            ConnectionString = builder.ConnectionString;
            _writer = Writers.GetOrAdd(builder.DataSource, _ => new SemaphoreSlim(1, 1));
            Dialect = new SqliteDialect();
        }
    }

    public DatabaseProvider Provider { get; }

    public Dialect Dialect { get; }

    public string ConnectionString { get; }

    /// <summary>Whether this is the end of waiting for an answer of the database, or for a connection to it, by our limit or by the server's own.</summary>
    internal static bool GaveUp(Exception exception)
        => exception is NpgsqlException { InnerException: TimeoutException } or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable };

    /// <summary>Creates what must be there before the first connection: SQLite's folder and its journal mode.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken = default)
    {
        if (Provider == DatabaseProvider.Sqlite)
            Directory.CreateDirectory(Path.GetDirectoryName(new SqliteConnectionStringBuilder(ConnectionString).DataSource)!);
        await using var connection = await OpenAsync(cancellationToken);
        if (Provider == DatabaseProvider.Sqlite)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL";
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Opens a connection from the pool. A writer of SQLite keeps many more pages at hand: each record changes one of each
    /// index, anywhere in it, and a page that is not at hand is read and written once more.
    /// </summary>
    internal async Task<DbConnection> OpenAsync(CancellationToken cancellationToken, bool writes = false)
    {
        if (_postgres is not null)
            return await _postgres.OpenConnectionAsync(cancellationToken);
        var connection = new SqliteConnection(ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            SqliteDialect.AddFunctions(connection);
            await using var command = connection.CreateCommand();
            command.CommandText = writes ? ForWriting : ForReading;
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until this caller may write. Dispose the result to let the next one in.</summary>
    internal async Task<IDisposable?> EnterWriterAsync(CancellationToken cancellationToken)
    {
        if (_writer is null)
            return null;
        await _writer.WaitAsync(cancellationToken);
        return new WriterTurn(_writer);
    }

    public static bool IsUniqueViolation(DbException exception) => exception switch
    {
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is 2067 or 1555,
        PostgresException postgres => postgres.SqlState == PostgresErrorCodes.UniqueViolation,
        _ => false,
    };

    /// <summary>The engine ended this transaction so that another could go on.</summary>
    internal static bool IsDeadlock(DbException exception)
        => exception is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>A table or column is not there, such as one that another process has just dropped.</summary>
    internal static bool IsMissing(DbException exception)
        => exception is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn };

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
            // The scheduler's own.
            NpgsqlConnection.ClearPool(new NpgsqlConnection(ConnectionString));
        }
        else
        {
            SqliteConnection.ClearPool(new SqliteConnection(ConnectionString));
        }
    }

    private sealed class WriterTurn(SemaphoreSlim writer) : IDisposable
    {
        private SemaphoreSlim? _writer = writer;

        public void Dispose() => Interlocked.Exchange(ref _writer, null)?.Release();
    }
}
