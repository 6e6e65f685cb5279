using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Content;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Api;

/// <summary>Who may use the API, for how long, and how often.</summary>
[Collection(nameof(SqliteApiSite))]
public sealed class TokenTests(SqliteApiSite api)
{
    private TestSite Site => api.Site;

    [Fact]
    public async Task Request_WithoutATokenThatHolds_IsToldHowToCome()
    {
        using var stranger = new ApiClient(Site.Address, null);
        await stranger.RefusedAsync(HttpStatusCode.Unauthorized, "GET", "/api/customers", null, ("Accept", "text/html"));
        using var wrong = new ApiClient(Site.Address, "crm_wrong");
        using var response = await wrong.SendAsync("GET", "/api/customers");
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
        using var browser = await Site.SignInAsync();
        foreach (var url in new[] { "/api", "/api/customers", "/api/$metadata" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(url)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.Client.DeleteAsync($"/api/customers/{Guid.NewGuid()}")).StatusCode);
        // The description alone may be read in a browser.
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/openapi/v1.json")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.SendAsync("GET", "/openapi/v1.json")).StatusCode);
    }

    [Fact]
    public async Task Page_MakesATokenShownOnce_AndRevokesIt()
    {
        using var browser = await Site.SignInAsNewAsync("tokenmaker", "Sales");
        Assert.NotNull((await browser.PageAsync("/profile")).QuerySelector("a[href='/profile/tokens']"));
        using var made = await browser.SubmitAsync("/profile/tokens", new() { ["name"] = "ERP <x>", ["days"] = "30" });
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        Assert.True(made.Headers.CacheControl!.NoStore);
        var page = await TestBrowser.ParseAsync(await made.Content.ReadAsStringAsync());
        var token = page.GetElementById("token-text")!.GetAttribute("value")!;
        using var client = new ApiClient(Site.Address, token);
        await client.CreateAsync("customers", new { name = "By token" });

        var again = await browser.PageAsync("/profile/tokens");
        Assert.DoesNotContain(token, again.Source.Text, StringComparison.Ordinal);
        Assert.Contains("ERP <x>", again.Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Not yet", again.Body.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/profile/api")).StatusCode);
        var revoke = again.QuerySelector<IHtmlFormElement>("form[action$='/revoke']")!;
        using var other = await Site.SignInAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await other.ForceAsync(revoke.GetAttribute("action")!, "/profile/tokens")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.SubmitAsync(revoke, [])).StatusCode);
        await client.RefusedAsync(HttpStatusCode.Unauthorized, "GET", "/api/customers");
    }

    [Fact]
    public async Task Failure_OfThePageOrTheApi_GivesAReferenceThatTheLogHas()
    {
        using var admin = await Site.SignInAsync();
        await using var scope = await Site.OpenScopeAsync();
        await scope.Session.ExecuteAsync("ALTER TABLE targets RENAME TO targets_away", CancellationToken.None);
        try
        {
            using var response = await admin.GetAsync("/targets");
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            var page = await TestBrowser.ParseAsync(await response.Content.ReadAsStringAsync());
            Assert.Equal("Something went wrong", page.QuerySelector("h1")!.TextContent);
            var shown = page.QuerySelector(".reference code")!.TextContent;
            var told = (string)(await api.Admin.RefusedAsync(HttpStatusCode.InternalServerError, "GET", "/api/targets"))["reference"]!;
            Assert.NotEqual(shown, told);
            await Eventually.HoldsAsync(async () => await LogAsync() is var log
                && log.Contains($"GET /targets failed; reference {shown}", StringComparison.Ordinal) && log.Contains($"GET /api/targets failed; reference {told}", StringComparison.Ordinal)
                && log.Contains("no such table", StringComparison.Ordinal));
            Assert.DoesNotContain("no such table", page.Source.Text, StringComparison.Ordinal);
        }
        finally
        {
            await scope.Session.ExecuteAsync("ALTER TABLE targets_away RENAME TO targets", CancellationToken.None);
        }
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/targets")).StatusCode);

        async Task<string> LogAsync()
        {
            var text = "";
            foreach (var file in Directory.GetFiles(Path.Combine(Site.DataDirectory, "logs")))
            {
                await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                text += await new StreamReader(stream).ReadToEndAsync();
            }
            return text.Replace("\"", "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Token_SeesWhatItsUserSees()
    {
        using var seller = await Site.SignInAsNewAsync("apiseller", "Sales");
        using var reader = await Site.SignInAsNewAsync("apireader", "Read-only");
        using var sales = await api.TokenOfAsync("apiseller");
        using var reads = await api.TokenOfAsync("apireader");
        var customer = await sales.CreateAsync("customers", new { name = "Of the seller" });
        var url = $"/api/customers/{customer["id"]}";
        Assert.Equal("Of the seller", (string)(await reads.GetAsync(url))["name"]!);
        await reads.RefusedAsync(HttpStatusCode.Forbidden, "PATCH", url, new { name = "Mine" }, ("If-Match", "*"));
        await reads.RefusedAsync(HttpStatusCode.Forbidden, "DELETE", url);
        await reads.RefusedAsync(HttpStatusCode.Forbidden, "POST", "/api/customers", new { name = "Mine" });
        await reads.RefusedAsync(HttpStatusCode.Forbidden, "GET", "/api/roles");
        Assert.DoesNotContain("roles", (await reads.GetAsync("/api"))["value"]!.AsArray().Select(t => (string)t!["name"]!));

        // What lies outside the scope is not there.
        var stranger = await api.Admin.CreateAsync("customers", new { name = "Somebody else’s" });
        await using (var scope = await Site.OpenScopeAsync())
        {
            var role = await scope.FindAsync("roles", "name", "Sales");
            Assert.True((await scope.SaveAsync("roles", role.Id, null, ("permissions", """{"customers.view":"own"}"""))).Succeeded);
        }
        await sales.RefusedAsync(HttpStatusCode.NotFound, "GET", $"/api/customers/{stranger["id"]}");
        await sales.RefusedAsync(HttpStatusCode.NotFound, "PATCH", $"/api/customers/{stranger["id"]}", new { name = "Mine" }, ("If-Match", "*"));
        Assert.Equal([(string)customer["id"]!], await sales.IdsAsync("/api/customers"));
    }

    [Fact]
    public async Task Users_ToThoseWhoDoNotManageThem_AreNamesAndNothingElse()
    {
        using var colleague = await Site.SignInAsNewAsync("zqcolleague", "Sales");
        using var reader = await Site.SignInAsNewAsync("curious", "Manager");
        using var reads = await api.TokenOfAsync("curious");
        var id = await Site.IdOfUserAsync("zqcolleague");
        await using (var scope = await Site.OpenScopeAsync())
            Assert.True((await scope.SaveAsync("users", id, null, ("name", "Kim Park"))).Succeeded);
        var customer = (string)(await api.Admin.CreateAsync("customers", new { name = "Kim’s", owner = id }))["id"]!;
        string[] hidden = ["zqcolleague", "@example.com"];

        string[] asked = ["contains({0}email,'a')", "{0}userName eq 'zqcolleague'", "{0}roles eq 'Sales'", "{0}isActive eq true", "{0}createdAt lt 2100-01-01T00:00:00Z", "not ({0}culture eq null)", "{0}version gt 0"];
        foreach (var filter in asked)
        {
            await reads.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"/api/users?$filter={string.Format(null, filter, "")}");
            foreach (var lookUp in new[] { "owner/", "createdBy/" })
            {
                var url = $"filter={Uri.EscapeDataString(string.Format(null, filter, lookUp))}";
                await reads.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"/api/customers?${url}");
                await reads.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"/api/customers/$count?${url}");
                foreach (var page in new[] { "/customers?", "/customers/export?", "/customers?group=industry&", "/opportunities?view=board&" })
                    Assert.Equal(HttpStatusCode.BadRequest, (await reader.GetAsync(page + url)).StatusCode);
            }
            await api.Admin.GetAsync($"/api/customers?$filter={string.Format(null, filter, "owner/")}");
        }
        foreach (var url in new[] { "users?$orderby=email", "users?$select=email", "customers?$orderby=owner/email", "customers?$orderby=ownerRecord/userName desc", "customers?$expand=ownerRecord($select=roles)", "customers?$expand=contacts($orderby=owner/email)", "customers?$filter=contacts/any(c: startswith(c/owner/email,'a'))" })
            await reads.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"/api/{url}");
        foreach (var url in new[] { "/customers?sort=owner.email", "/customers?sort=-owner.userName&group=owner" })
            Assert.Equal(HttpStatusCode.BadRequest, (await reader.GetAsync(url)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await reader.GetAsync("/customers/filter?field=owner.email")).StatusCode);
        foreach (var word in new[] { "zqcoll", "@example", "%25", "_" })
        {
            Assert.Empty(await reads.IdsAsync($"/api/users?$search={word}"));
            Assert.Equal("[]", await reader.Client.GetStringAsync($"/lookup/users?q={word}"));
        }
        foreach (var url in new[] { "/api/users", "/api/customers?$expand=ownerRecord,createdByRecord&$top=50", "/openapi/v1.json" })
            AssertClean(await reads.Http.GetStringAsync(url), url);
        foreach (var url in new[] { "/customers?columns=owner.email,owner.roles,owner.userName,createdBy.email", "/customers?group=owner.email", "/customers?group=owner", $"/customers?filter=id eq {customer}", $"/customers/{customer}", "/customers/export",
            "/lookup/users", "/lookup/users?q=Kim", $"/lookup/users?recent={id}", "/reports/customers?by=owner.email&range=always", "/reports/customers?by=owner&range=always" })
            AssertClean(await (await reader.GetAsync(url)).Content.ReadAsStringAsync(), url);

        // By name, and by who one is, colleagues can be found; who manages users finds them by all that there is.
        var user = (await reads.GetAsync($"/api/users/{id}")).Select(p => p.Key).Where(k => k != "@odata.context");
        Assert.Equal(["@odata.etag", "id", "displayText", "name"], user);
        foreach (var filter in new[] { "owner/name eq 'Kim Park'", "startswith(owner/displayText,'Kim')", $"owner eq {id}", $"owner/id eq {id}" })
            Assert.Equal([customer], await reads.IdsAsync($"/api/customers?$filter={filter}&$orderby=owner/name"));
        Assert.Equal([id.ToString("D")], await reads.IdsAsync("/api/users?$search=kim&$orderby=name"));
        Assert.Contains("Kim Park", await reader.Client.GetStringAsync("/lookup/users?q=kim"), StringComparison.Ordinal);
        Assert.Contains("Kim Park", (await reader.PageAsync("/customers?columns=owner.name,owner&sort=owner.displayText")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Kim Park", await reader.Client.GetStringAsync("/customers/export"), StringComparison.Ordinal);
        Assert.Equal([id.ToString("D")], await api.Admin.IdsAsync("/api/users?$search=zqcoll"));
        using var admin = await Site.SignInAsync();
        Assert.Contains("zqcolleague@example.com", await admin.Client.GetStringAsync("/lookup/users?q=zqcoll"), StringComparison.Ordinal);
        Assert.Contains("zqcolleague@example.com", (await admin.PageAsync("/customers?columns=owner.email")).Body!.TextContent, StringComparison.Ordinal);

        // Who knows how a colleague signs in can give records to the colleague by that.
        using var saved = await reader.SubmitAsync("/customers/new", new() { ["name"] = "Also Kim’s", ["owner"] = "zqcolleague@example.com" });
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        Assert.Single(await reads.IdsAsync($"/api/customers?$filter=name eq 'Also Kim’s' and owner eq {id}"));

        void AssertClean(string text, string url)
        {
            foreach (var mark in hidden)
                Assert.False(text.Contains(mark, StringComparison.OrdinalIgnoreCase), $"{url}: {mark}");
        }
    }

    [Fact]
    public async Task Token_EndsWithItsTime_ItsUserAndAResetPassword()
    {
        (await Site.SignInAsNewAsync("leaver", "Sales")).Dispose();
        (await Site.SignInAsNewAsync("resetter", "Sales")).Dispose();
        using var leaver = await api.TokenOfAsync("leaver");
        using var resetter = await api.TokenOfAsync("resetter");
        using var shortly = await api.TokenOfAsync(TestSite.AdminName, "--expires", "2d", "--name", "Short");
        await shortly.GetAsync("/api");
        api.Clock.Forward(TimeSpan.FromDays(3));
        Assert.Contains("expired", (string)(await shortly.RefusedAsync(HttpStatusCode.Unauthorized, "GET", "/api"))["detail"]!, StringComparison.Ordinal);

        await leaver.GetAsync("/api");
        using var admin = await Site.SignInAsync();
        var id = await Site.IdOfUserAsync("leaver");
        await admin.ForceAsync($"/admin/users/{id}/deactivate", $"/admin/users/{id}");
        await leaver.RefusedAsync(HttpStatusCode.Unauthorized, "GET", "/api");
        await admin.ForceAsync($"/admin/users/{id}/activate", $"/admin/users/{id}");
        await leaver.RefusedAsync(HttpStatusCode.Unauthorized, "GET", "/api");

        await resetter.GetAsync("/api");
        var reset = await Site.IdOfUserAsync("resetter");
        await admin.SubmitAsync($"/admin/users/{reset}/password", new() { ["password"] = "Another-Horse-8" });
        await resetter.RefusedAsync(HttpStatusCode.Unauthorized, "GET", "/api");

        // What somebody was to lose with a deletion stays when that is refused.
        using var seller = await Site.SignInAsNewAsync("seller", "Sales");
        using var sellers = await api.TokenOfAsync("seller");
        var person = await Site.IdOfUserAsync("seller");
        await using var scope = await Site.OpenScopeAsync();
        var target = await scope.CreateAsync("targets", ("person", "seller"), ("month", "2026-05-01"), ("amount", "1000"));
        Assert.Equal(SaveStatus.Invalid, (await scope.Content.DeleteAsync("users", person, null, CancellationToken.None)).Status);
        await sellers.GetAsync("/api");
        using (var home = await seller.GetAsync("/"))
            Assert.Equal(HttpStatusCode.OK, home.StatusCode);
        Assert.True((await scope.Content.DeleteAsync("targets", target, null, CancellationToken.None)).Succeeded);
        Assert.True((await scope.Content.DeleteAsync("users", person, null, CancellationToken.None)).Succeeded);
        await sellers.RefusedAsync(HttpStatusCode.Unauthorized, "GET", "/api");
        using (var home = await seller.GetAsync("/"))
            Assert.Equal(HttpStatusCode.Redirect, home.StatusCode);

        // One that is made on the page ends after the days that are chosen there.
        using var made = await admin.SubmitAsync("/profile/tokens", new() { ["name"] = "For a month", ["days"] = "30" }, "form:has([name=days])");
        using var month = new ApiClient(Site.Address, (await TestBrowser.ParseAsync(await made.Content.ReadAsStringAsync())).GetElementById("token-text")!.GetAttribute("value"));
        api.Clock.Forward(TimeSpan.FromDays(30) - TimeSpan.FromMinutes(5));
        await month.GetAsync("/api");
        api.Clock.Forward(TimeSpan.FromMinutes(10));
        Assert.Contains("expired", (string)(await month.RefusedAsync(HttpStatusCode.Unauthorized, "GET", "/api"))["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--user", "nobody", "There is no user nobody")]
    [InlineData("--expires", "6y", "A token is valid for a day at least and five years at most")]
    [InlineData("--expires", "soon", "soon is not a time such as 90d, 6m or 2y")]
    public async Task Command_WrongAnswer_SaysWhy(string option, string value, string message)
    {
        string[] arguments = option == "--user" ? ["token", "create", option, value] : ["token", "create", "--user", TestSite.AdminName, option, value];
        var (code, output, error) = await Site.RunAsync(arguments);
        Assert.Equal((1, "", message), (code, output, error.Trim()));
    }

    [Fact]
    public async Task Requests_TooMany_HaveToWait()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, settings: new() { ["Crm:Api:RequestsPerMinute"] = "3", ["Crm:Api:WrongTokensPerMinute"] = "2" });
        var (_, token, _) = await site.RunAsync("token", "create", "--user", TestSite.AdminName);
        using var client = new ApiClient(site.Address, token.Trim());
        for (var i = 0; i < 3; i++)
            await client.GetAsync("/api");
        using var waits = await client.SendAsync("GET", "/api");
        Assert.Equal(HttpStatusCode.TooManyRequests, waits.StatusCode);
        Assert.True(waits.Headers.RetryAfter!.Delta > TimeSpan.Zero);

        using var guesser = new ApiClient(site.Address, "crm_guess");
        await guesser.RefusedAsync(HttpStatusCode.Unauthorized, "GET", "/api");
        await guesser.RefusedAsync(HttpStatusCode.Unauthorized, "GET", "/api");
        await guesser.RefusedAsync(HttpStatusCode.TooManyRequests, "GET", "/api");
    }
}
