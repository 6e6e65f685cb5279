using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Bulk;

public sealed class BulkKillSqliteTests() : BulkKillTests(DatabaseProvider.Sqlite);

[Trait("Category", "Nightly")]
public sealed class BulkKillPostgresTests() : BulkKillTests(DatabaseProvider.Postgres);

/// <summary>Killed in the middle, a change of many records goes on where it was and does nothing twice.</summary>
public abstract class BulkKillTests(DatabaseProvider provider)
{
    [Fact]
    public Task Change_KilledInTheMiddle_GoesOnAndDoesNothingTwice() => KillAsync(3000);

    [Fact, Trait("Category", "Nightly")]
    public Task ChangeOfAHundredThousand_KilledInTheMiddle_GoesOnAndDoesNothingTwice() => KillAsync(100_000);

    private async Task KillAsync(int records)
    {
        await using var files = await TestFiles.SetUpAsync(provider);
        var database = files.Database;
        await files.ImportAsync("customers", Enumerable.Range(0, records).Aggregate(new StringBuilder("name,level\n"), (csv, i) => csv.Append(CultureInfo.InvariantCulture, $"Customer {i},b\n")).ToString());
        await using (var server = await ServeAsync(database, files.Directory))
        {
            using var browser = await SignInAsync(server.Address);
            await browser.StartAsync("customers", "change", ("bulkField", "level"), ("level", "a"));
            await Eventually.HoldsAsync(async () => await CountAsync(database, "SELECT COALESCE(SUM(changed), 0) FROM crm_bulk_batches") > 0, seconds: 600, everyMilliseconds: 5);
            await server.Process.KillAsync();
        }
        var before = await CountAsync(database, "SELECT SUM(changed) FROM crm_bulk_batches");
        Assert.True(before < records, "It was done before it was killed: give it more records.");
        Assert.Equal(before, await CountAsync(database, "SELECT COUNT(*) FROM customers WHERE level = 'a'"));
        // Nobody waits for the lease of the dead here.
        await using (var opened = new Database(database.Provider, database.ConnectionString))
        await using (var session = new DbSession(opened))
            await session.ExecuteAsync(new SqlText("UPDATE crm_jobs SET updated_at = ").Append(ColumnType.DateTime, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)), CancellationToken.None);

        await using (var server = await ServeAsync(database, files.Directory))
            await Eventually.HoldsAsync(async () => await CountAsync(database, "SELECT COUNT(*) FROM crm_bulk_batches WHERE status = 'Done'") == 1, seconds: 1800);

        Assert.Equal(records, await CountAsync(database, "SELECT SUM(changed) FROM crm_bulk_batches"));
        Assert.Equal(records, await CountAsync(database, "SELECT COUNT(*) FROM customers WHERE level = 'a' AND version = 2"));
        Assert.Equal(records, await CountAsync(database, "SELECT COUNT(*) FROM crm_change_log WHERE batch_id = (SELECT id FROM crm_bulk_batches)"));
    }

    private static async Task<Served> ServeAsync(TestDatabase database, string directory)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}");
        listener.Stop();
        return new(await ProductProcess.ServeAsync(database, directory, address), address);
    }

    private static async Task<TestBrowser> SignInAsync(Uri address)
    {
        var browser = new TestBrowser(address, "en");
        Assert.Equal(HttpStatusCode.Redirect, (await browser.SignInAsync(TestSite.AdminName, TestSite.AdminPassword)).StatusCode);
        return browser;
    }

    private static async Task<long> CountAsync(TestDatabase database, string sql)
    {
        await using var opened = new Database(database.Provider, database.ConnectionString);
        await using var session = new DbSession(opened);
        return await session.CountAsync(new SqlText(sql), CancellationToken.None);
    }

    private sealed record Served(ProductProcess Process, Uri Address) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Process.DisposeAsync();
    }
}
