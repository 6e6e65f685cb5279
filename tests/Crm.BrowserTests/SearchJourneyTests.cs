using Crm.BrowserTests.Support;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Crm.BrowserTests;

/// <summary>The chapters on search and help, as somebody in sales, by keyboard; and the index page, as an administrator.</summary>
public sealed class SearchJourneyTests(Chromium chromium)
{
    [Theory]
    [InlineData("en")]
    [InlineData("zh-CN", Traits = ["Category", "Nightly"])]
    public async Task Search_ByKeyboard_FollowsASuggestionAndAResult_AndHelpFitsThePage(string culture)
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo", culture: culture);
        await ImportAsync(site, "customers", "name,phone,notes",
            $"中国银行,,{(culture == "en" ? "Acme is their supplier" : "供应商：艾克米，合同在银行柜台签署")}", "Acme Corporation,+8613812345678,");
        await ImportAsync(site, "contacts", "name", culture == "en" ? "Bob Banker" : "王明（银行经理）");
        await using var seller = await Person.ColleagueAsync(chromium, site, culture, "seller", "Sales");
        await Expect(seller.Page.Locator("main")).ToBeVisibleAsync();

        // The list opens while typing; the arrow keys choose, Enter opens.
        var box = seller.Page.GetByRole(AriaRole.Combobox, new() { Name = seller.Say("Search") });
        await seller.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await seller.Page.Keyboard.PressAsync("Control+k");
        await Expect(box).ToBeFocusedAsync();
        await seller.Page.Keyboard.TypeAsync("acme corp");
        var option = seller.Page.GetByRole(AriaRole.Option, new() { Name = "Acme Corporation" }).First;
        await Expect(option).ToBeVisibleAsync();
        await seller.LookAsync("search-suggestions");
        await box.FocusAsync();
        await seller.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(option).ToHaveAttributeAsync("aria-selected", "true");
        await seller.Page.Keyboard.PressAsync("Enter");
        await Expect(seller.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Acme Corporation");

        // Enter without choosing shows all results; j and Enter follow one.
        await seller.Page.Keyboard.PressAsync("/");
        await box.FillAsync("银行");
        await seller.Page.Keyboard.PressAsync("Enter");
        await Expect(seller.Page.Locator(".result-name", new() { HasText = "中国银行" })).ToBeVisibleAsync();
        await Expect(seller.Page.Locator(".result mark").First).ToHaveTextAsync("银行");
        await seller.LookAsync("search-results");
        await seller.Page.Locator("h1").ClickAsync();
        var first = await seller.Page.Locator(".result-name").First.InnerTextAsync();
        await seller.Page.Keyboard.PressAsync("j");
        await seller.Page.Keyboard.PressAsync("Enter");
        await Expect(seller.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(first);

        await seller.GoAsync("/search?q=qqqq");
        await seller.LookAsync("search-nothing");
        await seller.GoAsync("/search");
        await seller.LookAsync("search-empty");

        // Help for this page, its search, and the questions.
        var help = await seller.Page.Context.RunAndWaitForPageAsync(() => seller.Page.Locator("[data-help-link]").ClickAsync());
        await Expect(help.Locator("h1")).ToHaveTextAsync(seller.Say("Search"));
        await help.CloseAsync();
        await seller.GoAsync("/help");
        await seller.LookAsync("help");
        await seller.Page.Locator(".help-contents a[href='/help/questions']").ClickAsync();
        await seller.LookAsync("help-questions");
        await seller.GoAsync("/help/search");
        await seller.LookAsync("help-search");

        await using var administrator = await Person.AdministratorAsync(chromium, site, culture);
        await administrator.GoAsync("/admin/search");
        await administrator.Button("Rebuild").ClickAsync();
        await Expect(administrator.Page.Locator(".index-progress")).ToHaveCountAsync(0);
        await Expect(administrator.Page.Locator(".pill[data-tone=good]")).ToBeVisibleAsync();
        await administrator.LookAsync("search-index");
    }

    private static async Task ImportAsync(TestSite site, string type, params string[] lines)
    {
        var file = Path.Combine(site.DataDirectory, $"{type}.csv");
        await File.WriteAllLinesAsync(file, lines);
        var (code, output, error) = await site.RunAsync("import", type, file);
        Assert.True(code == 0, output + error);
    }
}
