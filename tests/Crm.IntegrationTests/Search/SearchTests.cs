using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Search;

public sealed class SearchSqliteTests() : SearchTests(DatabaseProvider.Sqlite);

public sealed class SearchPostgresTests() : SearchTests(DatabaseProvider.Postgres);

/// <summary>What the search page finds, through its address, as a person would.</summary>
public abstract class SearchTests(DatabaseProvider provider)
{
    [Fact]
    public async Task Search_ByPartsOfTextsInBothScripts_FindsWhatContainsThem()
    {
        await using var site = await TestSite.StartAsync(provider);
        await using (var scope = await site.OpenScopeAsync())
        {
            var bank = await scope.CreateAsync("customers", ("name", "中国银行"), ("phone", "+8613812345678"), ("email", "li.na@example.com"), ("industry", "finance"), ("notes", "合同 HT-2024-001，联系 021-5888 1234"));
            await scope.CreateAsync("customers", ("name", "Acme Corporation"), ("website", "https://acme.example.org"));
            await scope.CreateAsync("customers", ("name", "Café Ｎorth"));
            await scope.CreateAsync("contacts", ("name", "王芳"), ("customer", bank.ToString()));
        }
        using var admin = await site.SignInAsync();
        foreach (var query in new[] { "银行", "中国", "中", "中国银行", "138 1234 5678", "13812345678", "0086-13812345678", "5678", "li.na@example.com", "example.com", "HT-2024", "ht-2024-001", "02158881234", "5888-1234", "金融", "Finance 银行", "中国 合同" })
            Assert.Contains("中国银行", await FoundAsync(admin, query));
        foreach (var query in new[] { "acme corp", "ACME", "corp acme", "ａｃｍｅ", "acme.example.org", "corporation" })
            Assert.Equal(["Acme Corporation"], await FoundAsync(admin, query));
        foreach (var query in new[] { "cafe", "CAFÉ", "café no", "north" })
            Assert.Equal(["Café Ｎorth"], await FoundAsync(admin, query));
        foreach (var query in new[] { "国行", "银中", "orporation", "acme 银行", "999", "zz" })
            Assert.Empty(await FoundAsync(admin, query));
        // The customer itself before the contact who works there.
        Assert.Equal(["中国银行", "王芳"], await FoundAsync(admin, "中国银行"));
        // Another name is found at once, the old one no more, also for those who are linked to it.
        await using (var scope = await site.OpenScopeAsync())
        {
            var bank = await scope.FindAsync("customers", "name", "中国银行");
            Assert.True((await scope.SaveAsync("customers", bank.Id, null, ("name", "建设银行"))).Succeeded);
        }
        Assert.Equal("建设银行", (await FoundAsync(admin, "建设银行"))[0]);
        await Eventually.HoldsAsync(async () => (await FoundAsync(admin, "建设银行")).SequenceEqual(["建设银行", "王芳"]) && (await FoundAsync(admin, "中国")).Count == 0);
    }

    [Fact]
    public async Task Search_DeletedRestoredAndPurged_FollowsWithinASecond()
    {
        await using var site = await TestSite.StartAsync(provider);
        using var admin = await site.SignInAsync();
        await using var scope = await site.OpenScopeAsync();
        var id = await scope.CreateAsync("customers", ("name", "华新贸易"));
        Assert.Equal(["华新贸易"], await FoundAsync(admin, "华新"));
        Assert.True((await scope.Content.DeleteAsync("customers", id, null, CancellationToken.None)).Succeeded);
        Assert.Empty(await FoundAsync(admin, "华新"));
        Assert.True((await scope.Content.RestoreAsync("customers", id, CancellationToken.None)).Succeeded);
        Assert.Equal(["华新贸易"], await FoundAsync(admin, "华新"));
        Assert.True((await scope.Content.DeleteAsync("customers", id, null, CancellationToken.None)).Succeeded);
        Assert.True((await scope.Content.PurgeAsync("customers", id, CancellationToken.None)).Succeeded);
        Assert.Empty(await FoundAsync(admin, "华新"));

        // What another process writes is found too.
        var file = Path.Combine(site.DataDirectory, "more.csv");
        await File.WriteAllTextAsync(file, "name\n海港物流\n");
        Assert.Equal(0, (await site.RunAsync("import", "customers", file)).Code);
        await Eventually.HoldsAsync(async () => (await FoundAsync(admin, "海港")).Contains("海港物流"), seconds: 1);
    }

