using System.Net;
using System.Text.Json.Nodes;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Lists;

public sealed class SavedViewTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task View_PrivateThenShared_IsSeenByThoseWhoAreMeantTo(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        await using (var scope = await site.OpenScopeAsync())
        {
            foreach (var (name, level, employees) in new[] { ("Alpha", "a", "10"), ("Beta", "a", "20"), ("Gamma", "b", "5"), ("Delta", "", "1") })
                await scope.CreateAsync("customers", ("name", name), ("level", level), ("employees", employees));
            await scope.CreateAsync("opportunities", ("name", "Cold rooms"), ("customer", (await scope.FindAsync("customers", "name", "Alpha")).Id.ToString("D")));
        }
        using var lina = await site.SignInAsNewAsync("lina", "Sales");
        using var other = await site.SignInAsNewAsync("other", "Sales");
        using var reader = await site.SignInAsNewAsync("reader", "Read-only");

        // Made from what the list shows, and then nobody else's.
        var saved = await lina.SubmitAsync("/customers/views/new?filter=level%20eq%20'a'&columns=level,employees&sort=-employees,name", new() { ["name"] = "Big ones" });
        var url = saved.Headers.Location!.OriginalString;
        var id = url.Split("saved=")[1];
        var page = await lina.PageAsync(url);
        Assert.Equal(["Beta", "Alpha"], page.QuerySelectorAll("[data-row-link]").Select(a => a.TextContent));
        Assert.Equal(["name", "level", "employees"], page.QuerySelectorAll("th[data-col]").Select(h => h.GetAttribute("data-col")));
        Assert.Equal(["1", "2"], page.QuerySelectorAll(".sort-place").Select(s => s.TextContent).Order());
        Assert.Empty(page.QuerySelectorAll(".view-changes"));
        foreach (var address in new[] { url, $"/customers/views/{id}/edit", $"/contacts?saved={id}" })
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(address)).StatusCode);
        Assert.DoesNotContain("Big ones", (await other.PageAsync("/customers")).Body!.TextContent, StringComparison.Ordinal);

        // Shared: everybody sees it; those who may not share do not change it.
        await lina.SubmitAsync($"/customers/views/{id}/edit", new() { ["visibility"] = "everybody", ["name"] = "Big ones" });
        Assert.Contains("Big ones", (await reader.PageAsync("/customers")).QuerySelector("#view-menu")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(2, (await reader.PageAsync(url)).QuerySelectorAll("[data-row]").Length);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync($"/customers/views/{id}/edit")).StatusCode);

        // A team's: its members see it, and nobody else any more.
        await using (var scope = await site.OpenScopeAsync())
        {
            var north = await scope.CreateAsync("teams", ("name", "North"));
            foreach (var member in new[] { "lina", "reader" })
                Assert.True((await scope.SaveAsync("users", await site.IdOfUserAsync(member), null, ("teams", "North"))).Succeeded);
            Assert.Equal(HttpStatusCode.Redirect, (await lina.SubmitAsync($"/customers/views/{id}/edit", new() { ["visibility"] = north.ToString("D"), ["name"] = "Big ones" })).StatusCode);
        }
        Assert.Equal(2, (await reader.PageAsync(url)).QuerySelectorAll("[data-row]").Length);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync($"/customers/views/{id}/edit")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(url)).StatusCode);
        Assert.DoesNotContain("Big ones", (await other.PageAsync("/customers")).Body!.TextContent, StringComparison.Ordinal);
        await lina.SubmitAsync($"/customers/views/{id}/edit", new() { ["visibility"] = "everybody", ["name"] = "Big ones" });

        // Widths and density are each person's own; a width stays within bounds, and 0 is the usual one again.
        var usual = await ColumnAsync(lina);
        foreach (var (width, css) in new[] { ("9", "w9"), ("99", "w40"), ("1", "w4"), ("0", usual) })
        {
            Assert.Equal(HttpStatusCode.Redirect, (await lina.ForceAsync("/customers/taste", "/customers", ("column", "level"), ("width", width), ("density", "compact"))).StatusCode);
            Assert.Equal(css, await ColumnAsync(lina));
        }
        await lina.ForceAsync("/customers/taste", "/customers", ("column", "level"), ("width", "7"));
        Assert.Equal(("w7", "compact"), (await ColumnAsync(lina), (await lina.PageAsync("/customers")).QuerySelector("[data-list]")!.GetAttribute("data-density")));
        Assert.Equal((usual, "comfortable"), (await ColumnAsync(other), (await other.PageAsync("/customers")).QuerySelector("[data-list]")!.GetAttribute("data-density")));

        // The first sort that one chooses takes the place of the type's own, the next is added to it.
        foreach (var (list, offer) in new[] { ("/customers", "/customers?sort=employees"), ("/customers?sort=employees", "/customers?sort=employees,level") })
            Assert.Contains(offer, (await lina.PageAsync(list)).QuerySelectorAll("#sort-menu a[data-offer]").Select(a => Uri.UnescapeDataString(a.GetAttribute("href")!)));

        // So it is with a tab's own order; with Shift on a head, one's first key is added to an order that a head shows, to no other.
        var tab = (await lina.PageAsync("/opportunities")).QuerySelectorAll(".tabs a").Single(a => a.TextContent == "Without next step").GetAttribute("href")!;
        Assert.EndsWith("sort=closeDate", tab, StringComparison.Ordinal);
        foreach (var (list, offered, added) in new[] { ("/opportunities", "amount", "amount"), (tab, "amount", "closeDate,amount"), (tab.Replace("closeDate", "-amount", StringComparison.Ordinal), "-amount,closeDate", "amount") })
        {
            var sorted = await lina.PageAsync(list);
            Assert.Contains(offered, sorted.QuerySelectorAll("#sort-menu a[data-offer]").Select(a => SortOf(a.GetAttribute("href")!)));
            Assert.Equal(added, SortOf(sorted.QuerySelector("th[data-col=amount] a")!.GetAttribute("data-sort-add")!));
        }

        // Changed: it can be kept or thrown away; begun with: the plain address leads to it, and another still to the list.
        page = await lina.PageAsync($"{url}&changed=1&filter=level%20eq%20'b'&columns=level,employees&sort=-employees,name");
        Assert.Equal(3, page.QuerySelector(".view-changes")!.Children.Length);
        await lina.SubmitAsync((AngleSharp.Html.Dom.IHtmlFormElement)page.QuerySelector(".view-changes form")!, []);
        Assert.Equal("Gamma", (await other.PageAsync(url)).QuerySelector("[data-row-link]")!.TextContent);
        await lina.SubmitAsync(url, [], "#view-menu form");
        Assert.Equal(url, (await lina.GetAsync("/customers")).Headers.Location!.OriginalString);
        Assert.Equal(4, (await lina.PageAsync("/customers?view=list")).QuerySelectorAll("[data-row]").Length);

        // A field that is gone is left out, with a word.
        await using (var scope = await site.OpenScopeAsync())
            Assert.Null(await scope.Definitions.SaveFieldAsync("customers", "employees", new JsonObject { ["hidden"] = true }, CancellationToken.None));
        page = await lina.PageAsync(url);
        Assert.Contains("employees", page.QuerySelector(".banner")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Gamma", Assert.Single(page.QuerySelectorAll("[data-row-link]")).TextContent);
    }

    private static string SortOf(string address) => Uri.UnescapeDataString(address.Split("sort=")[1]);

    private static async Task<string?> ColumnAsync(TestBrowser browser) => (await browser.PageAsync("/customers")).QuerySelector("col[data-col=level]")!.ClassName;

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Groups_ByOption_HaveCountsSumsAndFirstRowsThatAddUp(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        await using (var scope = await site.OpenScopeAsync())
        {
            for (var i = 0; i < 12; i++)
                await scope.CreateAsync("customers", ("name", $"Customer {i:00}"), ("level", i < 10 ? "b" : i == 10 ? "a" : ""), ("employees", "10"), ("annualRevenue", "100"));
            var parent = await scope.CreateAsync("customers", ("name", "Parent"), ("industry", "retail"), ("level", "a"));
            await scope.CreateAsync("customers", ("name", "Child"), ("parent", parent.ToString()), ("level", "a"));
        }
        using var admin = await site.SignInAsync();
        var page = await admin.PageAsync("/customers?group=level&columns=level,employees,annualRevenue");
        var groups = page.QuerySelectorAll("[data-group]");
        Assert.Equal([("a", "3"), ("b", "10"), ("", "1")], groups.Select(g => (g.GetAttribute("data-group")!, g.QuerySelector(".group-count")!.TextContent)));
        Assert.Equal([3, 8, 1], groups.Select(g => g.QuerySelectorAll("[data-row]").Length));
        Assert.Contains("100", groups[1].QuerySelector(".group-sum")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("1,000", groups[1].QuerySelectorAll(".group-sum")[1].TextContent, StringComparison.Ordinal);
        // The whole group is a list of its own, with just as many.
        var all = await admin.PageAsync(groups[1].QuerySelector(".group-more a")!.GetAttribute("href")!);
        Assert.Equal(10, all.QuerySelectorAll("[data-row]").Length);
        var months = (await admin.PageAsync("/customers?group=createdAt")).QuerySelectorAll("[data-group]");
        Assert.Equal("14", Assert.Single(months).QuerySelector(".group-count")!.TextContent);
        Assert.Contains("Retail", (await admin.PageAsync("/customers?columns=parent.industry&filter=parent/industry%20eq%20'retail'")).QuerySelector("td[data-col='parent.industry']")!.TextContent, StringComparison.Ordinal);
    }
}
