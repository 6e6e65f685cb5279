using System.Globalization;
using Crm.BrowserTests.Support;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Jobs;
using Crm.Platform.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Crm.BrowserTests;

/// <summary>A salesperson's day: what is to be done, what was done, what comes next.</summary>
public sealed class WorkbenchTests(Chromium chromium)
{
    [Theory]
    [InlineData("en", DatabaseProvider.Postgres)]
    [InlineData("zh-CN", DatabaseProvider.Sqlite, Traits = ["Category", "Nightly"])]
    public async Task Day_OfASalesperson_FromToDosToTheNextFollowUp(string culture, DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider, recipe: "Demo", culture: culture);
        Assert.Equal(0, (await site.RunAsync("user", "password", "--user-name", "lina", "--password", TestSite.AdminPassword, "--no-change")).Code);
        await using var lina = await Person.OpenAsync(chromium, site.Address, culture);
        await lina.SignInAsync("lina", TestSite.AdminPassword);
        await WorkbenchAsync(lina);
        await StarAsync(lina);
        await TimelineAsync(lina);
        await RemindAsync(site, lina);
        await ProfileAsync(lina);
        await TokensAsync(lina);

        await using var newcomer = await Person.ColleagueAsync(chromium, site, culture, "newcomer", "Sales");
        await Expect(newcomer.Page.Locator(".step")).ToHaveCountAsync(2);
        await newcomer.LookAsync("workbench-new");
    }

    /// <summary>A token is shown once, and the page beside it says what it is good for.</summary>
    private static async Task TokensAsync(Person lina)
    {
        await lina.GoAsync("/profile");
        await lina.Page.Locator("a[href='/profile/tokens']").ClickAsync();
        await lina.Page.Locator("#token-name").FillAsync("ERP 系统");
        await lina.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(lina.Page.Locator("#token-text")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("^crm_.{43}$"));
        await lina.LookAsync("tokens");
        await lina.GoAsync("/profile/api/opportunities");
        await lina.LookAsync("api-reference");
    }

    private static async Task WorkbenchAsync(Person lina)
    {
        await lina.LookAsync("workbench");
        var overdue = lina.Page.Locator(".todos").First.Locator(".todo");
        var count = await overdue.CountAsync();
        var name = await overdue.First.Locator(".todo-name").InnerTextAsync();
        await overdue.First.GetByRole(AriaRole.Button).First.ClickAsync();
        await Expect(lina.Page.Locator(".snack")).ToContainTextAsync(name);
        await Expect(overdue).ToHaveCountAsync(count - 1);
        await lina.Button("Undo").ClickAsync();
        await Expect(overdue).ToHaveCountAsync(count);
        await overdue.First.GetByRole(AriaRole.Button).Nth(1).ClickAsync();
        await lina.Button("Until tomorrow morning").ClickAsync();
        await Expect(overdue).ToHaveCountAsync(count - 1);

        await lina.GoAsync("/activities");
        await Expect(lina.Page.Locator(".tabs a")).ToHaveCountAsync(6);
        await lina.LookAsync("activities");
        await lina.Link("Overdue").ClickAsync();
        await Expect(lina.Page.Locator("tr[data-row]")).ToHaveCountAsync(count - 1);
        await Expect(lina.Page.Locator("tr[data-row] .late").First).ToBeVisibleAsync();
        await lina.LookAsync("activities-overdue");
        // An open opportunity whose closing date has passed is marked like them.
        await lina.GoAsync("/opportunities");
        await lina.Link("Overdue").ClickAsync();
        await Expect(lina.Page.Locator("tr[data-row] .late").First).ToBeVisibleAsync();
    }

    private static async Task StarAsync(Person lina)
    {
        await lina.GoAsync("/customers");
        var row = lina.Page.Locator("tr[data-row]").First;
        var name = await row.Locator("[data-row-link]").InnerTextAsync();
        await row.Locator(".star-button").ClickAsync();
        await Expect(row.Locator(".star-button")).ToHaveAttributeAsync("data-set", "true");
        await lina.LookAsync("customers-starred");
        await lina.GoAsync("/");
        await Expect(lina.Page.Locator(".workbench-side")).ToContainTextAsync(name);
        await lina.Page.Locator(".workbench-side").GetByText(name).First.ClickAsync();
        await Expect(lina.Page.Locator("h1")).ToHaveTextAsync(name);
    }

    private static async Task TimelineAsync(Person lina)
    {
        await lina.LookAsync("customer-timeline-empty");
        await lina.Page.Locator(".segments label").Nth(1).ClickAsync();
        await lina.Page.Locator("#log-text").FillAsync("Asked about delivery 询问交货\nThey need it before the holidays.");
        await lina.Page.Locator("#log-next").FillAsync("2030-01-15T10:00");
        await lina.Page.Locator(".composer [data-primary]").ClickAsync();
        await Expect(lina.Page.Locator(".history-item").First).ToContainTextAsync("They need it before the holidays.");
        await Expect(lina.Page.Locator(".next-steps")).ToContainTextAsync(lina.Say("Follow up: {0}").Replace("{0}", "Asked about delivery 询问交货", StringComparison.Ordinal));
        await lina.Page.Locator(".segments label").Nth(3).ClickAsync();
        await Expect(lina.Page.Locator("#log-due")).ToBeVisibleAsync();
        await lina.LookAsync("customer-timeline");
        await lina.Page.Locator(".next-steps .todo-name").First.ClickAsync();
        await lina.LookAsync("activity");
        await lina.GoAsync("/activities/new");
        await lina.LookAsync("activity-new");
    }

    private static async Task RemindAsync(TestSite site, Person lina)
    {
        await lina.GoAsync("/activities/new");
        await lina.Page.Locator("#field-subject").FillAsync("Send the offer");
        await lina.Page.Locator("#field-dueAt").FillAsync(TimeProvider.System.GetUtcNow().AddMinutes(-30).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture));
        await lina.Page.Locator("form [data-primary]").ClickAsync();
        await Expect(lina.Page.Locator("h1")).ToHaveTextAsync("Send the offer");
        // The worker's own time is every minute; here it is asked at once.
        await using (var scope = site.Host.Sites.Current.CreateScope())
        {
            scope.ServiceProvider.GetRequiredService<ActorContext>().Current = Actor.System("test");
            await scope.ServiceProvider.GetServices<IBackgroundTask>().Single(t => t.Name == "activities-remind").RunAsync(new Dictionary<string, string>(), CancellationToken.None);
        }
        await lina.GoAsync("/");
        await lina.Page.Locator(".bell").ClickAsync();
        // Besides what else has fallen due.
        var notice = lina.Page.Locator(".notice-open", new() { HasText = "Send the offer" });
        await Expect(notice).ToBeVisibleAsync();
        await lina.LookAsync("notifications");
        await notice.ClickAsync();
        await Expect(lina.Page.Locator("h1")).ToHaveTextAsync("Send the offer");
    }

    private static async Task ProfileAsync(Person lina)
    {
        await lina.GoAsync("/profile");
        await lina.Page.Locator("#profile-zone").SelectOptionAsync("Asia/Tokyo");
        await lina.Page.Locator("form [data-primary]").ClickAsync();
        await Expect(lina.Page.Locator("#profile-zone")).ToHaveValueAsync("Asia/Tokyo");
        await lina.LookAsync("profile");
    }
}
