using System.Text.RegularExpressions;
using Crm.BrowserTests.Support;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Crm.BrowserTests;

/// <summary>The manual's chapter on sales, by a salesperson with that role alone; and a manager's look at the month.</summary>
public sealed class SalesJourneyTests(Chromium chromium)
{
    [Theory]
    [InlineData("en", DatabaseProvider.Sqlite, Traits = ["Category", "Nightly"])]
    [InlineData("zh-CN", DatabaseProvider.Postgres)]
    public async Task Salesperson_FromOpportunityToDealAndLoss(string culture, DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider, recipe: "Demo", culture: culture);
        await using var sales = await Person.ColleagueAsync(chromium, site, culture, "mei", "Sales");
        await Expect(sales.Page).Not.ToHaveURLAsync(new Regex("/login"));
        foreach (var (url, name) in new[] { ("/opportunities", "opportunities"), ("/opportunities?view=board", "board"), ("/opportunities/funnel", "funnel"), ("/deals", "deals"), ("/products", "products") })
        {
            await sales.GoAsync(url);
            await sales.LookAsync(name);
        }
        await sales.GoAsync("/customers");
        var customer = (await sales.Page.Locator("[data-row-link]").First.GetAttributeAsync("href"))!;
        await CreateAsync(sales, customer, "Loading ramp 45");
        await sales.LookAsync("opportunity");
        await BoardAsync(sales);
        await ConvertAsync(sales);
        await sales.GoAsync(customer);
        await Expect(sales.Page.Locator(".record-related").GetByText("Loading ramp 45").First).ToBeVisibleAsync();
        await Expect(sales.Page.Locator("a.figure[href^='/deals']")).ToBeVisibleAsync();
        await sales.LookAsync("customer-sales");
        await CreateAsync(sales, customer, "Dock door 7");
        await LoseAsync(sales);

        await using var manager = await Person.ColleagueAsync(chromium, site, culture, "boss", "Manager");
        await Expect(manager.Page).Not.ToHaveURLAsync(new Regex("/login"));
        await manager.GoAsync("/targets/attainment");
        await manager.LookAsync("attainment");
        await manager.GoAsync("/targets/new");
        await manager.LookAsync("target-new");
    }

    private static async Task CreateAsync(Person sales, string customer, string name)
    {
        var page = sales.Page;
        await page.GotoAsync(customer);
        await page.Locator(".record-related a[href^='/opportunities/new?customer=']").ClickAsync();
        await page.Locator("[name=name]").FillAsync(name);
        await page.Locator("[name=amount]").FillAsync("12500");
        await page.Locator("[name=closeDate]").FillAsync($"{TimeProvider.System.GetUtcNow().AddDays(20):yyyy-MM-dd}");
        await page.Locator("[name=nextStep]").FillAsync("Call about the offer");
        await page.Locator("[name=nextFollowUpAt]").FillAsync($"{TimeProvider.System.GetUtcNow().AddDays(2):yyyy-MM-dd}T10:00");
        // In a panel beside the customer, who is still there afterwards.
        await page.Locator("dialog.panel [data-primary]").ClickAsync();
        await page.Locator(".record-related a", new() { HasText = name }).First.ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(name);
        await Expect(page.Locator(".record-facts")).ToContainTextAsync("Call about the offer");
    }

    private static async Task BoardAsync(Person sales)
    {
        var page = sales.Page;
        await sales.GoAsync("/opportunities?view=board&q=Loading");
        var card = page.Locator("[data-card]");
        await card.DragToAsync(page.Locator("[data-board-cards=proposal]"));
        await Expect(page.Locator("[data-board-cards=proposal] [data-card]")).ToHaveCountAsync(1);
        await Expect(page.Locator("[data-board-head=proposal] .board-sum")).ToContainTextAsync("12,500");
        await page.Locator(".snack [data-undo]").ClickAsync();
        await Expect(page.Locator("[data-board-cards=prospecting] [data-card]")).ToHaveCountAsync(1);
        await Expect(page.Locator("[data-board-head=prospecting] .board-sum")).ToContainTextAsync("12,500");
        // The same without a mouse.
        await card.Locator("[popovertarget]").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(card.Locator(".menu-item").First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("[data-board-cards=engaging] [data-card]")).ToHaveCountAsync(1);
        await Expect(page.Locator("[data-board-head=engaging] .board-sum")).ToContainTextAsync("12,500");
        await page.ReloadAsync();
        await Expect(page.Locator("[data-board-cards=engaging] [data-card]")).ToHaveCountAsync(1);
        // Somebody else has moved it meanwhile: it goes back, and says why.
        await page.Locator("[data-card]").EvaluateAsync("card => card.dataset.version = '1'");
        await page.Locator("[data-card]").DragToAsync(page.Locator("[data-board-cards=negotiation]"));
        await Expect(page.Locator(".snack[data-tone=bad]")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-board-cards=engaging] [data-card]")).ToHaveCountAsync(1);
        await page.ReloadAsync();
    }

    private static async Task ConvertAsync(Person sales)
    {
        var page = sales.Page;
        await page.Locator("[data-card]").DragToAsync(page.Locator("[data-board-door=convert]"));
        await Expect(page.Locator("dialog[open] [name=amount]")).ToBeVisibleAsync();
        await sales.LookAsync("convert");
        await page.Locator("dialog[open] [name=amount]").FillAsync("11900");
        await page.Locator("dialog[open] [name=contractNumber]").FillAsync("LR-45");
        await page.Locator("dialog[open] [data-primary]").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/deals/"));
        await Expect(page.Locator(".key-facts")).ToContainTextAsync("11,900");
        await sales.LookAsync("deal");
    }

    private static async Task LoseAsync(Person sales)
    {
        var page = sales.Page;
        await page.Locator("main a[href$='/lose']").ClickAsync();
        await page.Locator("dialog[open] [data-primary]").ClickAsync();
        // The reason comes back where the question was.
        await Expect(page.Locator("#field-lostReason-error")).ToBeVisibleAsync();
        await sales.LookAsync("lose-errors");
        await page.Locator("#field-lostReason + .ts-wrapper").ClickAsync();
        await page.Locator(".ts-dropdown .option").First.ClickAsync();
        await page.Locator("dialog[open] [data-primary]").ClickAsync();
        await Expect(page.Locator(".snack")).ToBeVisibleAsync();
        await Expect(page.Locator("main a[href$='/reopen']")).ToBeVisibleAsync();
        await page.Locator("main a[href$='/reopen']").ClickAsync();
        await Expect(page.Locator("dialog[open] select[name=stage]")).ToBeVisibleAsync();
        await sales.LookAsync("reopen");
    }
}
