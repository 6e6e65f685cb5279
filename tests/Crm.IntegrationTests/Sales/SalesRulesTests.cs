using System.Net;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Queries;

namespace Crm.IntegrationTests.Sales;

/// <summary>From an opportunity to a deal and back, as a salesperson without script does it.</summary>
public sealed class SalesRulesTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Convert_MakesOneDeal_AndASecondTimeIsRefused(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        using var sales = await site.SignInAsNewAsync("lina", "Sales");
        var url = await CreateAsync(sales, new() { ["name"] = "Forklifts", ["amount"] = "1200", ["engageDate"] = "2026-03-01" });

        // Closed before it began, and for less than nothing.
        var wrong = await sales.SubmitAsync($"{url}/convert", new() { ["amount"] = "-5", ["closeDate"] = "2026-02-01" });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        var page = await TestBrowser.ParseAsync(await wrong.Content.ReadAsStringAsync());
        Assert.Contains("cannot be negative", page.QuerySelector("#field-amount-error")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("must not be before", page.QuerySelector("#field-closeDate-error")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("-5", page.QuerySelector("#field-amount")!.GetAttribute("value"));
        var without = await sales.SubmitAsync($"{url}/convert", new() { ["amount"] = "" });
        Assert.Contains("Give the amount", await without.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var early = await sales.SubmitAsync($"{url}/convert", new() { ["amount"] = "1100.50", ["closeDate"] = "2099-01-01" });
        Assert.Contains("cannot lie in the future", await early.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(site, "deals"));

        var open = await sales.PageAsync($"{url}/convert");
        var form = open.Forms.Single(f => f.Action.EndsWith("/convert", StringComparison.Ordinal));
        var won = await sales.SubmitAsync(form, new() { ["amount"] = "1100.50", ["closeDate"] = "2026-03-20", ["contractNumber"] = "C-7" }, $"{url}/convert");
        Assert.Equal(HttpStatusCode.Redirect, won.StatusCode);
        Assert.StartsWith("/deals/", won.Headers.Location!.OriginalString, StringComparison.Ordinal);
        // The same form once more, from another tab.
        var again = await sales.SubmitAsync(form, new() { ["amount"] = "1100.50" }, $"{url}/convert");
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains("cannot be converted twice", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await using var scope = await site.OpenScopeAsync();
        var deal = await scope.FindAsync("deals", "contractNumber", "C-7");
        var opportunity = await scope.FindAsync("opportunities", "name", "Forklifts");
        Assert.Equal(("Forklifts", new Money(1100.50m, "USD"), new DateOnly(2026, 3, 20), opportunity.Owner, opportunity.Id),
            (deal.DisplayText, deal.Get<Money>("amount"), deal.Get<DateOnly>("dealDate"), deal.Owner, deal.Get<Guid>("opportunity")));
        Assert.Equal(("won", 100m, new DateOnly(2026, 3, 20)), (opportunity.Get<string>("stage"), opportunity.Get<decimal>("probability"), opportunity.Get<DateOnly>("closeDate")));
        Assert.Equal(1, await CountAsync(site, "deals"));
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Reopen_SaysWhatBecomesOfTheDeal_AndTakesItAway(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        using var sales = await site.SignInAsNewAsync("lina", "Sales");
        var url = await CreateAsync(sales, new() { ["name"] = "Cranes", ["stage"] = "won", ["amount"] = "900" });
        Assert.Equal(1, await CountAsync(site, "deals"));

        // Neither form nor list takes a deal away by the way.
        var edit = await sales.SubmitAsync($"{url}/edit", new() { ["stage"] = "proposal" });
        Assert.Contains("Use “Reopen”", await edit.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // Nor does deleting it leave a won opportunity without.
        await using (var scope = await site.OpenScopeAsync())
        {
            var refused = await scope.Content.DeleteAsync("deals", (await scope.FindAsync("deals", "name", "Cranes")).Id, null, CancellationToken.None);
            Assert.Equal(SaveStatus.Invalid, refused.Status);
        }
        // What is corrected in the opportunity is corrected in its deal.
        Assert.Equal(HttpStatusCode.Redirect, (await sales.SubmitAsync($"{url}/edit", new() { ["amount"] = "950" })).StatusCode);

        var page = await sales.PageAsync($"{url}/reopen");
        Assert.Contains("$950", page.QuerySelector(".banner")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await sales.SubmitAsync($"{url}/reopen", new() { ["stage"] = "proposal" })).StatusCode);
        Assert.Equal(0, await CountAsync(site, "deals"));
        await using var deleted = await site.OpenScopeAsync();
        var first = (await deleted.Queries.ListAsync(new Query("deals") { Bin = RecycleBin.Only }, CancellationToken.None)).Items.Single().Id;
        Assert.Contains("is not won", Assert.Single((await deleted.Content.RestoreAsync("deals", first, CancellationToken.None)).Errors).Message.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await sales.SubmitAsync($"{url}/convert", new() { ["amount"] = "970" })).StatusCode);
        Assert.Equal(1, await CountAsync(site, "deals"));

        // The first deal does not come back beside the second, by whatever door.
        using var admin = await site.SignInAsync();
        Assert.Equal(HttpStatusCode.Redirect, (await admin.SubmitAsync("/deals/recycle-bin", [], $"form[action='/deals/{first}/restore']")).StatusCode);
        Assert.Contains("is a deal already", (await admin.PageAsync("/deals/recycle-bin")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync(site, "deals"));
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Target_Restored_BesideAnotherOfThePersonAndMonth_IsRefused(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        await using var scope = await site.OpenScopeAsync();
        var first = await scope.CreateAsync("targets", ("person", TestSite.AdminName), ("month", "2026-05-01"), ("amount", "1000"));
        await scope.Content.DeleteAsync("targets", first, null, CancellationToken.None);
        var second = await scope.CreateAsync("targets", ("person", TestSite.AdminName), ("month", "2026-05-17"), ("amount", "2000"));
        Assert.Contains("has a target for that month already", Assert.Single((await scope.Content.RestoreAsync("targets", first, CancellationToken.None)).Errors).Message.ToString(), StringComparison.Ordinal);
        await scope.Content.DeleteAsync("targets", second, null, CancellationToken.None);
        // At once: one of them comes back.
        var results = await Task.WhenAll(new[] { first, second }.Select(async id =>
        {
            await using var own = await site.OpenScopeAsync();
            return await own.Content.RestoreAsync("targets", id, CancellationToken.None);
        }));
        Assert.Single(results, r => r.Succeeded);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Deal_Corrected_CorrectsItsOpportunityToo_OrNeither(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        using var manager = await site.SignInAsNewAsync("chen", "Manager");
        using var sales = await site.SignInAsNewAsync("lina", "Sales");
        await CreateAsync(sales, new() { ["name"] = "Winches", ["stage"] = "won", ["amount"] = "800", ["engageDate"] = "2026-03-01", ["closeDate"] = "2026-03-20" });
        var (opportunity, deal) = await SaleAsync();
        var edit = $"/deals/{deal.Id}/edit";

        Assert.Equal(HttpStatusCode.Redirect, (await sales.SubmitAsync(edit, new() { ["name"] = "Winches, large", ["amount"] = "750", ["dealDate"] = "2026-03-25", ["contractNumber"] = "W-1" })).StatusCode);
        (opportunity, _) = await SaleAsync();
        Assert.Equal(("Winches, large", new Money(750, "USD"), new DateOnly(2026, 3, 25), "W-1"),
            (opportunity.DisplayText, opportunity.Get<Money>("amount"), opportunity.Get<DateOnly>("closeDate"), opportunity.Get<string>("contractNumber")));

        // What the opportunity cannot take over, the deal does not take either, and says so beside the field.
        var before = await SiteState.ReadAsync(site);
        var refused = await sales.SubmitAsync(edit, new() { ["amount"] = "700", ["dealDate"] = "2026-02-01" });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("must not be before", (await TestBrowser.ParseAsync(await refused.Content.ReadAsStringAsync())).QuerySelector("#field-dealDate-error")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(before, await SiteState.ReadAsync(site));

        var chen = await Id(site, "chen");
        Assert.Equal(HttpStatusCode.Redirect, (await manager.SubmitAsync(edit, new() { ["owner"] = chen.ToString() })).StatusCode);
        (opportunity, _) = await SaleAsync();
        Assert.Equal(chen, opportunity.Owner);

        // Corrected on both sides at the same moment: one of the two is later, in both records.
        for (var round = 1; round <= 3; round++)
        {
            var results = await Task.WhenAll(CorrectAsync("deals", deal.Id, $"{round}10"), CorrectAsync("opportunities", opportunity.Id, $"{round}20"));
            Assert.All(results, r => Assert.True(r.Succeeded, string.Join("; ", r.Errors.Select(e => e.Message))));
            var (one, other) = await SaleAsync();
            Assert.Equal(one.Get<Money>("amount"), other.Get<Money>("amount"));
        }

        async Task<(ContentItem Opportunity, ContentItem Deal)> SaleAsync()
        {
            await using var scope = await site.OpenScopeAsync();
            var found = (await scope.Queries.ListAsync(new Query("deals"), CancellationToken.None)).Items.Single();
            return ((await scope.Queries.GetAsync("opportunities", found.Get<Guid>("opportunity"), CancellationToken.None))!, found);
        }

        async Task<SaveResult> CorrectAsync(string type, Guid id, string amount)
        {
            await using var scope = await site.OpenScopeAsync();
            return await scope.SaveAsync(type, id, null, ("amount", amount));
        }
    }

    [Fact]
    public async Task Lose_AsksForTheReason_AndKeepsTheStage()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        using var sales = await site.SignInAsNewAsync("lina", "Sales");
        var url = await CreateAsync(sales, new() { ["name"] = "Ladders", ["stage"] = "proposal" });
        var without = await sales.SubmitAsync($"{url}/lose", []);
        Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);
        Assert.Contains("Give the reason", (await TestBrowser.ParseAsync(await without.Content.ReadAsStringAsync())).QuerySelector("#field-lostReason-error")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await sales.SubmitAsync($"{url}/lose", new() { ["lostReason"] = "price" })).StatusCode);
        await using var scope = await site.OpenScopeAsync();
        var lost = await scope.FindAsync("opportunities", "name", "Ladders");
        Assert.Equal(("lost", "price", "proposal", 0m), (lost.Get<string>("stage"), lost.Get<string>("lostReason"), lost.Get<string>("lostStage"), lost.Get<decimal>("probability")));
        Assert.Equal(0, await CountAsync(site, "deals"));
        var funnel = await sales.PageAsync("/opportunities/funnel");
        // It came as far as the third stage, and not to the fourth.
        Assert.Equal(["1", "1", "1", "0"], funnel.QuerySelectorAll("tbody tr").Take(4).Select(r => r.QuerySelectorAll("td")[1].TextContent.Trim()));
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Board_MovesWithTheVersionItShowed_AndSaysWhyNot(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        using var sales = await site.SignInAsNewAsync("lina", "Sales");
        await CreateAsync(sales, new() { ["name"] = "Pallets", ["amount"] = "400" });
        await CreateAsync(sales, new() { ["name"] = "Crates", ["amount"] = "300", ["amountCurrency"] = "EUR", ["probability"] = "50" });
        var board = await sales.PageAsync("/opportunities?view=board");
        var head = board.QuerySelector("[data-board-head=prospecting]")!.TextContent;
        // Dollars and euros are not added up; ten per cent of the one, half of the other.
        Assert.Contains("$400 + €300", head, StringComparison.Ordinal);
        Assert.Contains("$40 + €150 weighted", head, StringComparison.Ordinal);

        var form = (IHtmlFormElement)board.QuerySelector("form[data-board-move]")!;
        var moved = await sales.SubmitAsync(form, new() { ["option"] = "proposal" });
        Assert.Equal("/opportunities?view=board", moved.Headers.Location!.OriginalString);
        board = await sales.PageAsync("/opportunities?view=board");
        Assert.Single(board.QuerySelectorAll("[data-board-cards=proposal] [data-card]"));
        Assert.NotNull(board.QuerySelector(".snack form[action*='option=prospecting']"));
        // From a board that somebody else's move has made old.
        await sales.SubmitAsync(form, new() { ["option"] = "engaging" });
        board = await sales.PageAsync("/opportunities?view=board");
        Assert.Contains("Somebody changed this record", board.QuerySelector(".snack[data-tone=bad]")!.TextContent, StringComparison.Ordinal);
        Assert.Single(board.QuerySelectorAll("[data-board-cards=proposal] [data-card]"));
        // Winning asks what it needs.
        var door = await sales.SubmitAsync(form, new() { ["option"] = "won" });
        Assert.EndsWith("/convert", door.Headers.Location!.OriginalString, StringComparison.Ordinal);

        using var reader = await site.SignInAsNewAsync("reader", "Read-only");
        Assert.Empty((await reader.PageAsync("/opportunities?view=board")).QuerySelectorAll("form[data-board-move], [data-fixed=false]"));
    }

    [Fact]
    public async Task Home_OfASalesperson_ShowsOnesOwn_OfAManagerAll()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        using var manager = await site.SignInAsNewAsync("chen", "Manager");
        using var sales = await site.SignInAsNewAsync("lina", "Sales");
        using var other = await site.SignInAsNewAsync("sunwei", "Sales");
        await using var scope = await site.OpenScopeAsync();
        var customer = (await scope.CreateAsync("customers", ("name", "Harbor"))).ToString();
        await CreateAsync(sales, new() { ["name"] = "Ropes", ["stage"] = "proposal", ["amount"] = "750", ["customer"] = customer });
        await CreateAsync(other, new() { ["name"] = "Chains", ["stage"] = "won", ["amount"] = "20", ["customer"] = customer });
        await CreateAsync(other, new() { ["name"] = "Nets", ["stage"] = "lost", ["amount"] = "1000", ["customer"] = customer, ["lostReason"] = "price" });
        await CreateAsync(other, new() { ["name"] = "Hooks", ["stage"] = "engaging", ["amount"] = "5" });
        Assert.Equal(["My open pipeline $750", "Won this month $0"], await FiguresAsync(sales));
        Assert.Equal(["My open pipeline $5", "Won this month $20"], await FiguresAsync(other));
        Assert.Equal(["Open pipeline $755", "Won this month $20"], await FiguresAsync(manager));

        // What was lost is worth nothing, and each number leads to what it counts.
        var page = await manager.PageAsync($"/customers/{customer}");
        var sums = page.QuerySelectorAll(".related-sums a[href^='/opportunities']").Select(a => (a.TextContent, Url: a.GetAttribute("href")!)).ToList();
        Assert.Equal(["Open pipeline $750", "Won $20"], sums.Select(s => s.TextContent));
        foreach (var (sum, name) in sums.Zip(["Ropes", "Chains"]))
            Assert.Equal(name, Assert.Single((await manager.PageAsync(sum.Url)).QuerySelectorAll("[data-row-link]")).TextContent.Trim());
        Assert.Equal(3, (await manager.PageAsync(page.QuerySelector("a.section-count[href^='/opportunities']")!.GetAttribute("href")!)).QuerySelectorAll("[data-row]").Length);

        static async Task<IEnumerable<string>> FiguresAsync(TestBrowser browser)
            => (await browser.PageAsync("/")).QuerySelectorAll(".figure-card[href^='/opportunities'], .figure-card[href^='/deals']")
                .Select(c => $"{c.QuerySelector(".figure-label")!.TextContent} {c.QuerySelector(".figure-value")!.TextContent.Trim()}");
    }

    [Fact]
    public async Task Targets_ShowWhatWasSoldAgainstThem_AndNamePeopleOnce()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        using var manager = await site.SignInAsNewAsync("chen", "Manager");
        using var sales = await site.SignInAsNewAsync("lina", "Sales");
        await CreateAsync(sales, new() { ["name"] = "Ropes", ["stage"] = "won", ["amount"] = "750", ["closeDate"] = "2026-03-09" });
        await CreateAsync(sales, new() { ["name"] = "Chains", ["stage"] = "won", ["amount"] = "20", ["amountCurrency"] = "EUR", ["closeDate"] = "2026-03-31" });
        await CreateAsync(sales, new() { ["name"] = "Hooks", ["stage"] = "won", ["amount"] = "5", ["closeDate"] = "2026-04-01" });
        var target = new Dictionary<string, string> { ["person"] = (await Id(site, "lina")).ToString(), ["month"] = "2026-03", ["amount"] = "1000" };
        Assert.Equal(HttpStatusCode.Redirect, (await manager.SubmitAsync("/targets/new", target)).StatusCode);
        Assert.Contains("has a target for that month already", await (await manager.SubmitAsync("/targets/new", target)).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Whatever day it is, this month began within the last thirty.
        Assert.Equal(HttpStatusCode.Redirect, (await manager.SubmitAsync("/targets/new", new() { ["person"] = target["person"], ["month"] = "@month", ["amount"] = "1" })).StatusCode);
        Assert.Single((await manager.PageAsync("/targets?filter=month ge @today-30 and month lt @today%2B1")).QuerySelectorAll("[data-row]"));
        Assert.Empty((await manager.PageAsync("/targets?filter=month ge @today-30 and month lt @today-30")).QuerySelectorAll("[data-row]"));
        Assert.Equal("March 2026", (await manager.PageAsync("/targets?filter=month eq 2026-03-01")).QuerySelector("td[data-col=month]")!.TextContent.Trim());

        // The salesperson sees the own target, and the deals behind the number.
        var row = (await sales.PageAsync("/targets/attainment?month=2026-03")).QuerySelectorAll("tbody tr").Single();
        Assert.Contains("75%", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("€20", row.TextContent, StringComparison.Ordinal);
        var deals = await sales.PageAsync(row.QuerySelector("a[href^='/deals']")!.GetAttribute("href")!);
        Assert.Equal(2, deals.QuerySelectorAll("[data-row]").Length);
        Assert.Equal(HttpStatusCode.Forbidden, (await sales.GetAsync("/targets/new")).StatusCode);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Targets_OfMorePeopleThanAPageHas_AreAllThere(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        await using (var scope = await site.OpenScopeAsync())
        {
            var people = Enumerable.Range(0, 1002).Select(i => (Id: Guid.CreateVersion7(), Name: $"seller{i}")).ToList();
            foreach (var some in people.Chunk(501))
            {
                await SaveAsync(scope, "users", [.. some.Select(p => new ContentChange("users") { Id = p.Id, IsNew = true, Texts = { ["userName"] = p.Name, ["name"] = p.Name, ["email"] = $"{p.Name}@example.com" } })]);
                await SaveAsync(scope, "targets", [.. some.Select(p => new ContentChange("targets") { Texts = { ["person"] = p.Id.ToString(), ["month"] = "2026-03-01", ["amount"] = "10" } })]);
            }
        }
        using var manager = await site.SignInAsNewAsync("chen", "Manager");
        var page = await manager.PageAsync("/targets/attainment?month=2026-03");
        Assert.Equal(1002, page.QuerySelectorAll("tbody tr").Length);
        Assert.Contains("10,020", page.QuerySelector("tfoot")!.TextContent, StringComparison.Ordinal);
        // Nor does a report bring all of them along.
        var one = await Id(site, "seller7");
        var person = (await manager.PageAsync($"/reports/won-and-lost?person={one}")).QuerySelector("#report-person")!;
        Assert.Equal(["Everybody", "me", "seller7"], person.QuerySelectorAll("option").Select(o => o.TextContent));

        static async Task SaveAsync(TestScope scope, string type, IReadOnlyList<ContentChange> changes)
            => Assert.All(await scope.Content.SaveManyAsync(type, changes, SaveOptions.Default, CancellationToken.None), r => Assert.True(r.Succeeded, string.Join("; ", r.Errors.Select(e => e.Message))));
    }

    [Theory]
    [InlineData("/opportunities/funnel")]
    [InlineData("/targets/attainment")]
    [InlineData("/opportunities/01a20e3d-3f8e-7ed9-bbbf-d80b7fb9431d/convert")]
    public async Task Pages_ForAStranger_LeadToSignIn(string url)
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        using var stranger = site.Open();
        Assert.StartsWith("/login", (await stranger.GetAsync(url)).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    private static async Task<Guid> Id(TestSite site, string userName)
    {
        await using var scope = await site.OpenScopeAsync();
        return (await scope.FindAsync("users", "userName", userName)).Id;
    }

    private static async Task<string> CreateAsync(TestBrowser browser, Dictionary<string, string> values)
    {
        var response = await browser.SubmitAsync("/opportunities/new", values);
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, await response.Content.ReadAsStringAsync());
        return response.Headers.Location!.OriginalString;
    }

    private static async Task<long> CountAsync(TestSite site, string type)
    {
        await using var scope = await site.OpenScopeAsync();
        return (await scope.Queries.CountAsync(type, null, CancellationToken.None)).Count;
    }
}
