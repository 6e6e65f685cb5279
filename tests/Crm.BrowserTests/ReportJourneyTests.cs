using Crm.BrowserTests.Support;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Crm.BrowserTests;

/// <summary>A manager's look at the figures: several reports, another range and grouping, the records behind a number, saved and exported.</summary>
public sealed class ReportJourneyTests(Chromium chromium)
{
    [Theory]
    [InlineData("en", Traits = ["Category", "Nightly"])]
    [InlineData("zh-CN")]
    public async Task Manager_ReadsReports_FollowsANumber_SavesAndExports(string culture)
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo", culture: culture);
        await using var boss = await Person.ColleagueAsync(chromium, site, culture, "boss", "Manager");
        var page = boss.Page;

        await page.Locator(".side a[href='/reports']").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(boss.Say("Reports"));
        await boss.LookAsync("reports");
        var reports = await page.Locator(".report-link").EvaluateAllAsync<string[]>("links => links.map(a => a.getAttribute('href'))");
        foreach (var name in new[] { "funnel", "sales-by-month", "ranking", "targets", "campaign-effect", "ticket-times" })
        {
            Assert.Contains($"/reports/{name}", reports);
            await boss.GoAsync($"/reports/{name}");
            await Expect(page.Locator("[data-chart] canvas")).ToHaveCountAsync(1);
            await boss.LookAsync($"report-{name}");
        }

        // Another grouping and range: the page follows at once, and says so in its address.
        await boss.GoAsync("/reports");
        await page.Locator($".report-link[href='/reports/customers']").ClickAsync();
        await boss.LookAsync("report-customers");
        // People are found by typing; oneself is always offered.
        await page.Locator("#report-person + .ts-wrapper").ClickAsync();
        await page.Keyboard.TypeAsync("bos");
        await Expect(page.Locator(".ts-dropdown .option")).ToContainTextAsync([boss.Say("me"), "boss"]);
        await page.Locator(".ts-dropdown .option").First.ClickAsync();
        await page.WaitForURLAsync("**person=%40me**");
        await Expect(page.Locator("#report-person + .ts-wrapper .item")).ToHaveTextAsync(boss.Say("me"));
        await page.GoBackAsync();
        await boss.Field("Group by").SelectOptionAsync("level");
        await page.WaitForURLAsync("**by=level**");
        await Expect(page.Locator(".report-table tbody tr")).Not.ToHaveCountAsync(0);
        await boss.Field("Time range").SelectOptionAsync("custom");
        await page.WaitForURLAsync("**range=custom**");
        await boss.Field("First day").FillAsync("2020-01-01");
        await boss.Button("Show").ClickAsync();
        await page.WaitForURLAsync("**from=2020-01-01**");

        // A number leads to just so many records.
        var number = page.Locator(".report-table tbody td[data-count=true] a").First;
        var count = (await number.TextContentAsync())!.Trim();
        await number.ClickAsync();
        await Expect(page.Locator(".total")).ToContainTextAsync(count);
        await Expect(page.Locator("[data-row]")).ToHaveCountAsync(int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
        await page.GoBackAsync();

        await boss.Button("Save as …").ClickAsync();
        await boss.Field("Name of the report").FillAsync(culture == "en" ? "Customers by level" : "客户级别");
        await page.Locator("#report-save [name=shared]").CheckAsync();
        await boss.LookAsync("report-save");
        await page.Locator("#report-save form .btn-primary").ClickAsync();
        await Expect(page.Locator(".snack")).ToBeVisibleAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(culture == "en" ? "Customers by level" : "客户级别");

        await boss.Button("More actions").ClickAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#report-menu a").First.ClickAsync());
        Assert.EndsWith(".xlsx", download.SuggestedFilename, StringComparison.Ordinal);
        Assert.Null(await download.FailureAsync());

        // From a filtered list to a report of what it shows.
        await boss.GoAsync("/customers?filter=level%20eq%20'a'");
        await page.Locator("main a[href^='/reports/records']").ClickAsync();
        await Expect(page.Locator(".chip")).ToContainTextAsync("A");
        await boss.Button("Filter").ClickAsync();
        // The field brings inputs of its own.
        await Expect(page.Locator("#add-filter .dropdown-active")).ToBeVisibleAsync();
        await page.RunAndWaitForResponseAsync(async () => { await page.Locator("#add-filter .dropdown-input").FillAsync(boss.Say("Employees")); await page.Keyboard.PressAsync("Enter"); }, r => r.Url.Contains("field=employees", StringComparison.Ordinal));
        await Expect(page.Locator("[data-filter-editor][aria-busy]")).ToHaveCountAsync(0);
        await page.Locator("#add-filter [data-filter-editor] input[name=value]:not([disabled])").FillAsync("400");
        await page.Locator("#add-filter .btn-primary").ClickAsync();
        await Expect(page.Locator(".chip")).ToHaveCountAsync(2);
        await boss.GoAsync("/reports/records?type=customers&by=source&then=level");
        await boss.LookAsync("report-side-by-side");
        await page.GotoAsync("/reports/customers?filter=level%20eq");
        await Expect(page.Locator("#report-filter-error")).ToBeVisibleAsync();
        await boss.LookAsync("report-wrong-filter");

        await boss.GoAsync("/reports");
        await page.Locator(".report-link[href^='/reports/saved/']").Filter(new() { HasText = culture == "en" ? "Customers by level" : "客户级别" }).ClickAsync();
        await Expect(boss.Field("Group by")).ToHaveValueAsync("level");
    }
}