    [Fact]
    public async Task Search_OutsideTheReadersScope_IsInNeitherResultsNorCountsNorSuggestions()
    {
        await using var site = await TestSite.StartAsync(provider);
        using var mine = await site.SignInAsNewAsync("mine", "Sales");
        using var theirs = await site.SignInAsNewAsync("theirs", "Sales");
        await using var scope = await site.OpenScopeAsync();
        var (me, other) = ((await scope.FindAsync("users", "userName", "mine")).Id, (await scope.FindAsync("users", "userName", "theirs")).Id);
        var team = await scope.CreateAsync("teams", ("name", "North"));
        await LimitAsync(scope, "own");
        var secret = await scope.CreateAsync("customers", ("name", "Secret Star"), ("owner", me.ToString()));
        await scope.CreateAsync("customers", ("name", "Open Star"), ("owner", other.ToString()));
        // A contact of one's own does not tell the name of a customer that one may not see.
        await scope.CreateAsync("contacts", ("name", "Go-between"), ("customer", secret.ToString()), ("owner", other.ToString()));

        await FindsAsync(mine, "star", "Secret Star");
        await FindsAsync(theirs, "star", "Open Star");
        await FindsAsync(theirs, "secret");
        // Right after another owner, before anybody has waited for the index.
        Assert.True((await scope.SaveAsync("customers", secret, null, ("owner", other.ToString()))).Succeeded);
        await FindsAsync(mine, "star");
        await FindsAsync(theirs, "star", "Open Star", "Secret Star");

        await LimitAsync(scope, "team");
        Assert.True((await scope.SaveAsync("users", me, null, ("teams", "North"))).Succeeded);
        Assert.True((await scope.SaveAsync("customers", secret, null, ("team", team.ToString()))).Succeeded);
        await FindsAsync(mine, "star", "Secret Star");
        Assert.True((await scope.SaveAsync("customers", secret, null, ("team", ""))).Succeeded);
        await FindsAsync(mine, "star");

        await LimitAsync(scope, "none");
        await FindsAsync(theirs, "star");
        // Users are for those who look after them.
        await FindsAsync(theirs, "mine");
        using var admin = await site.SignInAsync();
        Assert.Contains("mine", await FoundAsync(admin, "mine"));
    }

    [Fact]
    public async Task Search_FieldAddedAndRelabelledInTheBrowser_IsFoundWithoutARebuild()
    {
        await using var site = await TestSite.StartAsync(provider);
        using var admin = await site.SignInAsync();
        await using var scope = await site.OpenScopeAsync();
        await scope.CreateAsync("customers", ("name", "Before"));
        var options = new JsonArray(new JsonObject { ["key"] = "east", ["label"] = new JsonObject { ["en"] = "Eastern", ["zh-CN"] = "华东" } });
        Assert.Null(await scope.Definitions.SaveFieldAsync("customers", "region", new JsonObject { ["kind"] = "pickList", ["label"] = new JsonObject { ["en"] = "Region", ["zh-CN"] = "区域" }, ["options"] = options.DeepClone() }, CancellationToken.None));
        Assert.Null(await scope.Definitions.SaveFieldAsync("customers", "remark", new JsonObject { ["kind"] = "text", ["label"] = "Remark" }, CancellationToken.None));
        await scope.CreateAsync("customers", ("name", "After"), ("region", "east"), ("remark", "Lighthouse"));
        Assert.Equal(["After"], await FoundAsync(admin, "华东"));
        Assert.Equal(["After"], await FoundAsync(admin, "eastern"));
        Assert.Equal(["After"], await FoundAsync(admin, "light"));

        options[0]!["label"]!["en"] = "Seaboard";
        Assert.Null(await scope.Definitions.SaveFieldAsync("customers", "region", new JsonObject { ["options"] = options.DeepClone() }, CancellationToken.None));
        await Eventually.HoldsAsync(async () => (await FoundAsync(admin, "seaboard")).Contains("After") && (await FoundAsync(admin, "eastern")).Count == 0);
        Assert.Null(await scope.Definitions.SaveFieldAsync("customers", "remark", new JsonObject { ["hidden"] = true }, CancellationToken.None));
        await Eventually.HoldsAsync(async () => (await FoundAsync(admin, "light")).Count == 0);
    }

    /// <summary>Gives the sales role one scope for seeing customers and contacts.</summary>
    private static async Task LimitAsync(TestScope scope, string reach)
    {
        var role = await scope.FindAsync("roles", "name", "Sales");
        var rights = new JsonObject { ["customers.view"] = reach, ["contacts.view"] = reach };
        var saved = await scope.SaveAsync("roles", role.Id, null, ("permissions", rights.ToJsonString()));
        Assert.True(saved.Succeeded, string.Join("; ", saved.Errors.Select(e => e.Message)));
    }

    private static async Task FindsAsync(TestBrowser browser, string query, params string[] names)
    {
        Assert.Equal(names.Order(StringComparer.Ordinal), (await FoundAsync(browser, query)).Order(StringComparer.Ordinal));
        var page = await browser.PageAsync($"/search?q={Uri.EscapeDataString(query)}");
        var counts = page.QuerySelectorAll(".tab-count").Select(c => c.TextContent).ToList();
        Assert.Equal(names.Length == 0 ? [] : [names.Length.ToString("N0", null), names.Length.ToString("N0", null)], counts);
        var suggested = await TestBrowser.ParseAsync(await (await browser.GetAsync($"/search/suggest?q={Uri.EscapeDataString(query)}")).Content.ReadAsStringAsync());
        Assert.Equal(names.Order(StringComparer.Ordinal), suggested.QuerySelectorAll(".suggest[href^='/customers/'] .suggest-name").Select(n => n.TextContent.Trim()).Order(StringComparer.Ordinal));
    }

    internal static async Task<List<string>> FoundAsync(TestBrowser browser, string query)
    {
        var page = await browser.PageAsync($"/search?q={Uri.EscapeDataString(query)}");
        return [.. page.QuerySelectorAll(".result-name").Select(n => n.TextContent.Trim())];
    }
}
