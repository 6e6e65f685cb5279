using System.Text.RegularExpressions;
using Crm.BrowserTests.Support;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Crm.BrowserTests;

/// <summary>The service chapter of the manual: a customer asks without an account, the desk alone solves it, the customer rates.</summary>
public sealed class TicketJourneyTests(Chromium chromium)
{
    [Theory]
    [InlineData("en")]
    [InlineData("zh-CN", Traits = ["Category", "Nightly"])]
    public async Task Ticket_FromTheCustomersQuestionToTheRating(string culture)
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo", culture: culture);
        await using var customer = await Person.OpenAsync(chromium, site.Address, culture);
        await using var desk = await Person.ColleagueAsync(chromium, site, culture, "desk", "Service");
        var subject = culture == "en" ? "The scale shows nonsense" : "电子秤读数异常";

        var link = await AskAsync(customer, subject);
        await LookAroundAsync(desk);
        await WorkAsync(desk, subject);
        await AnswerAsync(customer, link, await MailedLinkAsync(site));
        await SolveAsync(desk);
        await RateAsync(customer, link);
        await desk.Page.ReloadAsync();
        await Expect(desk.Page.Locator(".record-facts")).ToContainTextAsync(desk.Say("Satisfied"));
        await FeedbackAsync(customer, desk);
    }

    private static async Task<string> AskAsync(Person customer, string subject)
    {
        var page = customer.Page;
        await customer.GoAsync("/portal/tickets/new");
        await customer.Button("Send request").ClickAsync();
        await Expect(page.Locator("#visitor-subject-error")).ToContainTextAsync(customer.Say("Subject"));
        await customer.LookAsync("portal-ticket-errors");
        await page.Locator("[name=name]").FillAsync("Mei Lin");
        await page.Locator("[name=email]").FillAsync("mei.lin@example.com");
        await page.Locator("[name=kind]").SelectOptionAsync("problem");
        await page.Locator("[name=subject]").FillAsync(subject);
        await page.Locator("[name=text]").FillAsync("<b>12 kg</b> = 98 kg?");
        await customer.Button("Send request").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/portal/t/.*sent=ticket"));
        await Expect(page.Locator(".talk")).ToContainTextAsync("<b>12 kg</b>");
        await customer.LookAsync("portal-follow-sent");
        await customer.GoAsync("/portal/t/not-a-link");
        await customer.LookAsync("portal-unknown");
        await page.GoBackAsync();
        return new Uri(page.Url).AbsolutePath;
    }

    private static async Task LookAroundAsync(Person desk)
    {
        await desk.GoAsync("/tickets");
        await desk.LookAsync("tickets");
        await desk.GoAsync("/tickets?view=board");
        await desk.LookAsync("tickets-board");
        await desk.GoAsync("/tickets?filter=number%20eq%20%27T000003%27");
        await desk.Page.Locator("[data-row-link]").First.ClickAsync();
        await Expect(desk.Page.Locator(".talk-item[data-kind=note]")).ToBeVisibleAsync();
        await desk.LookAsync("ticket-demo");
        // The customer's page counts it.
        await desk.Page.Locator(".key-facts a[href^='/customers/']").First.ClickAsync();
        await Expect(desk.Page.Locator(".figures a[href^='/tickets']")).ToBeVisibleAsync();
    }

    private static async Task WorkAsync(Person desk, string subject)
    {
        var page = desk.Page;
        await desk.GoAsync("/tickets");
        await desk.Link("Unassigned").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = subject, Exact = true }).ClickAsync();
        await page.Locator("a[href$='/assign']").ClickAsync();
        await Expect(page.Locator("dialog [name=owner], main [name=owner]").First).ToBeAttachedAsync();
        await desk.LookAsync("ticket-assign");
        await page.Keyboard.PressAsync("Escape");
        await desk.Button("Take").ClickAsync();
        await Expect(page.Locator(".snack")).ToBeVisibleAsync();
        await Expect(desk.Button("Take")).ToHaveCountAsync(0);

        await Expect(page.Locator(".banner[data-tone=warn]")).ToContainTextAsync("mei.lin@example.com");
        await desk.LookAsync("ticket-unconfirmed");
        await page.Locator("a[href$='/link']").ClickAsync();
        await desk.Button("Make a new link").ClickAsync();
        await Expect(page.Locator("#follow-url")).ToHaveValueAsync(new Regex("/portal/t/"));
        await desk.LookAsync("ticket-link");
        await page.Locator(".crumb a").ClickAsync();

        await page.GetByLabel(desk.Say("Internal note"), new() { Exact = true }).CheckAsync();
        await page.Locator("#message-text").FillAsync("Old firmware?");
        await desk.Button("Send").ClickAsync();
        await Expect(page.Locator(".talk-item[data-kind=note]")).ToContainTextAsync("Old firmware?");

        await page.Locator("#message-text").FillAsync("Which version is shown when it starts?");
        await page.Locator("#message-status").SelectOptionAsync("pending");
        await desk.Button("Send").ClickAsync();
        await Expect(page.Locator(".talk-item[data-kind=reply]")).ToContainTextAsync("Which version");
    }

    private static async Task<string> MailedLinkAsync(TestSite site)
    {
        await using var session = new DbSession(site.Host.Sites.Database!);
        var texts = await session.ReadAsync(new SqlText("SELECT text FROM crm_mail WHERE key LIKE 'ticket-received:%'"), r => r.GetString(0), CancellationToken.None);
        return Regex.Match(Assert.Single(texts), "/portal/t/[A-Za-z0-9_-]+").Value;
    }

    private static async Task AnswerAsync(Person customer, string link, string mailed)
    {
        // By the link in the mail the customer can say that it was they who wrote.
        await customer.GoAsync(mailed);
        await customer.LookAsync("portal-follow-confirm");
        await customer.Button("Yes, it was me").ClickAsync();
        await Expect(customer.Page.Locator(".banner[role=status]")).ToContainTextAsync(customer.Say("Thank you. We know now that it was you."));
        await customer.GoAsync(link);
        await Expect(customer.Page.Locator(".talk")).ToContainTextAsync("Which version");
        await Expect(customer.Page.Locator(".talk")).Not.ToContainTextAsync("firmware");
        await customer.Page.Locator("[name=text]").FillAsync("1.7");
        await customer.Button("Send message").ClickAsync();
        await Expect(customer.Page.Locator(".talk")).ToContainTextAsync("1.7");
    }

    private static async Task SolveAsync(Person desk)
    {
        var page = desk.Page;
        await page.ReloadAsync();
        await Expect(page.Locator(".talk-item[data-kind=answer]").First).ToContainTextAsync("1.7");
        await page.Locator("#message-status").SelectOptionAsync("solved");
        await desk.Button("Send").ClickAsync();
        await Expect(page.Locator("#message-resolution-error")).ToContainTextAsync(desk.Say("Say how it was solved before you solve or close the ticket"));
        await desk.LookAsync("ticket-unsolved");
        await page.Locator("#message-resolution").FillAsync("Version 1.8 counts right.");
        await desk.Button("Send").ClickAsync();
        await Expect(page.Locator(".snack")).ToBeVisibleAsync();
        await Expect(page.Locator(".key-facts")).ToContainTextAsync(desk.Say("Solved"));
    }

    private static async Task RateAsync(Person customer, string link)
    {
        await customer.GoAsync(link);
        await customer.LookAsync("portal-follow-solved");
        await customer.Link("Satisfied").ClickAsync();
        await Expect(customer.Page.Locator("[name=value][value=good]")).ToBeCheckedAsync();
        await customer.LookAsync("portal-rate");
        await customer.Button("Send my answer").ClickAsync();
        await Expect(customer.Page.Locator(".banner[role=status]")).ToContainTextAsync(customer.Say("Thank you for your answer."));
    }

    private static async Task FeedbackAsync(Person customer, Person desk)
    {
        await customer.Page.Locator(".gate-foot a").ClickAsync();
        await Expect(customer.Page.Locator("[name=email]")).ToHaveValueAsync("mei.lin@example.com");
        await customer.Page.Locator("[name=kind]").SelectOptionAsync("praise");
        await customer.Page.Locator("[name=subject]").FillAsync("Quick help!");
        await customer.Page.Locator("[name=text]").FillAsync("That was quick.");
        await customer.LookAsync("portal-feedback");
        await customer.Button("Send feedback").ClickAsync();
        await Expect(customer.Page.Locator("h1")).ToHaveTextAsync(customer.Say("Thank you"));

        await desk.GoAsync("/feedback");
        await desk.LookAsync("feedback-list");
        await desk.Page.GetByRole(AriaRole.Link, new() { Name = "Quick help!", Exact = true }).ClickAsync();
        await desk.Page.Locator("#answer-text").FillAsync("Thank you!");
        await desk.LookAsync("feedback");
        await desk.Button("Send answer").ClickAsync();
        await Expect(desk.Page.Locator(".talk-item[data-kind=reply]")).ToContainTextAsync("Thank you!");
    }
}
