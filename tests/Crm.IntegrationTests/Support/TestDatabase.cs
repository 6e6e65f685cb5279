using Crm.Platform.Data;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Crm.IntegrationTests.Support;

/// <summary>A database of its own on one of the two engines, gone when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string? _directory;
    private readonly string? _postgresName;

    private TestDatabase(DatabaseProvider provider, string connectionString, string? directory, string? postgresName)
    {
        Provider = provider;
        ConnectionString = connectionString;
        _directory = directory;
        _postgresName = postgresName;
    }

    public DatabaseProvider Provider { get; }

    public string ConnectionString { get; }

    /// <summary>The server that test.sh starts. Without it these tests fail: they are never skipped.</summary>
    private static string Server => Environment.GetEnvironmentVariable("CRM_TEST_POSTGRES")
        ?? throw new InvalidOperationException("CRM_TEST_POSTGRES is not set; run ./test.sh, which starts a PostgreSQL server.");

    public static Task<TestDatabase> CreateAsync(DatabaseProvider provider) => CreateAsync(provider, null);

    /// <summary>Another one with the same in it, of a database that nobody has open.</summary>
    public async Task<TestDatabase> CopyAsync()
    {
        var copy = await CreateAsync(Provider, _postgresName);
        if (_directory is not null)
            CopyDirectory(_directory, copy._directory!);
        return copy;
    }

    internal static void CopyDirectory(string from, string to)
    {
        foreach (var directory in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, directory)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    private static async Task<TestDatabase> CreateAsync(DatabaseProvider provider, string? template)
    {
        if (provider == DatabaseProvider.Sqlite)
        {
            var directory = Directory.CreateTempSubdirectory("crm-test-").FullName;
            return new TestDatabase(provider, $"Data Source={Path.Combine(directory, "crm.db")}", directory, null);
        }
        var name = $"crm_{Guid.NewGuid():N}";
        await ExecuteOnServerAsync($"CREATE DATABASE {name}{(template is null ? "" : $" TEMPLATE {template} STRATEGY FILE_COPY")}");
        var builder = new NpgsqlConnectionStringBuilder(Server) { Database = name, MaxPoolSize = 20 };
        return new TestDatabase(provider, builder.ConnectionString, null, name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_directory is not null)
        {
            SqliteConnection.ClearPool(new SqliteConnection(ConnectionString));
            Directory.Delete(_directory, recursive: true);
        }
        if (_postgresName is not null)
            await ExecuteOnServerAsync($"DROP DATABASE IF EXISTS {_postgresName} WITH (FORCE)");
    }

    private static async Task ExecuteOnServerAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Server) { Pooling = false }.ConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
