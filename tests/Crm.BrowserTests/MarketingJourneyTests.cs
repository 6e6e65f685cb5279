using System.Net;
using System.Text.RegularExpressions;
using Crm.BrowserTests.Support;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using static Microsoft.Playwright.Assertions;

namespace Crm.BrowserTests;

/// <summary>A marketer's campaign, as the help tells it: segment, campaign, template, blast into the outbox, and what the recipient does.</summary>
public sealed partial class MarketingJourneyTests(Chromium chromium)
{
    [Theory]
    [InlineData("en")]
    [InlineData("zh-CN", Traits = ["Category", "Nightly"])]
    public async Task Campaign_FromASegmentToItsFigures(string culture)
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo", culture: culture);
        await using var marketer = await Person.ColleagueAsync(chromium, site, culture, "marketer", "Marketing");
        var page = marketer.Page;

        // The list of contacts as a segment.
        await marketer.GoAsync("/contacts?filter=" + Uri.EscapeDataString("role eq 'decisionMaker'"));
        await marketer.Button("Audience").ClickAsync();
        await page.Locator("[name=name]").FillAsync("Deciders");
        await marketer.Button("Save as segment").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Deciders");
        await marketer.LookAsync("segment");
        // Its conditions are chosen with the same filter bar as the list's.
        await page.Locator("main a[href$='/audience']").ClickAsync();
        await page.Locator(".chip > button").ClickAsync();
        await page.Locator("#chip-0 input[value=buyer]").CheckAsync();
        await page.Locator("#chip-0 .btn-primary").ClickAsync();
        await Expect(page.Locator(".chip")).ToContainTextAsync(marketer.Say("Buyer"));
        await marketer.LookAsync("segment-audience");
        await page.Locator(".chip > button").ClickAsync();
        await page.Locator("#chip-0 input[value=buyer]").UncheckAsync();
        await page.Locator("#chip-0 .btn-primary").ClickAsync();
        await page.Locator("main [data-primary]").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Deciders");

        // A campaign for them.
        await marketer.GoAsync("/campaigns");
        await marketer.LookAsync("campaigns");
        await marketer.GoAsync("/campaigns/new");
        await marketer.LookAsync("campaign-new");
        await page.Locator("[name=name]").FillAsync("Spring");
        await page.Locator("[name=budget]").FillAsync("1000");
        await page.Locator("[name=actualCost]").FillAsync("250");
        await page.Locator("main [data-primary]").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Spring");
        var campaign = page.Url;
        await marketer.GoAsync(new Uri(campaign).AbsolutePath.Replace("/campaigns/", "/campaigns/add-members?campaign=", StringComparison.Ordinal));
        await ChooseAsync(marketer, "segment", "Deciders");
        await marketer.LookAsync("members-add");
        await page.Locator("main [data-primary]").ClickAsync();
        await Expect(page.Locator(".member-bars li")).ToHaveCountAsync(1);
        await marketer.LookAsync("campaign");

        // A template with a mistake, then without.
        await marketer.GoAsync("/emailTemplates/new");
        await page.Locator("[name=name]").FillAsync("Spring offer");
        await page.Locator("[name=subject]").FillAsync("{{ contact.name }}");
        await page.Locator("[name=html]").FillAsync("<h1>Hello {{ contact.nam }}</h1>");
        await page.Locator("main [data-primary]").ClickAsync();
        await Expect(page.Locator("[data-error-summary]")).ToContainTextAsync("contact.nam");
        await page.Locator("[name=html]").FillAsync("<h1>Hello {{ contact.name }}</h1>\n<p><a href=\"https://example.com/offer\">Offer</a></p>");
        await Expect(page.FrameLocator("iframe[name=mail-preview]").Locator("h1")).ToContainTextAsync("Hello ");
        await marketer.LookAsync("template-edit");
        await page.Locator("main [data-primary]").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Spring offer");
        await marketer.LookAsync("template");

