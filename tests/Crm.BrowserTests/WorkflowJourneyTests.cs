using System.Text.RegularExpressions;
using Crm.BrowserTests.Support;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Crm.BrowserTests;

/// <summary>An administrator makes a workflow from a template; a salesperson lets an opportunity lie, and is reminded.</summary>
public sealed class WorkflowJourneyTests(Chromium chromium)
{
    [Theory]
    [InlineData("en", Traits = ["Category", "Nightly"])]
    [InlineData("zh-CN")]
    public async Task Template_ChangedAndSwitchedOn_ChasesAnOpportunityThatNobodyFollowsUp(string culture)
    {
        var clock = new MovableClock();
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, culture: culture, clock: clock);
        await using var administrator = await Person.AdministratorAsync(chromium, site, culture);
        await administrator.GoAsync("/admin/workflows");
        await administrator.LookAsync("workflows-empty");
        await administrator.GoAsync("/admin/workflows/new?template=run-campaign");
        // What is chosen is asked for only where it is not the campaign's own.
        await Expect(administrator.Page.Locator("[name='a1.template']")).ToBeHiddenAsync();
        await administrator.Page.Locator("[name='a1.content']").SelectOptionAsync("template");
        await Expect(administrator.Page.Locator("[data-show-when='a1.content=template']")).ToBeVisibleAsync();
        await administrator.LookAsync("workflow-campaign");
        await administrator.GoAsync("/admin/workflows");
        await administrator.Page.Locator("a[href='/admin/workflows/new?template=chase-opportunity']").ClickAsync();
        await administrator.Page.Locator("[name='a1.amount']").FillAsync("2");
        // A step more, and away with it again: without leaving the page, and nothing that was typed is lost.
        await administrator.Button("Add a step").Last.ClickAsync();
        await administrator.Page.Locator(".menu:popover-open button[value$=':webhook']").ClickAsync();
        await Expect(administrator.Page.Locator("#step-a5")).ToBeVisibleAsync();
        await administrator.Button("Save").Last.ClickAsync();
        await Expect(administrator.Page.Locator("#a5-url-error")).ToBeVisibleAsync();
        await administrator.LookAsync("workflow-edit");
        await administrator.Page.Locator("button[value='remove:a5']").ClickAsync();
        await Expect(administrator.Page.Locator("[name='a1.amount']")).ToHaveValueAsync("2");
        await administrator.Button("Save").Last.ClickAsync();
        await Expect(administrator.Page).ToHaveURLAsync(new Regex("/admin/workflows/[0-9a-f-]{36}$"));
        await administrator.Button("Switch on").ClickAsync();
        await Expect(administrator.Button("Switch off")).ToBeVisibleAsync();
        var workflow = new Uri(administrator.Page.Url).AbsolutePath;

        await using var seller = await Person.ColleagueAsync(chromium, site, culture, "seller", "Sales");
        await seller.GoAsync("/opportunities/new");
        await seller.Page.Locator("[name=name]").FillAsync("Forklifts");
        await seller.Page.Locator("[data-primary]").ClickAsync();
        await Expect(seller.Page).ToHaveURLAsync(new Regex("/opportunities/[0-9a-f-]{36}$"));
        var opportunity = new Uri(seller.Page.Url).AbsolutePath;

        await administrator.GoAsync($"{workflow}/test");
        await administrator.Page.Locator(".ts-control").ClickAsync();
        await administrator.Page.Locator(".ts-dropdown .option").First.ClickAsync();
        await administrator.Button("Test run").ClickAsync();
        await Expect(administrator.Page.Locator(".workflow-trace li")).ToHaveCountAsync(4);
        await administrator.LookAsync("workflow-test");

        await EventuallyWaitsAsync(administrator, workflow);
        // Everybody is signed out by then.
        clock.Forward(TimeSpan.FromDays(3));
        await administrator.SignInAsync(TestSite.AdminName, TestSite.AdminPassword);
        await EventuallyDoneAsync(administrator, workflow);
        await administrator.LookAsync("workflow");
        await administrator.Page.Locator("a[href^='/admin/workflows/instances/']").First.ClickAsync();
        await Expect(administrator.Page.Locator(".workflow-trace li")).ToHaveCountAsync(4);
        await administrator.LookAsync("workflow-instance");
        await administrator.GoAsync(opportunity);
        await Expect(administrator.Page.Locator("a[href^='/admin/workflows/instances/']")).ToHaveCountAsync(1);
        await administrator.GoAsync("/admin/workflows");
        await administrator.LookAsync("workflows");
        await administrator.GoAsync("/admin/workflows/webhooks");
        await administrator.LookAsync("workflow-webhooks");

        await seller.SignInAsync("seller", TestSite.AdminPassword);
        await seller.GoAsync("/activities");
        await Expect(seller.Page.GetByText(new Regex("Forklifts")).First).ToBeVisibleAsync();
        await Expect(seller.Page.Locator("a[href^='/admin/workflows']")).ToHaveCountAsync(0);
    }

    private static Task EventuallyWaitsAsync(Person person, string workflow) => EventuallyAsync(person, $"{workflow}?state=Waiting");

    private static Task EventuallyDoneAsync(Person person, string workflow) => EventuallyAsync(person, $"{workflow}?state=Done");

    private static Task EventuallyAsync(Person person, string url) => Eventually.HoldsAsync(async () =>
    {
        await person.GoAsync(url);
        return await person.Page.Locator("a[href^='/admin/workflows/instances/']").CountAsync() > 0;
    });
}
