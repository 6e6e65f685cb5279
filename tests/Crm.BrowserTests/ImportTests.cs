using System.Globalization;
using System.Text;
using Crm.BrowserTests.Support;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Crm.BrowserTests;

/// <summary>A manager brings a file of customers in: its columns, values that are no options, a trial, the result, and what failed once more.</summary>
public sealed class ImportTests(Chromium chromium)
{
    [Theory]
    [InlineData("en", DatabaseProvider.Postgres)]
    [InlineData("zh-CN", DatabaseProvider.Sqlite, Traits = ["Category", "Nightly"])]
    public async Task Import_InSteps_ShowsEachRowAndGivesBackWhatFailed(string culture, DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider, recipe: "Demo", culture: culture);
        await using var manager = await Person.ColleagueAsync(chromium, site, culture, "boss", "Manager");
        await manager.GoAsync("/customers");
        await manager.Page.Locator("main .head a[href='/customers/import']").First.ClickAsync();
        await manager.LookAsync("import-file");

        await GiveAsync(manager, "firms.csv", "Firma,Stufe,Staff,Junk\nSteel Works,Top,120,x\nGlass Works,b,many,y\nPaper Works,zzz,30,z\n");
        await manager.Page.GetByLabel(manager.Say("Field for column {0}").Replace("{0}", "Firma", StringComparison.Ordinal)).SelectOptionAsync("name");
        await manager.Page.GetByLabel(manager.Say("Field for column {0}").Replace("{0}", "Stufe", StringComparison.Ordinal)).SelectOptionAsync("level");
        await manager.Page.GetByLabel(manager.Say("Field for column {0}").Replace("{0}", "Staff", StringComparison.Ordinal)).SelectOptionAsync("employees");
        await manager.LookAsync("import-columns");
        await ContinueAsync(manager);

        await manager.Page.GetByLabel(manager.Say("Meaning of {0}").Replace("{0}", "Top", StringComparison.Ordinal)).SelectOptionAsync("a");
        await manager.Page.GetByLabel(manager.Say("Meaning of {0}").Replace("{0}", "zzz", StringComparison.Ordinal)).SelectOptionAsync("");
        await manager.LookAsync("import-values");
        await ContinueAsync(manager);

        await Expect(manager.Page.Locator(".import-counts dd")).ToHaveTextAsync(["2", "0", "0", "1"]);
        await manager.LookAsync("import-trial");
        await ContinueAsync(manager);
        await Expect(manager.Page.Locator(".import-counts dd")).ToHaveTextAsync(["2", "0", "0", "1"]);
        await manager.LookAsync("import-result");

        // What failed comes back with its reason, is mended and imported: one record more, and no other twice.
        var answer = await manager.Page.APIRequest.GetAsync(await manager.Page.Locator("a[href$='/failed.csv']").GetAttributeAsync("href") ?? "");
        var failed = await answer.TextAsync();
        Assert.Contains("Glass Works,b,many,y,", failed, StringComparison.Ordinal);
        Assert.DoesNotContain("Steel", failed, StringComparison.Ordinal);
        await manager.GoAsync("/customers/import");
        await GiveAsync(manager, "mended.csv", failed.TrimStart('\uFEFF').Replace("many", "80", StringComparison.Ordinal));
        foreach (var (column, field) in new[] { ("Firma", "name"), ("Stufe", "level"), ("Staff", "employees") })
            await manager.Page.GetByLabel(manager.Say("Field for column {0}").Replace("{0}", column, StringComparison.Ordinal)).SelectOptionAsync(field);
        await ContinueAsync(manager);
        await ContinueAsync(manager);
        await Expect(manager.Page.Locator(".import-counts dd")).ToHaveTextAsync(["1", "0", "0", "0"]);
        await manager.GoAsync("/customers?q=Works");
        await Expect(manager.Page.Locator("[data-row]")).ToHaveCountAsync(3);

        await manager.Page.Locator("main .head [popovertarget=page-menu]").ClickAsync();
        await manager.Page.Locator("#page-menu a[href*='/export/choose']").ClickAsync();
        await Expect(manager.Page.Locator("dialog [name=format][value=xlsx]")).ToBeVisibleAsync();
        await manager.LookAsync("export");
    }

    [Fact]
    public async Task Import_ManyRows_GoesOnInTheBackground()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        await using var manager = await Person.ColleagueAsync(chromium, site, "en", "boss", "Manager");
        await manager.GoAsync("/customers/import");
        var rows = new StringBuilder("name,employees\n");
        for (var i = 0; i < 3000; i++)
            rows.Append(CultureInfo.InvariantCulture, $"Firm {i:0000},{i}\n");
        await GiveAsync(manager, "many.csv", rows.ToString());
        await FinishAsync(manager);
        await Expect(manager.Page.Locator(".import-counts dd").First).ToHaveTextAsync("3,000");
        await manager.GoAsync("/customers");
        await Expect(manager.Page.Locator(".total").First).ToContainTextAsync("3,000");
    }

    /// <summary>From the columns as they are proposed to the result.</summary>
    internal static async Task FinishAsync(Person person)
    {
        if (await person.Page.Locator("input[type=file]").CountAsync() > 0)
            await ContinueAsync(person);
        await ContinueAsync(person);
        // A large file is tried in the background first.
        await Expect(person.Page.Locator("form[action$='/run']")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await ContinueAsync(person);
        await Expect(person.Page.Locator("form[action$='/run']")).ToHaveCountAsync(0);
        await Expect(person.Page.Locator(".import-counts")).ToBeVisibleAsync(new() { Timeout = 60_000 });
    }

    private static async Task GiveAsync(Person person, string name, string text)
    {
        await person.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(text) });
        await ContinueAsync(person);
        await Expect(person.Page.Locator(".import-columns")).ToBeVisibleAsync();
    }

    private static Task ContinueAsync(Person person) => person.Page.Locator("main [data-primary]").ClickAsync();
}