        // The blast.
        await marketer.GoAsync("/emailBlasts/new");
        await page.Locator("[name=name]").FillAsync("Spring mail");
        await ChooseAsync(marketer, "field-segment", "Deciders");
        await ChooseAsync(marketer, "field-template", "Spring offer");
        await ChooseAsync(marketer, "field-campaign", "Spring");
        await page.Locator("main [data-primary]").ClickAsync();
        await Expect(page.Locator(".audience-total")).ToBeVisibleAsync();
        var recipients = int.Parse(await page.Locator(".audience-total dd").InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(recipients > 3);
        var blast = page.Url;
        await marketer.LookAsync("blast-draft");
        await page.Locator("form[action$='/send'] button").ClickAsync();
        await page.Locator("#send-ask [data-confirm-yes]").ClickAsync();
        await Expect(page.Locator("[data-figure=sent] b")).ToHaveTextAsync(recipients.ToString(System.Globalization.CultureInfo.InvariantCulture), new() { Timeout = 30_000 });

        // A recipient opens it, follows the link, and wants no more.
        var html = await HtmlOfOneAsync(site);
        using (var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }))
        {
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(html.Single(l => l.Contains("/t/o/", StringComparison.Ordinal)))).StatusCode);
            Assert.Equal("https://example.com/offer", (await client.GetAsync(html.Single(l => l.Contains("/t/c/", StringComparison.Ordinal)))).Headers.Location!.OriginalString);
        }
        await page.GotoAsync(html.First(l => l.Contains("/t/u/", StringComparison.Ordinal)));
        await marketer.LookAsync("unsubscribe");
        await page.Locator("main [data-primary]").ClickAsync();
        await marketer.LookAsync("unsubscribed");

        // The figures, and the people behind them.
        await page.GotoAsync(blast);
        foreach (var part in new[] { "opened", "clicked", "unsubscribed" })
            await Expect(page.Locator($"[data-figure={part}] b")).ToHaveTextAsync("1");
        await marketer.LookAsync("blast-done");
        await page.Locator("[data-figure=clicked]").ClickAsync();
        await Expect(page.Locator("[data-row]")).ToHaveCountAsync(1);
        await marketer.LookAsync("blast-recipients");
        await page.Locator("[data-row-link]").ClickAsync();
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
        await Expect(page.GetByText(marketer.Say("Link in an e-mail clicked"))).ToBeVisibleAsync();
        await marketer.GoAsync("/suppressions");
        await Expect(page.Locator("[data-row]")).ToHaveCountAsync(2);
        await marketer.GoAsync("/admin/email/outbox");
        await marketer.LookAsync("outbox");
        await page.Locator("[data-row-link]").First.ClickAsync();
        await Expect(page.FrameLocator("iframe.message-frame").Locator("h1")).ToContainTextAsync("Hello ");
        await marketer.LookAsync("outbox-message");
    }

    [Theory]
    [InlineData("en", Traits = ["Category", "Nightly"])]
    [InlineData("zh-CN")]
    public async Task Account_AdministratorGivesNone_TestGoesIntoTheOutbox(string culture)
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, culture: culture);
        await using var administrator = await Person.AdministratorAsync(chromium, site, culture);
        await administrator.GoAsync("/admin/email");
        await administrator.Page.Locator("[name=TestTo]").FillAsync("me@example.com");
        await administrator.Button("Send test").ClickAsync();
        await Expect(administrator.Page.Locator("[data-error-summary]")).ToContainTextAsync(administrator.Say("Nothing was sent: there is no mail server"));
        await administrator.LookAsync("email-account");
    }

    private static async Task ChooseAsync(Person person, string select, string name)
    {
        await person.Page.Locator($"#{select} + .ts-wrapper .ts-control").ClickAsync();
        await person.Page.Locator($"#{select} + .ts-wrapper .dropdown-input").FillAsync(name);
        await person.Page.Locator($"#{select} + .ts-wrapper .option", new() { HasTextString = name }).First.ClickAsync();
    }

    /// <summary>The addresses in one of the messages that were written into the outbox.</summary>
    private static async Task<List<string>> HtmlOfOneAsync(TestSite site)
    {
        using var browser = await site.SignInAsync();
        var list = await browser.PageAsync("/admin/email/outbox");
        var url = list.QuerySelector("[data-row-link]")!.GetAttribute("href");
        using var answer = await browser.GetAsync($"{url}/html");
        return [.. Link().Matches(await answer.Content.ReadAsStringAsync()).Select(m => WebUtility.HtmlDecode(m.Value))];
    }

    [GeneratedRegex("""http://[^"]+/t/[^"]+""")]
    private static partial Regex Link();
}
