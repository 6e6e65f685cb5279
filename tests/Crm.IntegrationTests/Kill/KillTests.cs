using AngleSharp.Dom;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Kill;

public sealed class KillSqliteTests() : KillTests(DatabaseProvider.Sqlite);

[Trait("Category", "Nightly")]
public sealed class KillPostgresTests() : KillTests(DatabaseProvider.Postgres);

/// <summary>Killed at any moment, no record is half-written and the log tells exactly what the tables say.</summary>
public abstract class KillTests(DatabaseProvider provider)
{
    private const int Rows = 4000;

    [Fact]
    public Task Import_KilledThreeTimes_LeavesNothingHalfDoneAndCompletesWithoutDoubles() => KillImportAsync(kills: 3);

    [Fact, Trait("Category", "Nightly")]
    public Task Import_KilledTenTimes_LeavesNothingHalfDoneAndCompletesWithoutDoubles() => KillImportAsync(kills: 10);

    [Fact]
    public Task Saves_KilledThreeTimes_KeepWhatWasAnsweredAndNothingByHalves() => KillSavesAsync(kills: 3);

    [Fact, Trait("Category", "Nightly")]
    public Task Saves_KilledTenTimes_KeepWhatWasAnsweredAndNothingByHalves() => KillSavesAsync(kills: 10);

    private async Task KillImportAsync(int kills)
    {
        await using var files = await TestFiles.SetUpAsync(provider);
        var database = files.Database;
        var file = Path.Combine(files.Directory, "customers.csv");
        await File.WriteAllTextAsync(file, Csv());
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var interrupted = 0;
        for (var i = 0; i < kills; i++)
        {
            await using var import = ProductProcess.Start(database, files.Directory, "import", "customers", file, "--key", "name");
            // After a share of what is left, not of time: so it is interrupted on a fast machine and on a slow one.
            var before = await CountAsync(database, "SELECT COUNT(*) FROM customers");
            var target = before + random.Next(1, Math.Max(2, (Rows - (int)before) / (kills - i + 1)));
            await Eventually.HoldsAsync(async () => import.HasExited || await CountAsync(database, "SELECT COUNT(*) FROM customers") >= target, seconds: 60, everyMilliseconds: 5);
            interrupted += import.HasExited ? 0 : 1;
            await import.KillAsync();
            await CheckAsync(database, $"seed {seed}, kill {i}");
        }
        Assert.True(interrupted > 0, "Every import was done before it was killed: give it more rows.");

        await using var last = ProductProcess.Start(database, files.Directory, "import", "customers", file, "--key", "name");
        var (code, output, error) = await last.WaitAsync();
        Assert.True(code == 0, output + error);
        Assert.Equal(Rows, await CountAsync(database, "SELECT COUNT(*) FROM customers WHERE deleted_at IS NULL"));
        Assert.Equal(Rows, await CountAsync(database, "SELECT COUNT(DISTINCT name) FROM customers"));
        await CheckAsync(database, $"seed {seed}, at the end");
    }

    private async Task KillSavesAsync(int kills)
    {
        await using var files = await TestFiles.SetUpAsync(provider);
        var database = files.Database;
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var promised = new List<string>();
        for (var i = 0; i < kills; i++)
        {
            var address = new Uri($"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}");
            await using var server = await ProductProcess.ServeAsync(database, files.Directory, address);
            using var browser = new TestBrowser(address, "en");
            Assert.Equal(HttpStatusCode.Redirect, (await browser.SignInAsync(TestSite.AdminName, TestSite.AdminPassword)).StatusCode);
            var page = await browser.PageAsync("/customers/new");
            var form = page.QuerySelectorAll<AngleSharp.Html.Dom.IHtmlFormElement>("main form").First(f => f.Method == "post");
            var (round, before) = (i, promised.Count);
            var saving = Enumerable.Range(0, 3).Select(client => Task.Run(async () =>
            {
                for (var n = 0; ; n++)
                {
                    var name = $"Saved {round}-{client}-{n}";
                    try
                    {
                        using var response = await browser.SubmitAsync(form, new() { ["name"] = name }, "/customers/new");
                        if (response.StatusCode == HttpStatusCode.Redirect)
                            lock (promised)
                                promised.Add(name);
                    }
                    catch (HttpRequestException)
                    {
                        return;
                    }
                }
            })).ToList();
            // Not before something was answered, however slow the machine is.
            while (promised.Count == before && !saving.All(s => s.IsCompleted))
                await Task.Delay(10);
            await Task.Delay(random.Next(0, 400));
            await server.KillAsync();
            await Task.WhenAll(saving);
            await CheckAsync(database, $"seed {seed}, kill {i}");
        }
        Assert.NotEmpty(promised);
        var kept = await NamesAsync(database);
        Assert.Empty(promised.Except(kept));
    }

    /// <summary>Each record's last logged version is its own, and no change is in the log without its record.</summary>
    private static async Task CheckAsync(TestDatabase database, string because)
    {
        if (database.Provider == DatabaseProvider.Sqlite)
            Assert.True(await CountAsync(database, "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") == 1, because);
        Assert.True(await CountAsync(database, """
            SELECT COUNT(*) FROM customers c
            WHERE c.version <> (SELECT COALESCE(MAX(l.version), 0) FROM crm_change_log l WHERE l.record_id = c.id)
               OR c.version <> (SELECT COUNT(*) FROM crm_change_log l WHERE l.record_id = c.id)
            """) == 0, $"{because}: a record and its log disagree");
        Assert.True(await CountAsync(database, "SELECT COUNT(*) FROM crm_change_log l WHERE l.type = 'customers' AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = l.record_id)") == 0,
            $"{because}: a change without its record");
        Assert.True(await CountAsync(database, "SELECT COUNT(*) FROM customers WHERE name IS NULL OR display_text <> name OR number IS NULL") == 0, $"{because}: a half-written record");
    }

    private static string Csv()
    {
        var csv = new StringBuilder("name,level,employees,notes\n");
        for (var i = 0; i < Rows; i++)
            csv.Append(CultureInfo.InvariantCulture, $"客户 {i},A,{i},\"line, with comma\"\n");
        return csv.ToString();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<long> CountAsync(TestDatabase database, string sql)
    {
        await using var opened = new Database(database.Provider, database.ConnectionString);
        await using var session = new DbSession(opened);
        return await session.CountAsync(new SqlText(sql), CancellationToken.None);
    }

    private static async Task<List<string>> NamesAsync(TestDatabase database)
    {
        await using var opened = new Database(database.Provider, database.ConnectionString);
        await using var session = new DbSession(opened);
        return await session.ReadAsync(new SqlText("SELECT name FROM customers"), r => r.GetString(0), CancellationToken.None);
    }
}
