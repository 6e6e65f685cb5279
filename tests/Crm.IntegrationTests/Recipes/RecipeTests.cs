using System.Text;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Hosting;
using Crm.Platform.Queries;
using Crm.Platform.Recipes;
using Crm.Platform.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Recipes;

public sealed class RecipeSqliteTests() : RecipeTests(DatabaseProvider.Sqlite);

public sealed class RecipePostgresTests() : RecipeTests(DatabaseProvider.Postgres);

public abstract class RecipeTests(DatabaseProvider provider) : IAsyncLifetime
{
    /// <summary>A bit of everything that a recipe can do; the last step is left to the test.</summary>
    private const string Everything = """
        { "name": "Everything", "label": "Everything", "steps": [
          { "step": "features", "enable": [ "Crm.Library" ] },
          { "step": "settings", "currency": "CNY", "timeZone": "Asia/Shanghai" },
          { "step": "contentType", "type": "customers", "settings": { "quickSearch": [ "name" ] }, "fields": {
            "colour": { "kind": "text", "label": { "en": "Colour", "zh-CN": "颜色" }, "maxLength": 30 },
            "name": { "help": "As on the invoice" } } },
          { "step": "content", "type": "customers", "key": "name", "items": [
            { "name": "Parent", "colour": "red", "employees": 12, "industry": "brand new", "logo": { "file": "dot.png", "base64": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+M8AAAIBAQDJ/pLvAAAAAElFTkSuQmCC" } },
            { "name": "Child", "parent": "Parent" } ] },
          { "step": "content", "type": "books", "key": "title", "items": [ { "title": "三体", "price": "39.80" } ] }%
        ] }
        """;

    private TestSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await TestSite.StartAsync(provider, catalog: TestSite.CatalogWith(typeof(Crm.Library.LibraryAssembly).Assembly));

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    /// <summary>The text, and what the message says.</summary>
    public static TheoryData<string, string[]> Wrong => new()
    {
        { """{ "name": "X", "steps": [""" + "\n" + Harmless + ",\n" + """{ "step": "conjure" } ] }""", ["line 3", "“conjure”"] },
        { """{ "name": "X", "steps": [""" + "\n" + Harmless + ",\n{ \"step\": \"settings\",\n  \"moon\": \"full\" } ] }", ["line 4", "“settings”", "moon"] },
        { """{ "name": "X", "steps": [""" + "\n" + Harmless + ",\n" + """{ "step": "features", "enabled": [] } ] }""", ["line 3", "“features”", "enabled"] },
        { """{ "name": "X", "steps": [""" + "\n" + Harmless + ",\n" + """{ "step": "content", "type": "customers", "items": [] } ] }""", ["line 3", "“content”", "key"] },
        { """{ "name": "X", "steps": [""" + "\n" + Harmless + ",\n" + """{ "step": "settings", "currency": 5 } ] }""", ["line 3", "“settings”"] },
        { """{ "name": "X", "steps": [""" + "\n" + Harmless + ",\n" + """{ "settings": {} } ] }""", ["line 3", "\"step\" is missing"] },
        { "{ \"name\": \"X\",\n\"stairs\": [] }", ["line 2", "stairs"] },
        { "{ \"name\": \"X\",\n\"steps\": [ { \"step\": } ] }", ["line 2"] },
        { "{ \"name\": \"X\",\n\"steps\": {} }", ["line 2", "steps"] },
        { "{ \"name\": 5,\n\"steps\": [] }", ["line 1", "name"] },
        { "{ \"name\": \"X\",\n\"steps\": [", ["line 2"] },
        { "{ \"name\": \"X\" }\n, \"steps\": []", ["line 2"] },
        { "{ \"steps\": [] }", ["\"name\" is missing"] },
        { "name: X", ["line 1"] },
        { "", ["line 1"] },
        { """{ "name": "X", "steps": [ { "step": "features", "enable": [ "Crm.Moon" ] } ] }""", ["Crm.Moon"] },
    };

    private static string Harmless => """{ "step": "content", "type": "customers", "key": "name", "items": [ { "name": "First" } ] }""";

