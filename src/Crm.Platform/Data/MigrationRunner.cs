using System.Data;
using System.Reflection;
using FluentMigrator.Runner;
using FluentMigrator.Runner.Generators.SQLite;
using FluentMigrator.Runner.Initialization;
using FluentMigrator.Runner.VersionTableInfo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crm.Platform.Data;

/// <summary>
/// Brings the database's fixed tables up to date with the migrations of the given assemblies. Migration classes may
/// be internal; their versions are timestamps (yyyyMMddHHmmss), unique over all modules, and recorded in
/// <c>crm_schema_versions</c>. A migration of a feature that is enabled late is applied although it is older than others.
/// Each migration is a transaction.
/// </summary>
internal sealed class MigrationRunner(Database database, ILoggerFactory loggerFactory)
{
    /// <summary>Any number, the same in every process: held in PostgreSQL so that nodes migrate one after the other.</summary>
    private const long LockKey = 0x43524D5F53434845;

    /// <exception cref="Exception">A migration failed; those before it are applied, it and those after it are not.</exception>
    public async Task MigrateAsync(IEnumerable<Assembly> assemblies, CancellationToken cancellationToken = default)
    {
        await using var connection = await LockAsync(cancellationToken);
        await using var services = Configure([.. assemblies.Distinct()]);
        await using var scope = services.CreateAsyncScope();
        // FluentMigrator is synchronous.
        await Task.Run(() =>
        {
            var source = scope.ServiceProvider.GetRequiredService<IFilteringMigrationSource>();
            if (source.GetMigrations(_ => true).Any())
                scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateUp();
        }, cancellationToken);
    }

    private ServiceProvider Configure(IReadOnlyCollection<Assembly> assemblies)
    {
        var services = new ServiceCollection();
        services.AddSingleton(loggerFactory);
        services.AddLogging();
        services.AddSingleton<IMigrationSourceItem>(new AllTypes(assemblies));
        services.AddFluentMigratorCore().ConfigureRunner(runner =>
        {
            if (database.Provider == DatabaseProvider.Postgres)
                runner.AddPostgres15_0();
            else
                runner.AddSQLite();
            runner.WithGlobalConnectionString(database.ConnectionString).WithVersionTable(new SchemaVersions());
        });
        if (database.Provider == DatabaseProvider.Sqlite)
            services.AddScoped<ISQLiteTypeMap, SqliteTypes>();
        return services.BuildServiceProvider(validateScopes: true);
    }

    /// <summary>The lock lasts as long as the connection. SQLite has one process, which migrates in one place.</summary>
    private async Task<NpgsqlConnection?> LockAsync(CancellationToken cancellationToken)
    {
        if (database.Provider != DatabaseProvider.Postgres)
            return null;

        // Not pooled: closing it must end the session, and with it the lock.
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select pg_advisory_lock($1)", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = LockKey });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return connection;
    }

    /// <summary>FluentMigrator's own source takes exported types only.</summary>
    private sealed class AllTypes(IReadOnlyCollection<Assembly> assemblies) : IMigrationSourceItem
    {
        public IEnumerable<Type> MigrationTypeCandidates => assemblies.SelectMany(assembly => assembly.GetTypes());
    }

    /// <summary>The storage classes of <see cref="SqliteDialect"/>; FluentMigrator's own map knows no DateTimeOffset.</summary>
    private sealed class SqliteTypes : ISQLiteTypeMap
    {
        private readonly SQLiteTypeMap _others = new();

        public string GetTypeMap(DbType type, int? size, int? precision) => type switch
        {
            DbType.Guid or DbType.Date or DbType.DateTime or DbType.DateTime2 or DbType.DateTimeOffset or DbType.Time => "TEXT",
            DbType.Boolean or DbType.Decimal or DbType.Currency => "INTEGER",
            _ => _others.GetTypeMap(type, size, precision),
        };
    }

    private sealed class SchemaVersions : IVersionTableMetaData
    {
        public bool OwnsSchema => false;
        public string SchemaName => "";
        public string TableName => "crm_schema_versions";
        public string ColumnName => "version";
        public string DescriptionColumnName => "description";
        public string AppliedOnColumnName => "applied_on";
        public string UniqueIndexName => "ux_crm_schema_versions_version";
        public bool CreateWithPrimaryKey => false;
    }
}
