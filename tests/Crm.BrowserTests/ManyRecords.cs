using System.Text.RegularExpressions;
using Crm.BrowserTests.Support;
using Crm.IntegrationTests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Crm.BrowserTests;

/// <summary>A manager tidies up: a field in place by the keyboard, many records at once, and back again.</summary>
internal static class ManyRecords
{
    public static async Task TidyUpAsync(Chromium chromium, TestSite site, string culture)
    {
        await using var manager = await Person.ColleagueAsync(chromium, site, culture, "tidy", "Manager");
        await InPlaceAsync(manager);
        await AtOnceAsync(manager);
    }

    private static async Task InPlaceAsync(Person manager)
    {
        var page = manager.Page;
        await manager.GoAsync("/customers");
        var cell = page.Locator("tr[data-row]").First.Locator("td[data-inline$='/phone']");
        var before = (await cell.InnerTextAsync()).Trim();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Locator("tr[data-row]").First.Locator("td[data-inline]:focus").WaitForAsync();
        while (await page.Locator("td[data-inline$='/phone']:focus").CountAsync() == 0)
            await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("F2");
        var input = page.Locator(".inline-editor input[name=phone]");
        await Expect(input).ToBeFocusedAsync();
        await input.FillAsync("12");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".inline-editor .field-error")).ToBeVisibleAsync();
        await manager.LookAsync("inline-refused");
        await input.FillAsync("+86 10 6212 3456");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".inline-editor")).ToHaveCountAsync(0);
        await Expect(cell).ToContainTextAsync("6212 3456");
        await Expect(cell).ToBeFocusedAsync();
        await page.Locator("[data-inline-undo] button").ClickAsync();
        await Expect(cell).ToHaveTextAsync(before);

        // The mouse, and Escape.
        // At the cell's end: in its middle stands a number that a click would call.
        await cell.DblClickAsync(new() { Position = new() { X = (await cell.BoundingBoxAsync())!.Width - 4, Y = 8 } });
        await Expect(input).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".inline-editor")).ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync(new Regex("/customers$"));

        // The same on the record's page, by its pencil.
        await page.Locator("[data-row-link]").First.ClickAsync();
        var fact = page.Locator("dd[data-inline$='/level']");
        await fact.HoverAsync();
        await fact.Locator(".inline-pencil").ClickAsync();
        await Expect(page.Locator(".inline-editor select")).ToBeVisibleAsync();
        await manager.LookAsync("inline-fact");
        await page.Keyboard.PressAsync("Escape");
        await Expect(fact.Locator(".inline-pencil")).ToBeFocusedAsync();

        // A look-up's picker is called as its field, and so is the way to empty it.
        fact = page.Locator("dd[data-inline$='/owner']");
        await fact.HoverAsync();
        await fact.Locator(".inline-pencil").ClickAsync();
        var editor = page.Locator(".inline-editor");
        var label = await editor.Locator(".field > label").InnerTextAsync();
        await Expect(editor.GetByRole(AriaRole.Textbox, new() { Name = label, Exact = true })).ToBeFocusedAsync();
        await Expect(editor.GetByRole(AriaRole.Combobox, new() { Name = label, Exact = true })).ToBeVisibleAsync();
        await Expect(editor.Locator(".clear-button")).ToHaveAttributeAsync("aria-label", manager.Say("Clear"));
        await page.Keyboard.PressAsync("Escape");

        // Nobody is asked for a district where addresses have none.
        await manager.GoAsync("/customers/new");
        var country = page.Locator("[name=billingAddressCountry]");
        foreach (var (code, isShown) in new[] { ("DE", false), ("CN", true), ("US", false) })
        {
            await country.SelectOptionAsync(code);
            await Expect(page.Locator("[name=billingAddressDistrict]")).ToBeVisibleAsync(new() { Visible = isShown });
        }
    }

    private static async Task AtOnceAsync(Person manager)
    {
        var page = manager.Page;
        await manager.GoAsync("/customers");
        await page.Locator("[data-select]").Nth(0).CheckAsync();
        await page.Locator("[data-select]").Nth(1).CheckAsync();
        await page.Locator("[data-select]").Nth(2).CheckAsync();
        await manager.LookAsync("bulk-selection");
        await page.Locator("[data-selection-bar] button[name=bulkAction][value=change]").ClickAsync();
        await page.Locator("select[name=bulkField]").SelectOptionAsync("level");
        await page.Locator("main select[name=level]").SelectOptionAsync("d");
        await manager.LookAsync("bulk-ask");
        await page.Locator("main [data-primary]").ClickAsync();
        await Expect(page.Locator("main [name=bulkStep][value=start]")).ToBeVisibleAsync();
        await manager.LookAsync("bulk-confirm");
        await page.Locator("main [name=bulkStep][value=start]").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/bulk/"));
        await Expect(manager.Button("Undo")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Expect(page.Locator(".bulk-counts dd").First).ToHaveTextAsync("3");
        await manager.LookAsync("bulk-done");
        await manager.Button("Undo").ClickAsync();
        await Expect(page.Locator(".bulk-counts dd").First).ToHaveTextAsync("3", new() { Timeout = 20_000 });
        await manager.GoAsync("/bulk");
        await manager.LookAsync("bulk-mine");
    }
}