    [Fact]
    public async Task Run_RecipeThatIsWrong_SaysWhereAndChangesNothing()
    {
        var before = await SiteState.ReadAsync(_site);
        foreach (var row in Wrong)
        {
            var (text, parts) = row.Data;
            var refused = await Assert.ThrowsAsync<SetupException>(() => RunAsync(text));
            Assert.All(parts, part => Assert.Contains(part, refused.Message, StringComparison.Ordinal));
        }
        Assert.Equal(before, await SiteState.ReadAsync(_site));
    }

    /// <summary>A last step that fails, and what the message says.</summary>
    public static TheoryData<string, string> Failing => new()
    {
        { """{ "step": "content", "type": "customers", "key": "name", "items": [ { "name": "Fine" }, { "name": "Bad", "employees": "many" } ] }""", "Employees" },
        { """{ "step": "content", "type": "customers", "key": "name", "items": [ { "notes": "nameless" } ] }""", "name" },
        { """{ "step": "content", "type": "moons", "key": "name", "items": [ { "name": "Io" } ] }""", "moons" },
        { """{ "step": "content", "type": "customers", "key": "moon", "items": [ { "name": "Io", "moon": "x" } ] }""", "moon" },
        { """{ "step": "content", "type": "customers", "key": "name", "items": [ { "name": "Io", "moon": "x" } ] }""", "moon" },
        { """{ "step": "content", "type": "customers", "key": "name", "items": [ { "name": "Io", "parent": "Nowhere" } ] }""", "Nowhere" },
        { """{ "step": "contentType", "type": "customers", "fields": { "shade": { "kind": "moonlight", "label": "Shade" } } }""", "moonlight" },
        { """{ "step": "contentType", "type": "customers", "fields": { "shade": { "kind": "text", "label": "Shade", "moon": true } } }""", "moon" },
        { """{ "step": "contentType", "type": "moons", "fields": { "shade": { "kind": "text", "label": "Shade" } } }""", "moons" },
        { """{ "step": "content", "type": "customers", "key": "name", "items": [ { "name": "Io", "logo": { "base64": "AAAA" } } ] }""", "“base64”" },
        { """{ "step": "content", "type": "customers", "key": "name", "items": [ { "name": "Io", "logo": { "file": "moon.txt", "text": "no picture" } } ] }""", "picture" },
        { """{ "step": "settings", "currency": "MOON" }""", "MOON" },
        { """{ "step": "settings", "timeZone": "Moon/Tycho" }""", "Moon/Tycho" },
    };

    [Fact]
    public async Task Run_LastStepFails_ChangesNothing()
    {
        var before = await SiteState.ReadAsync(_site);
        foreach (var row in Failing)
        {
            var (last, message) = row.Data;
            var refused = await Assert.ThrowsAsync<SetupException>(() => RunAsync(Everything.Replace("%", ",\n  " + last, StringComparison.Ordinal)));

            Assert.StartsWith("Recipe, line 11, step “", refused.Message, StringComparison.Ordinal);
            Assert.Contains(message, refused.Message, StringComparison.Ordinal);
            Assert.Equal(before, await SiteState.ReadAsync(_site));
        }
        using var browser = await _site.SignInAsync();
        Assert.DoesNotContain("Colour", (await browser.PageAsync("/customers/new")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await browser.GetAsync("/books")).StatusCode);
    }

    [Fact]
    public async Task Run_Twice_ChangesNothingMore()
    {
        var recipe = Everything.Replace("%", "", StringComparison.Ordinal);
        var empty = await SiteState.ReadAsync(_site);
        await RunAsync(recipe);
        var once = await SiteState.ReadAsync(_site);
        Assert.NotEqual(empty, once);

        await RunAsync(recipe);

        Assert.Equal(once, await SiteState.ReadAsync(_site));
        Assert.Equal(("CNY", "Asia/Shanghai"), (once.Settings!.Currency, once.Settings.TimeZone));
        Assert.Contains("Crm.Library", once.Features, StringComparison.Ordinal);

        // A file of the same name and size is another one all the same when its bytes are.
        var first = await LogoAsync();
        await RunAsync(recipe.Replace("mNk+M8A", "mNk+M8B", StringComparison.Ordinal));
        var second = await LogoAsync();
        Assert.Equal((first.Name, first.Size), (second.Name, second.Size));
        await using var after = await _site.OpenScopeAsync();
        var files = after.Services.GetRequiredService<Platform.Files.FileStore>();
        Assert.Contains("mNk+M8B", Convert.ToBase64String(await File.ReadAllBytesAsync(files.Find(second.Id)!)), StringComparison.Ordinal);

        async Task<Platform.Files.StoredFile> LogoAsync()
        {
            await using var scope = await _site.OpenScopeAsync();
            return (Platform.Files.StoredFile)(await scope.FindAsync("customers", "name", "Parent"))["logo"]!;
        }
    }

