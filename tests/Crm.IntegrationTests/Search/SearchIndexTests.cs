using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AngleSharp.Dom;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Search;

public sealed class SearchIndexSqliteTests() : SearchIndexTests(DatabaseProvider.Sqlite);

public sealed class SearchIndexPostgresTests() : SearchIndexTests(DatabaseProvider.Postgres);

/// <summary>The index on disk: killed, built anew, handed from one site to the next.</summary>
public abstract class SearchIndexTests(DatabaseProvider provider)
{
    private const int Kills = 2;

    // What is lost here can always be made again from the records.
    [Fact, Trait("Category", "Nightly")]
    public async Task Server_KilledWhileIndexing_AgreesWithTheDatabaseAfterwards()
    {
        await using var files = await TestFiles.SetUpAsync(provider);
        var (database, directory) = files;
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < Kills; i++)
        {
            // What another process writes, the server indexes; it dies at any moment of that.
            var file = Path.Combine(directory, "rows.csv");
            await File.WriteAllTextAsync(file, Rows(i));
            var address = FreeAddress();
            await using var server = await ProductProcess.ServeAsync(database, directory, address);
            await using var import = ProductProcess.Start(database, directory, "import", "customers", file, "--key", "name");
            await Task.WhenAny(import.WaitAsync(), Task.Delay(random.Next(1500, 4000)));
            await server.KillAsync();
            var (code, _, error) = await import.WaitAsync();
            Assert.True(code == 0, error);
        }
        var last = FreeAddress();
        await using var survivor = await ProductProcess.ServeAsync(database, directory, last);
        using var admin = new TestBrowser(last, "en");
        Assert.Equal(HttpStatusCode.Redirect, (await admin.SignInAsync(TestSite.AdminName, TestSite.AdminPassword)).StatusCode);
        // Each round wrote the same 600 names with a word of its own: only the last word stands, once for each.
        await Eventually.HoldsAsync(async () => (await CountAsync(admin, $"round{Kills - 1}x"), await CountAsync(admin, "客户")) == (600, 600), seconds: 30);
        for (var i = 0; i < Kills - 1; i++)
            Assert.True(await CountAsync(admin, $"round{i}x") == 0, $"seed {seed}");

        // Without a server the command does the work itself, here after the files were lost altogether.
        await survivor.KillAsync();
        Directory.Delete(Path.Combine(directory, "search"), recursive: true);
        Assert.Matches("^6[0-9][0-9] records indexed", (await files.RunAsync("reindex")).Output);
    }

    [Fact]
    public async Task Reindex_WhileAServerRuns_BringsBackWhatTheIndexLacks()
    {
        await using var site = await TestSite.StartAsync(provider);
        using var admin = await site.SignInAsync();
        await using (var scope = await site.OpenScopeAsync())
        {
            await scope.CreateAsync("customers", ("name", "Harbour One"));
            // Behind the content manager's back, so that only reading everything again finds it.
            await scope.CreateAsync("customers", ("name", "Harbour Two"));
            await scope.Session.ExecuteAsync("UPDATE customers SET name = 'Lighthouse', display_text = 'Lighthouse', display_text_key = 'lighthouse' WHERE name = 'Harbour Two'", CancellationToken.None);
        }
        await Eventually.HoldsAsync(async () => await CountAsync(admin, "harbour") == 2 || await CountAsync(admin, "lighthouse") == 1);
        var (code, output, error) = await site.RunAsync("reindex");
        Assert.True(code == 0, error);
        Assert.Matches("^[1-9][0-9]* records indexed", output);
        Assert.Equal(["Lighthouse"], await SearchTests.FoundAsync(admin, "lighthouse"));
        Assert.Equal(["Harbour One"], await SearchTests.FoundAsync(admin, "harbour"));

        // The same by the button, while searches go on.
        using var asked = await admin.SubmitAsync("/admin/search", [], "form[action='/admin/search/rebuild']");
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        Assert.Equal(["Harbour One"], await SearchTests.FoundAsync(admin, "harbour"));
        await Eventually.HoldsAsync(async () => (await admin.PageAsync("/admin/search")) is var page && page.QuerySelector(".index-progress") is null && page.QuerySelector(".pill[data-tone=good]") is not null);
    }

    [Fact]
    public async Task Features_SwitchedWhileRecordsChange_LoseNothingOfTheIndex()
    {
        await using var site = await TestSite.StartAsync(provider, catalog: TestSite.CatalogWith(typeof(Crm.Library.LibraryAssembly).Assembly));
        using var admin = await site.SignInAsync();
        for (var i = 0; i < 4; i++)
        {
            await site.Host.Sites.EnableAsync(["Crm.Library"], CancellationToken.None);
            using (var created = await admin.SubmitAsync("/books/new", new() { ["title"] = $"Volume{i} 三体" }))
                Assert.Equal(HttpStatusCode.Redirect, created.StatusCode);
            await Eventually.HoldsAsync(async () => await CountAsync(admin, "三体") == i + 1);
            await site.Host.Sites.DisableAsync(["Crm.Library"], CancellationToken.None);
            Assert.Equal(0, await CountAsync(admin, "三体"));
        }
        // Off and on again: what happened meanwhile is there too.
        await site.Host.Sites.DisableAsync(["Crm.Search"], CancellationToken.None);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync("/search?q=x")).StatusCode);
        Assert.Null((await admin.PageAsync("/customers")).QuerySelector("[data-suggest-url]"));
        await using (var scope = await site.OpenScopeAsync())
            await scope.CreateAsync("customers", ("name", "Meanwhile"));
        await site.Host.Sites.EnableAsync(["Crm.Search", "Crm.Library"], CancellationToken.None);
        await Eventually.HoldsAsync(async () => await CountAsync(admin, "meanwhile") == 1 && await CountAsync(admin, "三体") == 4);
    }

    private static async Task<int> CountAsync(TestBrowser browser, string query)
    {
        var page = await browser.PageAsync($"/search?q={Uri.EscapeDataString(query)}");
        return page.QuerySelector(".tabs .tab-count") is { } count ? int.Parse(count.TextContent, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : 0;
    }

    private static string Rows(int round)
    {
        var csv = new StringBuilder("name,notes\n");
        for (var i = 0; i < 600; i++)
            csv.Append(CultureInfo.InvariantCulture, $"客户 {i},round{round}x\n");
        return csv.ToString();
    }

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}");
    }
}
