using System.Text;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Sylvan.Data.Csv;

namespace Crm.IntegrationTests.Transfer;

public sealed class SqliteTransferSite() : TransferSite(DatabaseProvider.Sqlite);

public sealed class PostgresTransferSite() : TransferSite(DatabaseProvider.Postgres);

/// <summary>A site, and files that are brought into it and out of it by the commands.</summary>
public abstract class TransferSite(DatabaseProvider provider) : IAsyncLifetime
{
    /// <summary>85 companies; 15 name the one that they belong to, some of which stand further down.</summary>
    public static readonly string Accounts = Path.Combine(AppContext.BaseDirectory, "Transfer", "accounts.csv");

    /// <summary>What says which of its columns is which field.</summary>
    public static readonly string[] AccountsMap =
    [
        "--map", "name=account", "--map", "industry=sector", "--map", "employees=employees", "--map", "annualRevenue=revenue",
        "--map", "parent=subsidiary_of", "--key", "name",
    ];

    public TestSite Site { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Site = await TestSite.StartAsync(provider);

    public ValueTask DisposeAsync() => Site.DisposeAsync();

    public string Write(string text) => Write(new UTF8Encoding(false).GetBytes(text));

    public string Write(byte[] bytes)
    {
        var path = Path.Combine(Site.DataDirectory, $"{Guid.NewGuid():N}.csv");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public Task<(int Code, string Output, string Error)> ImportAsync(string file, params string[] options)
        => Site.RunAsync(["import", "customers", file, .. options]);

    /// <summary>Imports what must be right.</summary>
    public async Task<string> ImportedAsync(string file, params string[] options)
    {
        var (code, output, error) = await ImportAsync(file, options);
        Assert.True(code == 0, error);
        return output;
    }

    /// <summary>The records as their export tells them, by name of the column.</summary>
    public async Task<List<Dictionary<string, string>>> ExportAsync(params string[] options)
        => Read(await ExportFileAsync(options));

    public async Task<string> ExportFileAsync(params string[] options)
    {
        var file = Path.Combine(Site.DataDirectory, $"{Guid.NewGuid():N}.csv");
        var (code, _, error) = await Site.RunAsync(["export", "customers", file, .. options]);
        Assert.True(code == 0, error);
        return file;
    }

    public static List<Dictionary<string, string>> Read(string file)
    {
        using var reader = CsvDataReader.Create(file);
        var rows = new List<Dictionary<string, string>>();
        while (reader.Read())
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, reader.GetString));
        return rows;
    }
}