    [Fact]
    public async Task Run_EnablesAFeatureAndFillsIt_IsAtOnceInThePages()
    {
        await RunAsync(Everything.Replace("%", "", StringComparison.Ordinal));
        using var browser = await _site.SignInAsync();
        Assert.Contains("三体", (await browser.PageAsync("/books")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Colour", (await browser.PageAsync("/customers/new")).Body!.TextContent, StringComparison.Ordinal);
        await using var scope = await _site.OpenScopeAsync();
        var child = await scope.FindAsync("customers", "name", "Child");
        Assert.Equal("Parent", child.DisplayOf("parent"));
        var parent = await scope.FindAsync("customers", "name", "Parent");
        Assert.Equal("red", parent["colour"]);
        Assert.Equal("dot.png", Assert.IsType<Platform.Files.StoredFile>(parent["logo"]).Name);
        Assert.Equal("CNY", ((Platform.Fields.Money)(await scope.FindAsync("books", "title", "三体"))["price"]!).Currency);
    }

    [Fact]
    public async Task Run_StepForAnotherLanguage_IsLeftOut()
    {
        await RunAsync("""
            { "name": "Languages", "steps": [
              { "step": "content", "culture": "en", "type": "customers", "key": "name", "items": [ { "name": "English" } ] },
              { "step": "content", "culture": "zh-CN", "type": "customers", "key": "name", "items": [ { "name": "中文" } ] } ] }
            """);
        await using var scope = await _site.OpenScopeAsync();
        Assert.Equal(["English"], (await scope.Queries.ListAsync(new Query("customers"), CancellationToken.None)).Items.Select(i => i.DisplayText));
    }

    [Theory]
    [InlineData("en", "Harbor Lane Holdings")]
    [InlineData("zh-CN", "有限公司", Traits = ["Category", "Nightly"])]
    public async Task Demo_InThisLanguage_FillsTheSiteAndRunsAgainWithoutDoubles(string culture, string name)
    {
        await using var demo = await TestSite.StartAsync(provider, recipe: "Demo", culture: culture);
        var once = await SiteState.ReadAsync(demo);
        await using (var scope = await demo.OpenScopeAsync())
        {
            var customers = await scope.Queries.ListAsync(new Query("customers") { Take = 1000 }, CancellationToken.None);
            Assert.True(customers.Items.Count >= 10, $"{customers.Items.Count} customers");
            Assert.Contains(customers.Items, c => c.DisplayText.Contains(name, StringComparison.Ordinal));
            Assert.Contains(customers.Items, c => c["parent"] is not null);
            Assert.True((await scope.Queries.CountAsync("contacts", null, CancellationToken.None)).Count >= 10);
            var workflow = Assert.Single((await scope.Queries.ListAsync(new Query("workflows") { Where = Filter.Eq("name", "Run a campaign") }, CancellationToken.None)).Items);
            Assert.StartsWith(culture == "en" ? "When a campaign" : "已选择受众", workflow.Get<string>("description"), StringComparison.Ordinal);

            // Each kind of field that administrators may add is there to be seen, with values.
            var shown = new HashSet<string>(StringComparer.Ordinal);
            foreach (var type in scope.Definitions.Current.Types.Where(t => !t.IsAdmin))
                foreach (var field in type.Fields.Where(f => f is { IsSystem: false, Hidden: false } && !shown.Contains(f.Kind)))
                    if ((await scope.Queries.CountAsync(type.Name, new CompareFilter(field.Name, FilterOperator.NotEqual, null), CancellationToken.None)).Count > 0)
                        shown.Add(field.Kind);
            Assert.Empty(scope.Services.GetRequiredService<FieldKinds>().All.Where(k => k.CanBeAdded).Select(k => k.Name).Except(shown));
        }

        await HasEverythingAsync(demo);

        var services = demo.Host.Sites.Current.Services;
        await services.GetRequiredService<RecipeRunner>().RunAsync(services.GetRequiredService<RecipeCatalog>().Find("Demo")!, CancellationToken.None);

        // Dates that are given as so many hours from now have moved on: records are brought up to date, none is doubled.
        Assert.Equal(once with { LastChange = 0 }, await SiteState.ReadAsync(demo) with { LastChange = 0 });
    }

    /// <summary>The demo is described as a company with everything in it: each type, relations, files, views, reports.</summary>
    private static async Task HasEverythingAsync(TestSite demo)
    {
        await using var scope = await demo.OpenScopeAsync();
        var records = new Dictionary<string, IReadOnlyList<ContentItem>>();
        foreach (var type in scope.Definitions.Current.Types)
        {
            records[type.Name] = (await scope.Queries.ListAsync(new Query(type.Name) { Take = 1000 }, CancellationToken.None)).Items;
            Assert.True(records[type.Name].Count > 0, $"There is no {type.Label.En}.");
        }

        // A contact at a second company with a role and a date, a group of three levels, all six roles, every workflow at work.
        Assert.Contains(records["customerContacts"], r => r["role"] is not null && r["since"] is not null);
        var parents = records["customers"].ToDictionary(c => c.Id, c => c["parent"] as Guid?);
        Assert.Contains(parents.Values, p => p is { } parent && parents[parent] is not null);
        Assert.Equal(RoleNames.All.Order(), records["users"].SelectMany(u => u.Get<string>("roles")!.Split("; ")).Distinct().Order());
        Assert.All(records["workflows"], w => Assert.NotNull(w["activeSince"]));

        Assert.Equal(0, (await demo.RunAsync("user", "password", "--user-name", "lina", "--password", TestSite.AdminPassword, "--no-change")).Code);
        using var lina = await demo.SignInAsync("lina");
        var modes = new HashSet<string>();
        foreach (var list in new[] { "/customers", "/contacts", "/opportunities", "/tickets" })
            foreach (var view in (await lina.PageAsync(list)).QuerySelectorAll("#view-menu a[href*='?saved=']").Select(a => a.GetAttribute("href")!))
            {
                var page = await lina.PageAsync(view);
                var rows = page.QuerySelectorAll("[data-row], [data-card]").Length;
                // At the end of a month nothing may be due in it any more.
                Assert.True(rows > 0 || page.QuerySelector("main")!.InnerHtml.Contains("@month", StringComparison.Ordinal), $"The view {view} is empty.");
                modes.Add(page.QuerySelector("[data-card]") is not null ? "board" : page.QuerySelector("[data-group]") is not null ? "groups" : "rows");
            }
        Assert.Equal(3, modes.Count);
        foreach (var file in records["attachments"].Select(a => $"/attachments/{a.Id}").Concat(records["customers"].Where(c => c["logo"] is not null).Select(c => $"/customers/{c.Id}/files/logo")))
            Assert.NotEmpty(await lina.Client.GetByteArrayAsync(file));
        using var admin = await demo.SignInAsync();
        foreach (var report in (await admin.PageAsync("/reports")).QuerySelectorAll("a[href^='/reports/saved/']").Select(a => a.GetAttribute("href")!))
        {
            using var leads = await admin.GetAsync(report);
            Assert.NotEmpty((await admin.PageAsync(leads.Headers.Location!.ToString())).QuerySelectorAll("main table tbody tr"));
        }
    }

    private async Task RunAsync(string recipe)
        => await _site.Host.Sites.Current.Services.GetRequiredService<RecipeRunner>().RunAsync(Recipe.Parse(Encoding.UTF8.GetBytes(recipe)), CancellationToken.None);
}
