using System.Net;
using AngleSharp.Dom;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Help;

public sealed class HelpPageTests
{
    [Fact]
    public async Task Help_ForTheModulesThatAreOn_OpensFromEveryPageInTheReadersLanguage()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        using var stranger = site.Open();
        Assert.StartsWith("/login", (await stranger.GetAsync("/help")).Headers.Location!.ToString(), StringComparison.Ordinal);
        using var reader = await site.SignInAsNewAsync("reader", "Read-only");
        var contents = await reader.PageAsync("/help");
        var chapters = contents.QuerySelectorAll(".help-contents a").Select(a => a.GetAttribute("href")!).ToList();
        Assert.Contains("/help/search", chapters);
        Assert.Equal("/help/questions", chapters[^1]);
        foreach (var chapter in chapters)
        {
            var page = await reader.PageAsync(chapter);
            var places = page.QuerySelectorAll("[id]").Select(e => "#" + e.Id).ToHashSet();
            Assert.All(page.QuerySelectorAll(".help-nav a[href^='#']"), link => Assert.Contains(link.GetAttribute("href")!, places));
        }
        Assert.Equal(HttpStatusCode.NotFound, (await reader.GetAsync("/help/no-such-chapter")).StatusCode);

        // The question mark leads to the chapter about the page.
        Assert.Equal("/help/search", (await reader.PageAsync("/search?q=x")).QuerySelector("[data-help-link]")!.GetAttribute("href"));
        Assert.Equal("/help/questions", (await reader.PageAsync("/profile/password")).QuerySelector("[data-help-link]")!.GetAttribute("href"));
        Assert.StartsWith("/help", (await reader.PageAsync("/customers")).QuerySelector("[data-help-link]")!.GetAttribute("href"), StringComparison.Ordinal);

        Assert.Contains("/help/questions#part-1", (await reader.PageAsync("/help?q=password+locked")).QuerySelectorAll(".help-found a").Select(a => a.GetAttribute("href")));
        using var chinese = new TestBrowser(site.Address, "zh-CN");
        await chinese.SignInAsync("reader", TestSite.AdminPassword);
        Assert.Equal("常见问题", (await chinese.PageAsync("/help/questions")).QuerySelector("h1")!.TextContent);
        Assert.Contains("/help/questions#part-1", (await chinese.PageAsync("/help?q=" + Uri.EscapeDataString("锁定"))).QuerySelectorAll(".help-found a").Select(a => a.GetAttribute("href")));

        // The chapter of a module that is off is not there.
        await site.Host.Sites.DisableAsync(["Crm.Search"], CancellationToken.None);
        Assert.Equal(HttpStatusCode.NotFound, (await reader.GetAsync("/help/search")).StatusCode);
    }
}
