using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Hosting;
using Crm.Platform.Queries;

namespace Crm.IntegrationTests.Recipes;

public sealed class SetUpSqliteTests() : SetUpTests(DatabaseProvider.Sqlite);

public sealed class SetUpPostgresTests() : SetUpTests(DatabaseProvider.Postgres);

/// <summary>From nothing to a site: by its page, by the configuration, by the command.</summary>
public abstract class SetUpTests(DatabaseProvider provider)
{
    private const string Form = "form[action='/']";

    private Dictionary<string, string> Answers(TestSite site) => new()
    {
        ["SiteName"] = "华新贸易",
        ["Culture"] = "zh-CN",
        ["Provider"] = provider.ToString(),
        ["ConnectionString"] = provider == DatabaseProvider.Postgres ? site.ConnectionString : "",
        ["Recipe"] = "Blank",
        ["AdminUserName"] = "li.na",
        ["AdminEmail"] = "li.na@example.com",
        ["AdminPassword"] = TestSite.AdminPassword,
        ["PasswordAgain"] = TestSite.AdminPassword,
        ["Run"] = "true",
    };

    [Fact]
    public async Task Page_BadAnswer_KeepsTheOthersAndSetsNothingUp()
    {
        await using var site = await TestSite.StartAsync(provider, setUp: false, fixDatabase: false);
        using var browser = site.Open();
        foreach (var (field, answer) in new[]
        {
            ("SiteName", ""), ("SiteName", new string('x', 101)), ("AdminUserName", ""), ("AdminUserName", "li na"), ("AdminEmail", "nobody"),
            ("AdminPassword", "short"), ("AdminPassword", "1234567890"), ("PasswordAgain", "something else"), ("Recipe", "Moon"),
            ("ConnectionString", "Host=127.0.0.1;Port=1;Database=crm;Username=crm;Timeout=2"), ("ConnectionString", "this is not one"), ("ConnectionString", ""),
        })
        {
            var answers = Answers(site);
            answers[field] = answer;
            if (field == "ConnectionString")
                answers["Provider"] = nameof(DatabaseProvider.Postgres);
            if (field == "AdminPassword")
                answers["PasswordAgain"] = answer;

            using var response = await browser.SubmitAsync("/", answers, Form);

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var page = await TestBrowser.ParseAsync(await response.Content.ReadAsStringAsync());
            Assert.NotNull(page.QuerySelector(".banner[role=alert]"));
            if (field != "Recipe")
                Assert.False(string.IsNullOrWhiteSpace(page.GetElementById($"{field}-error")?.TextContent), $"Nothing stands beside {field} = {answer}.");
            foreach (var kept in new[] { "SiteName", "AdminUserName", "AdminEmail" })
                Assert.Equal(answers[kept], page.QuerySelector<IHtmlInputElement>($"#{kept}")!.Value);
            Assert.Equal(answers["Provider"], page.QuerySelector<IHtmlInputElement>("input[name=Provider]:checked")!.Value);
            Assert.Equal(answers["Provider"] == nameof(DatabaseProvider.Postgres) ? "false" : "true", page.QuerySelector("[data-show-when='Provider=Postgres']")!.GetAttribute("data-waits"));
            Assert.Equal("zh-CN", page.QuerySelector<IHtmlSelectElement>("#Culture")!.Value);
            Assert.All(page.QuerySelectorAll<IHtmlInputElement>("input[type=password]"), p => Assert.Equal("", p.Value));
            Assert.False(site.Host.Sites.IsSetUp);
        }
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await browser.GetAsync("/health/ready")).StatusCode);
        Assert.False(File.Exists(Path.Combine(site.DataDirectory, "database.json")));

        // The same page takes the right answers.
        using var done = await browser.SubmitAsync("/", Answers(site), Form);
        Assert.Equal("/login", done.Headers.Location?.OriginalString);
        using var signedIn = await browser.SignInAsync("li.na", TestSite.AdminPassword);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
    }

    [Fact]
    public async Task Page_Sent_SetsUpWhatItSays()
    {
        await using var site = await TestSite.StartAsync(provider, setUp: false, fixDatabase: false);
        using var browser = site.Open();
        Assert.Equal("/", (await browser.GetAsync("/customers")).Headers.Location?.OriginalString);
        using var response = await browser.SubmitAsync("/", Answers(site), Form);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);

        Assert.Equal(provider, site.Host.Sites.Database!.Provider);
        var state = await SiteState.ReadAsync(site);
        Assert.Equal(("华新贸易", "zh-CN", "CNY", "CN", "Asia/Shanghai"), (state.Settings!.Name, state.Settings.Culture, state.Settings.Currency, state.Settings.Region, state.Settings.TimeZone));
        using var signedIn = await browser.SignInAsync("li.na", TestSite.AdminPassword);
        var page = await browser.PageAsync("/customers");
        Assert.Equal("zh-CN", page.DocumentElement.GetAttribute("lang"));
        // A connection string holds a password.
        var remembered = Path.Combine(site.DataDirectory, "database.json");
        Assert.Equal(provider == DatabaseProvider.Postgres, File.Exists(remembered));
        if (File.Exists(remembered))
            Assert.DoesNotContain("127.0.0.1", await File.ReadAllTextAsync(remembered), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetUp_ASecondTime_IsRefused()
    {
        await using var site = await TestSite.StartAsync(provider, setUp: false, fixDatabase: false);
        using var browser = site.Open();
        var form = (await browser.PageAsync("/")).QuerySelector<IHtmlFormElement>(Form)!;
        var others = Answers(site);
        others["AdminUserName"] = "mallory";
        others["AdminEmail"] = "mallory@example.com";
        others["SiteName"] = "Mallory";

        // Twice at once, and once more when it is done.
        var both = await Task.WhenAll(browser.SubmitAsync(form, Answers(site), "/"), browser.SubmitAsync(form, Answers(site), "/"));
        Assert.Contains(both, r => r.Headers.Location?.OriginalString == "/login");
        var before = await SiteState.ReadAsync(site);
        using var late = await browser.SubmitAsync(form, others, "/");
        Assert.NotEqual(HttpStatusCode.OK, late.StatusCode);
        Assert.Contains("/login", (await browser.GetAsync("/")).Headers.Location?.OriginalString, StringComparison.Ordinal);

        Assert.Equal(before, await SiteState.ReadAsync(site));
        await using var scope = await site.OpenScopeAsync();
        Assert.Equal(["li.na"], (await scope.Queries.ListAsync(new Query("users"), CancellationToken.None)).Items.Select(u => u.DisplayText));
    }

    [Fact]
    public async Task Configuration_Complete_SetsUpOnceAndTheCommandRefuses()
    {
        await using var site = await TestSite.StartAsync(provider, culture: "zh-CN");
        var before = await SiteState.ReadAsync(site);
        Assert.Equal("Test site", before.Settings!.Name);
        (await site.SignInAsync()).Dispose();

        var (code, _, error) = await site.RunAsync("setup", "--site-name", "Another", "--admin-user-name", "mallory", "--admin-password", TestSite.AdminPassword);

        Assert.Equal(1, code);
        Assert.Contains("set up already", error, StringComparison.Ordinal);
        Assert.Equal(before, await SiteState.ReadAsync(site));
    }

    [Fact]
    public async Task Command_WithAnswers_SetsUp()
    {
        await using var site = await TestSite.StartAsync(provider, setUp: false);
        var (code, _, error) = await site.RunAsync("import", "customers", "none.csv");
        Assert.Equal(1, code);
        Assert.Contains("not set up yet", error, StringComparison.Ordinal);
        (code, _, error) = await site.RunAsync("setup", "--admin-user-name", "boss", "--admin-password", "short");
        Assert.Equal(1, code);
        Assert.Contains("at least 10 characters", error, StringComparison.Ordinal);

        (code, _, error) = await site.RunAsync("setup", "--admin-user-name", "boss", "--admin-email", "boss@example.com", "--admin-password", TestSite.AdminPassword, "--site-name", "By command");

        Assert.True(code == 0, error);
        Assert.Equal(0, (await site.RunAsync("export", "customers", Path.Combine(site.DataDirectory, "all.csv"))).Code);
    }

    [Theory]
    [InlineData("AdminPassword", "short", "at least 10 characters")]
    [InlineData("Recipe", "Moon", "no recipe Moon")]
    [InlineData("Culture", "tlh", "language")]
    public async Task Configuration_BadAnswer_SaysSoAndLeavesNothingBehind(string name, string value, string message)
    {
        var refused = await Assert.ThrowsAsync<SetupException>(() => TestSite.StartAsync(provider, settings: new() { [$"Crm:Setup:{name}"] = value }));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DatabaseProvider.Postgres, "Host=127.0.0.1;Port=1;Database=crm;Username=crm;Timeout=2", "The database cannot be reached")]
    [InlineData(DatabaseProvider.Postgres, "Host=127.0.0.1;Port=543200;Database=crm;Username=crm;Timeout=2", "The database cannot be reached")]
    [InlineData(DatabaseProvider.Postgres, "this is not one", "This is not a connection string such as “Host=")]
    [InlineData(DatabaseProvider.Postgres, "Host=127.0.0.1;Prot=1", "prot")]
    [InlineData(DatabaseProvider.Sqlite, "Data Source=crm.db;Pooling=perhaps", "This is not a connection string such as “Data Source=")]
    public async Task Configuration_DatabaseThatCannotBeOpened_SaysWhy(DatabaseProvider kind, string connectionString, string message)
    {
        var refused = await Assert.ThrowsAsync<SetupException>(() => TestSite.StartAsync(provider, settings: new()
        {
            ["Crm:Database:Provider"] = kind.ToString(),
            ["Crm:Database:ConnectionString"] = connectionString,
        }));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }
}
