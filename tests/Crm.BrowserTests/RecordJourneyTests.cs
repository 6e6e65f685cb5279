using Crm.BrowserTests.Support;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Crm.BrowserTests;

/// <summary>A salesperson with a record: through the list, in two windows at once, with a browser that dies, and with what is missing made on the way.</summary>
public sealed class RecordJourneyTests(Chromium chromium)
{
    [Theory]
    [InlineData("en")]
    [InlineData("zh-CN", Traits = ["Category", "Nightly"])]
    public async Task Record_ReadChangedTwiceAtOnceAndAfterACrash(string culture)
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo", culture: culture);
        await using var person = await Person.ColleagueAsync(chromium, site, culture, "mei", "Manager");
        await person.GoAsync("/customers");
        await person.Page.Locator("[data-row-link]").Nth(1).ClickAsync();
        await Expect(person.Page.Locator(".record-place")).ToContainTextAsync("2 / ");
        await person.LookAsync("record");
        await person.Page.Locator("a[rel=next]").ClickAsync();
        await Expect(person.Page.Locator(".record-place")).ToContainTextAsync("3 / ");
        var record = new Uri(person.Page.Url).AbsolutePath;
        await TwoWindowsAsync(person, record);
        await CrashAsync(person, record);
        await QuickCreateAsync(person, record);
    }

    private static async Task TwoWindowsAsync(Person person, string record)
    {
        await person.GoAsync($"{record}/edit");
        var other = await person.Page.Context.NewPageAsync();
        await other.GotoAsync($"{record}/edit");
        await other.Locator("[name=employees]").FillAsync("77");
        await other.Locator("[name=notes]").FillAsync("Renewal in spring. They ask for three years. Call Ms Osei first.");
        await other.Locator("main [data-primary]").ClickAsync();
        await Expect(other).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(record + "$"));
        await other.GotoAsync($"{record}/edit");
        // The window that was open all the time has seen none of it.
        await person.Page.Locator("[name=notes]").FillAsync("Renewal in autumn. They ask for two years.");
        await person.Page.Locator("[name=employees]").FillAsync("78");
        await person.Page.Locator("[name=website]").FillAsync("https://two-windows.example.com");
        await person.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(person.Page.Locator(".conflict-field")).ToHaveCountAsync(2);
        await Expect(person.Page.Locator("#conflict-title")).ToContainTextAsync(person.Say("You saved this record in another window while you were editing it here"));
        await person.LookAsync("record-conflict");
        await person.Page.Locator("[data-keep-all=theirs]").ClickAsync();
        await person.Page.Locator("[name=keep-employees][value=mine]").CheckAsync();
        await person.Page.Locator("main [data-primary]").ClickAsync();
        // Theirs was chosen, and what was typed here is offered afterwards.
        await Expect(person.Page.Locator(".unkept")).ToContainTextAsync("Renewal in autumn. They ask for two years.");
        await person.LookAsync("record-unkept");
        await person.Page.Locator(".unkept form button").ClickAsync();
        await Expect(person.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(record + "$"));
        await Expect(person.Page.Locator(".unkept")).ToHaveCountAsync(0);
        await Expect(person.Page.Locator(".record-facts")).ToContainTextAsync("78");
        await Expect(person.Page.Locator(".record-facts")).ToContainTextAsync("Renewal in spring");
        // A third window, on texts of some length: what was added and removed is marked.
        await person.GoAsync($"{record}/edit");
        await person.Page.Locator("[name=notes]").FillAsync("Renewal in autumn. They ask for three years. Call Ms Osei first.");
        await other.Locator("[name=notes]").FillAsync("Renewal in spring. They ask for two years. Call Ms Osei first.");
        await person.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(person.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(record + "$"));
        await other.Locator("main [data-primary]").ClickAsync();
        await Expect(other.Locator(".conflict-text ins").First).ToHaveTextAsync("autumn");
        await other.Locator("[name=keep-notes][value=theirs]").CheckAsync();
        await other.Locator("main [data-primary]").ClickAsync();
        await Expect(other.Locator(".unkept")).ToBeVisibleAsync();
        await other.CloseAsync();
    }

    private static async Task CrashAsync(Person person, string record)
    {
        var dying = await person.Page.Context.NewPageAsync();
        await dying.GotoAsync($"{record}/edit");
        await dying.Locator("[name=notes]").FillAsync("Half a sentence");
        await dying.WaitForFunctionAsync("path => Object.keys(localStorage).some(k => k.startsWith('draft:') && k.includes(path) && localStorage[k].includes('Half a sentence'))", record.Split('/')[^1]);
        await dying.CloseAsync();

        await person.GoAsync($"{record}/edit");
        await Expect(person.Page.Locator("[data-draft-offer]")).ToBeVisibleAsync();
        await person.LookAsync("record-draft");
        await person.Page.Locator("[data-draft-restore]").ClickAsync();
        await Expect(person.Page.Locator("[name=notes]")).ToHaveValueAsync("Half a sentence");
        // Leaving is asked about, and staying keeps what is there.
        var asked = "";
        void Stay(object? _, IDialog dialog) { asked = dialog.Type; _ = dialog.DismissAsync(); }
        person.Page.Dialog += Stay;
        await person.Page.Locator("[data-cancel]").ClickAsync();
        await Expect(person.Page.Locator("[name=notes]")).ToHaveValueAsync("Half a sentence");
        person.Page.Dialog -= Stay;
        Assert.Equal("beforeunload", asked);
        await person.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(person.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(record + "$"));
        await person.Page.WaitForFunctionAsync("() => !Object.keys(localStorage).some(k => k.startsWith('draft:'))");
    }

    private static async Task QuickCreateAsync(Person person, string record)
    {
        var page = person.Page;
        await page.Locator("a[data-panel][href^='/contacts/new']").First.ClickAsync();
        var panel = page.Locator("dialog.panel");
        await Expect(panel.Locator("h1")).ToBeVisibleAsync();
        await person.LookAsync("record-panel");
        // Refused, it stays where it is with what was typed.
        await panel.Locator("[name=email]").FillAsync("nobody");
        await panel.Locator("[data-primary]").ClickAsync();
        await Expect(panel.Locator("[data-error-summary]")).ToBeFocusedAsync();
        await Expect(panel.Locator("[name=email]")).ToHaveValueAsync("nobody");
        await panel.Locator("[name=name]").FillAsync("Nora Quist");
        await panel.Locator("[name=email]").FillAsync("nora.quist@example.com");
        await panel.Locator("[data-primary]").ClickAsync();
        await Expect(page.Locator(".record-related")).ToContainTextAsync("Nora Quist");
        Assert.EndsWith(record, new Uri(page.Url).AbsolutePath, StringComparison.Ordinal);

        // What is there already is shown while one types; what is missing is made in place.
        await person.GoAsync("/contacts/new");
        await page.Locator("[name=name]").PressSequentiallyAsync("Nora Quist");
        await Expect(page.Locator(".duplicates a")).ToContainTextAsync("Nora Quist");
        await page.Locator("#field-customer + .ts-wrapper .ts-control").ClickAsync();
        await page.Locator(".ts-dropdown .dropdown-input").First.FillAsync("Wholly New Traders");
        await page.Locator(".ts-dropdown .create").ClickAsync();
        await Expect(panel.Locator("[name=name]")).ToHaveValueAsync("Wholly New Traders");
        await panel.Locator("[data-primary]").ClickAsync();
        await Expect(panel).ToHaveCountAsync(0);
        await Expect(page.Locator("#field-customer + .ts-wrapper .item")).ToHaveTextAsync("Wholly New Traders");
        await person.LookAsync("contact-duplicate");
    }
}
