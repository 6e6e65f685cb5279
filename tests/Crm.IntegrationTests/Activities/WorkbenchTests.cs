using System.Net;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Activities;

public sealed class WorkbenchSqliteTests(SqliteSite site) : WorkbenchTests(site), IClassFixture<SqliteSite>;

public sealed class WorkbenchPostgresTests(PostgresSite site) : WorkbenchTests(site), IClassFixture<PostgresSite>;

/// <summary>The first page, stars, notifications and one's own profile.</summary>
public abstract class WorkbenchTests(SharedSite shared)
{
    private readonly TestSite _site = shared.Site;

    [Fact]
    public async Task Home_OfANewUser_ShowsFirstSteps_AndWithoutTheFeatureIsPlain()
    {
        using var sales = await _site.SignInAsNewAsync("newcomer", "Sales");
        await using (var scope = await _site.OpenScopeAsync())
            await scope.CreateAsync("customers", ("name", "Here before"));
        var steps = (await sales.PageAsync("/")).QuerySelectorAll(".step");
        Assert.Equal(["/activities/new", "/customers"], steps.Select(s => s.QuerySelector("a")!.GetAttribute("href")));

        await _site.Host.Sites.DisableAsync(["Crm.Workbench"], CancellationToken.None);
        var plain = await sales.PageAsync("/");
        Assert.Empty(plain.QuerySelectorAll(".workbench, .star"));
        Assert.NotNull(plain.QuerySelector("h1"));
        await _site.Host.Sites.EnableAsync(["Crm.Workbench"], CancellationToken.None);
        Assert.NotNull((await sales.PageAsync("/")).QuerySelector(".workbench"));
    }

    [Fact]
    public async Task Star_OfARecord_IsTheUsersOwn_AndShowsOnlyWhatMayBeSeen()
    {
        Guid star, gone;
        await using (var scope = await _site.OpenScopeAsync())
        {
            star = await scope.CreateAsync("customers", ("name", "Starred Inc"));
            gone = await scope.CreateAsync("customers", ("name", "Gone Inc"));
        }
        using var sales = await _site.SignInAsNewAsync("stargazer", "Sales");
        using var other = await _site.SignInAsNewAsync("other", "Sales");
        foreach (var id in new[] { star, gone })
            Assert.Equal(HttpStatusCode.Redirect, (await sales.ForceAsync($"/stars/customers/{id}", "/profile", ("starred", "true"))).StatusCode);
        var home = (await sales.PageAsync("/")).QuerySelector(".workbench-side")!.TextContent;
        Assert.Contains("Starred Inc", home, StringComparison.Ordinal);
        Assert.Contains("Gone Inc", home, StringComparison.Ordinal);
        Assert.Single((await sales.PageAsync("/customers?q=Starred")).QuerySelectorAll("tbody .star-button[data-set=true]"));
        Assert.Empty((await other.PageAsync("/customers")).QuerySelectorAll(".star-button[data-set=true]"));
        Assert.DoesNotContain("Starred Inc", (await other.PageAsync("/")).QuerySelector(".workbench-side")!.TextContent, StringComparison.Ordinal);

        await using (var scope = await _site.OpenScopeAsync())
            await scope.Content.DeleteAsync("customers", gone, null, CancellationToken.None);
        Assert.DoesNotContain("Gone Inc", (await sales.PageAsync("/")).QuerySelector(".workbench-side")!.TextContent, StringComparison.Ordinal);
        await sales.ForceAsync($"/stars/customers/{star}", "/profile", ("starred", "false"));
        Assert.Empty((await sales.PageAsync("/customers?q=Starred")).QuerySelectorAll(".star-button[data-set=true]"));

        foreach (var url in new[] { $"/stars/customers/{Guid.NewGuid()}", $"/stars/users/{await _site.IdOfUserAsync(TestSite.AdminName)}", $"/stars/moons/{star}" })
            Assert.Equal(HttpStatusCode.NotFound, (await sales.ForceAsync(url, "/profile", ("starred", "true"))).StatusCode);
    }

    [Fact]
    public async Task Notifications_AreEachUsersOwn_PagedAndRead()
    {
        using var sales = await _site.SignInAsNewAsync("told", "Sales");
        using var other = await _site.SignInAsNewAsync("untold", "Sales");
        var me = await _site.IdOfUserAsync("told");
        await using (var scope = await _site.OpenScopeAsync())
        {
            var center = scope.Services.GetRequiredService<Crm.Notifications.NotificationCenter>();
            for (var i = 0; i < 31; i++)
            {
                // The order is that of the milliseconds.
                await Task.Delay(2, CancellationToken.None);
                Assert.True(await center.NotifyAsync(me, $"test:{i}", new Message("“{0}” is due", $"Call {i:00}"), "/customers", CancellationToken.None));
            }
            Assert.False(await center.NotifyAsync(me, "test:7", new Message("“{0}” is due", "Again"), "/customers", CancellationToken.None));
        }
        var page = await sales.PageAsync("/notifications");
        Assert.EndsWith("31", page.QuerySelector(".bell-count")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(30, page.QuerySelectorAll(".notice").Length);
        // The newest is first.
        var oldest = Assert.Single((await sales.PageAsync(page.QuerySelector("a[rel=next]")!.GetAttribute("href")!)).QuerySelectorAll(".notice"));
        var texts = page.QuerySelectorAll(".notice").Append(oldest).Select(n => n.TextContent).ToList();
        Assert.All(Enumerable.Range(0, 31), i => Assert.Contains($"Call {30 - i:00}", texts[i], StringComparison.Ordinal));

        var open = page.QuerySelector(".notice form")!.GetAttribute("action")!;
        Assert.Equal(HttpStatusCode.NotFound, (await other.ForceAsync(open, "/profile")).StatusCode);
        Assert.Equal("/customers", (await sales.ForceAsync(open, "/profile")).Headers.Location!.OriginalString);
        Assert.EndsWith("30", (await sales.PageAsync("/profile")).QuerySelector(".bell-count")!.TextContent, StringComparison.Ordinal);
        await sales.ForceAsync("/notifications/read", "/profile");
        Assert.Null((await sales.PageAsync("/profile")).QuerySelector(".bell-count"));
    }

    [Fact]
    public async Task Profile_LanguageAndZone_AreChangedWithoutFurtherRights_AndNothingElseIs()
    {
        using var reader = await _site.SignInAsNewAsync("self", "Read-only");
        await reader.ForceAsync("/profile", "/profile", ("culture", "zh-CN"), ("timeZone", "Asia/Shanghai"), ("roles", "Administrator"), ("name", "Somebody"));
        Assert.Equal("zh-CN", (await reader.PageAsync("/profile")).DocumentElement.GetAttribute("lang"));
        await using var scope = await _site.OpenScopeAsync();
        var user = await scope.FindAsync("users", "userName", "self");
        Assert.Equal(("Asia/Shanghai", "Read-only", "self"), (user["timeZone"], user["roles"], user["name"]));

        var refused = await reader.ForceAsync("/profile", "/profile", ("culture", "xx"), ("timeZone", "Nowhere"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.NotNull(await refused.BannerAsync());
    }
}
