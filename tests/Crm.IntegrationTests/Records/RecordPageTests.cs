using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Records;

/// <summary>The record's page and form, as somebody without script uses them.</summary>
public sealed class RecordPageTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task RecordPage_LeadsThroughTheList_AndTakesChangesBack(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        using var sales = await site.SignInAsNewAsync("lina", "Sales");
        var acme = await CreateAsync(sales, "Acme", "10");
        await CreateAsync(sales, "Beta", "20");
        await CreateAsync(sales, "Gamma", "30");

        // The list that one came from: beside a record stand those of that list, in its order.
        var list = await sales.PageAsync("/customers?filter=employees%20gt%205&sort=-name");
        var second = await sales.PageAsync(list.QuerySelectorAll("[data-row-link]")[1].GetAttribute("href")!);
        Assert.Equal("Beta", second.QuerySelector("h1")!.TextContent);
        Assert.Contains("2 / 3", second.QuerySelector(".record-place")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Gamma", (await sales.PageAsync(Link(second, "prev"))).QuerySelector("h1")!.TextContent);
        var last = await sales.PageAsync(Link(second, "next"));
        Assert.Equal("Acme", last.QuerySelector("h1")!.TextContent);
        Assert.Null(last.QuerySelector("a[rel=next]"));
        Assert.Contains("sort=-name", last.QuerySelector(".crumb a")!.GetAttribute("href"), StringComparison.Ordinal);
        // A saved view's name leads back to it; on a board the records beside a card are those of its column.
        await sales.SubmitAsync("/customers/views/new?filter=employees%20gt%205&sort=-name", new() { ["name"] = "Large ones" });
        var view = (await sales.PageAsync("/customers")).QuerySelector("a.menu-item[href*='saved=']")!.GetAttribute("href")!;
        var crumb = (await sales.PageAsync((await sales.PageAsync(view)).QuerySelector("[data-row-link]")!.GetAttribute("href")!)).QuerySelector(".crumb a")!;
        Assert.EndsWith("Large ones", crumb.TextContent.Trim(), StringComparison.Ordinal);
        Assert.Equal(view, crumb.GetAttribute("href"));
        foreach (var (name, stage) in new[] { ("Ramp", "prospecting"), ("Door", "engaging"), ("Gate", "engaging") })
            Assert.Equal(HttpStatusCode.Redirect, (await sales.SubmitAsync("/opportunities/new", new() { ["name"] = name, ["stage"] = stage })).StatusCode);
        var card = await sales.PageAsync((await sales.PageAsync("/opportunities?view=board")).QuerySelectorAll(".board-title").Single(t => t.TextContent == "Door").GetAttribute("href")!);
        Assert.Contains("/ 2", card.QuerySelector(".record-place")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("view=board", card.QuerySelector(".crumb a")!.GetAttribute("href"), StringComparison.Ordinal);
        // In a group they are those of the group, in the list's order, and the way back leads to all of the groups.
        foreach (var (name, level) in new[] { ("Delta", "a"), ("Echo", "b"), ("Foxtrot", "a"), ("Golf", "b"), ("Hotel", "a") })
            Assert.Equal(HttpStatusCode.Redirect, (await sales.SubmitAsync("/customers/new", new() { ["name"] = name, ["level"] = level })).StatusCode);
        var grouped = (await sales.PageAsync("/customers?sort=-name&group=level")).QuerySelector("[data-group=a]")!;
        var inGroup = await sales.PageAsync(grouped.QuerySelector("[data-row-link][title=Foxtrot]")!.GetAttribute("href")!);
        Assert.Contains("2 / 3", inGroup.QuerySelector(".record-place")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("/customers?sort=-name&group=level", inGroup.QuerySelector(".crumb a")!.GetAttribute("href"));
        Assert.Equal("Hotel", (await sales.PageAsync(Link(inGroup, "prev"))).QuerySelector("h1")!.TextContent);
        var endOfGroup = await sales.PageAsync(Link(inGroup, "next"));
        Assert.Equal("Delta", endOfGroup.QuerySelector("h1")!.TextContent);
        Assert.Null(endOfGroup.QuerySelector("a[rel=next]"));
        // An address that means nothing any more is no list, and no error.
        Assert.Null((await sales.PageAsync($"{acme}?list=filter%3Dgone%20eq%201")).QuerySelector(".record-place"));

        await sales.SubmitAsync($"{acme}/edit", new() { ["employees"] = "11", ["phone"] = "+1 206 555 0100" });
        await sales.SubmitAsync($"{acme}/edit", new() { ["employees"] = "12" });
        // One field's value of the change before the last.
        var page = await sales.PageAsync($"{acme}?list=all");
        var old = page.QuerySelectorAll("button[form=restore-value][value$='/employees']").Select(b => b.GetAttribute("value")!).ToList();
        Assert.Equal(["3/employees", "2/employees"], old);
        // What is done on the page keeps one's place in the list.
        var restored = await RestoreAsync(sales, page, old[1]);
        Assert.Equal((HttpStatusCode.Redirect, $"{acme}?list=all"), (restored.StatusCode, restored.Headers.Location!.OriginalString));
        Assert.Equal("10", Field(await sales.PageAsync($"{acme}/edit"), "employees"));
        // What one has just done, all of it; a second time, from a page that is no longer right, is refused with the reason.
        page = await sales.PageAsync(acme);
        await RestoreAsync(sales, page, "4/");
        Assert.Equal("12", Field(await sales.PageAsync($"{acme}/edit"), "employees"));
        await RestoreAsync(sales, page, "4/");
        Assert.Contains("Somebody changed this record", (await sales.PageAsync(acme)).QuerySelector(".snack")!.TextContent, StringComparison.Ordinal);

        using var reader = await site.SignInAsNewAsync("zhao", "Read-only");
        Assert.Empty((await reader.PageAsync(acme)).QuerySelectorAll("[form=restore-value]"));
        // Whoever follows it is told what others do, and only that.
        await reader.SubmitAsync(acme, [], "form[action^='/follow/']");
        await sales.SubmitAsync(acme, [], "form[action^='/follow/']");
        await sales.SubmitAsync($"{acme}/edit", new() { ["employees"] = "99" });
        Assert.Contains("Employees", (await reader.PageAsync("/")).QuerySelector(".workbench-main")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Employees", (await sales.PageAsync("/")).QuerySelector(".workbench-main")!.TextContent, StringComparison.Ordinal);
        await Eventually.HoldsAsync(async () => (await reader.PageAsync("/notifications")).Body!.TextContent.Contains("“Acme”: one field was changed", StringComparison.Ordinal));
        Assert.DoesNotContain("one field was changed", (await sales.PageAsync("/notifications")).Body!.TextContent, StringComparison.Ordinal);
        var noted = await sales.SubmitAsync($"{acme}?list=all", new() { ["text"] = "Talked about the ramp" }, "form.composer");
        Assert.Equal((HttpStatusCode.Redirect, $"{acme}?list=all"), (noted.StatusCode, noted.Headers.Location!.OriginalString));
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Save_MeanwhileChangedByAnother_MergesOrAsksFieldByField(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        using var mine = await site.SignInAsync();
        using var other = await site.SignInAsync();
        var url = await CreateAsync(mine, "Acme", "10");

        // Nobody is asked about fields that only one has changed.
        var form = Form(await mine.PageAsync($"{url}/edit"));
        await other.SubmitAsync($"{url}/edit", new() { ["employees"] = "11" });
        Assert.Equal(HttpStatusCode.Redirect, (await mine.SubmitAsync(form, new() { ["website"] = "https://acme.example.com" })).StatusCode);
        var page = await mine.PageAsync(url);
        Assert.Contains("had changed Employees meanwhile", page.QuerySelector(".snack")!.TextContent, StringComparison.Ordinal);
        var edit = await mine.PageAsync($"{url}/edit");
        Assert.Equal(("11", "https://acme.example.com"), (Field(edit, "employees"), Field(edit, "website")));

        // Also not when the form was open for long: of what was changed first, too, nothing is taken back.
        form = Form(edit);
        await other.SubmitAsync($"{url}/edit", new() { ["phone"] = "+86 138 0013 8001" });
        await using (var scope = await site.OpenScopeAsync())
            await scope.Session.TransactAsync(async () =>
            {
                for (var employees = 250; employees >= 11; employees--)
                    Assert.True((await scope.SaveAsync("customers", Guid.Parse(url.Split('/')[^1]), null, ("employees", $"{employees}"))).Succeeded);
            }, CancellationToken.None);
        Assert.Equal(HttpStatusCode.Redirect, (await mine.SubmitAsync(form, new() { ["website"] = "" })).StatusCode);
        edit = await mine.PageAsync($"{url}/edit");
        Assert.Equal(("11", "", "+86 138 0013 8001"), (Field(edit, "employees"), Field(edit, "website"), Field(edit, "phone")));

        // Both have changed it: original, theirs and mine, and a choice for each.
        form = Form(edit);
        await other.SubmitAsync($"{url}/edit", new() { ["name"] = "Acme Theirs", ["employees"] = "12" });
        var answer = await mine.SubmitAsync(form, new() { ["name"] = "Acme Mine", ["employees"] = "13" });
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var conflict = await TestBrowser.ParseAsync(await answer.Content.ReadAsStringAsync());
        Assert.Equal(["Acme", "Acme Theirs", "11", "12"], conflict.QuerySelectorAll(".conflict-field").SelectMany(f => f.QuerySelectorAll(".conflict-text").Take(2)).Select(t => t.TextContent.Trim()));
        Assert.Equal(("Acme Mine", "13"), (Field(conflict, "name"), Field(conflict, "employees")));
        var refused = await mine.SubmitAsync(Form(conflict), new() { ["keep-employees"] = "theirs", ["website"] = "javascript:alert(1)" });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var again = Form(await TestBrowser.ParseAsync(await refused.Content.ReadAsStringAsync()));
        // Once a save of mine succeeds, in whatever window, what was given up is offered; and once only.
        var saved = await other.SubmitAsync($"{url}/edit", new() { ["phone"] = "+86 138 0013 8000" });
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        var last = await mine.SubmitAsync(again, new() { ["website"] = "" });
        Assert.Equal((HttpStatusCode.Redirect, url), (last.StatusCode, last.Headers.Location!.OriginalString));
        edit = await mine.PageAsync($"{url}/edit");
        Assert.Equal(("Acme Mine", "12"), (Field(edit, "name"), Field(edit, "employees")));
        // What was not kept of mine is offered to me alone, until I have said that I do not need it.
        var offered = saved.Headers.Location!.OriginalString;
        Assert.Contains("13", (await mine.PageAsync(offered)).QuerySelector(".unkept-words")!.TextContent, StringComparison.Ordinal);
        using (var colleague = await site.SignInAsNewAsync("mei", "Sales"))
            Assert.Null((await colleague.PageAsync(offered)).QuerySelector(".unkept"));
        await mine.SubmitAsync(offered, [], ".unkept form");
        Assert.Null((await mine.PageAsync(offered)).QuerySelector(".unkept"));
        // What was not kept of theirs stands in the history.
        Assert.Contains("Acme Theirs", (await mine.PageAsync(url)).QuerySelector(".history")!.TextContent, StringComparison.Ordinal);
    }

    private static string Link(IHtmlDocument page, string rel) => page.QuerySelector($"a[rel={rel}]")!.GetAttribute("href")!;

    private static IHtmlFormElement Form(IHtmlDocument page) => page.QuerySelector<IHtmlFormElement>("form[data-guard]")!;

    private static string? Field(IHtmlDocument page, string name) => page.QuerySelector($"[name={name}]")!.GetAttribute("value");

    private static Task<HttpResponseMessage> RestoreAsync(TestBrowser browser, IHtmlDocument page, string value)
        => browser.SubmitAsync(page.QuerySelector<IHtmlFormElement>("#restore-value")!, new() { ["value"] = value });

    private static async Task<string> CreateAsync(TestBrowser browser, string name, string employees)
    {
        var response = await browser.SubmitAsync("/customers/new", new() { ["name"] = name, ["employees"] = employees });
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, await response.Content.ReadAsStringAsync());
        return response.Headers.Location!.OriginalString;
    }
}
