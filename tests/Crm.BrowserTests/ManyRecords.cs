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
        await ChooseAsync(manager, site);
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
        // The timeline tells of what is saved there at once.
        await fact.Locator(".inline-pencil").ClickAsync();
        var choice = page.Locator(".inline-editor select");
        await choice.SelectOptionAsync(await choice.InputValueAsync() == "c" ? "b" : "c");
        await choice.PressAsync("Enter");
        await Expect(page.Locator("#timeline .changes dt").First).ToHaveTextAsync(manager.Say("Level"));
        await page.Locator("[data-inline-undo] button").ClickAsync();
        await Expect(page.Locator("[data-inline-undo]")).ToHaveCountAsync(0);
        // What is lost on the way there is the timeline alone.
        await page.RouteAsync("**/customers/*", route => route.FulfillAsync(new() { Status = 500 }));
        await fact.Locator(".inline-pencil").ClickAsync();
        await choice.SelectOptionAsync(await choice.InputValueAsync() == "c" ? "b" : "c");
        await choice.PressAsync("Enter");
        await Expect(page.Locator("[data-snacks]")).ToContainTextAsync(manager.Say("It is saved, but the timeline could not be brought up to date."));
        await Expect(page.Locator("[data-snacks] [data-error]")).ToHaveCountAsync(0);
        await page.UnrouteAllAsync();

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

    /// <summary>A list of two pages: what is chosen, what stays in sight, and how wide the columns are.</summary>
    private static async Task ChooseAsync(Person manager, TestSite site)
    {
        const int PageSize = 50;
        var file = Path.Combine(site.DataDirectory, "parts.csv");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, 60).Select(i => $"Part {i:00}").Prepend("name"));
        var (code, _, error) = await site.RunAsync("import", "products", file);
        Assert.True(code == 0, error);
        var page = manager.Page;
        await manager.GoAsync("/products");
        var (boxes, count, matching) = (page.Locator("[data-select]"), page.Locator("[data-selection-count]"), page.Locator("[data-select-matching]"));

        // All of this page, then all that match; whoever takes one out again no longer means all.
        await page.Locator("[data-select-all]").CheckAsync();
        await Expect(page.Locator("[data-select]:checked")).ToHaveCountAsync(PageSize);
        await Expect(count).ToContainTextAsync("50");
        await matching.CheckAsync();
        var all = (await count.GetAttributeAsync("data-all"))!;
        Assert.True(int.Parse(all, System.Globalization.CultureInfo.InvariantCulture) > 60);
        await Expect(count).ToContainTextAsync(all);
        await boxes.Nth(3).UncheckAsync();
        await Expect(matching).Not.ToBeCheckedAsync();
        await Expect(page.Locator("[data-select-all]:indeterminate")).ToHaveCountAsync(1);
        await Expect(count).ToContainTextAsync("49");
        await page.Locator("[data-selection-clear]").ClickAsync();
        await Expect(page.Locator("[data-selection-bar]")).ToBeHiddenAsync();
        // With shift, all between two.
        await boxes.Nth(1).ClickAsync();
        await boxes.Nth(5).ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(page.Locator("[data-select]:checked")).ToHaveCountAsync(5);
        await matching.CheckAsync();
        await page.Locator("[data-selection-bar] button[name=bulkAction][value=change]").ClickAsync();
        await Expect(page.Locator("main .head")).ToContainTextAsync(all);

        // The heads stay where they are, and the keys go down and up again.
        await manager.GoAsync("/products");
        var scroller = page.Locator("[data-table-scroll]");
        await scroller.EvaluateAsync("area => area.scrollTop = 300");
        Assert.True(await scroller.EvaluateAsync<bool>("area => area.scrollTop > 200 && Math.abs(area.querySelector('th[data-col]').getBoundingClientRect().top - area.getBoundingClientRect().top) < 2"));
        foreach (var key in new[] { "j", "j", "j", "k" })
            await page.Keyboard.PressAsync(key);
        await Expect(page.Locator("[data-row]").Nth(1)).ToHaveAttributeAsync("data-cursor", "");

        // A column is made wider by the keys and narrower with the mouse; that, and the rows' height, is kept.
        var path = (await page.Locator("th[data-col]").Nth(1).GetAttributeAsync("data-col"))!;
        var (grip, column) = (page.Locator($"th[data-col='{path}'] .col-grip"), page.Locator($"col[data-col='{path}']"));
        var steps = int.Parse((await column.GetAttributeAsync("data-steps"))!, System.Globalization.CultureInfo.InvariantCulture);
        await grip.FocusAsync();
        await KeptAsync(async () => { await page.Keyboard.PressAsync("ArrowRight"); await page.Keyboard.PressAsync("ArrowRight"); });
        await page.ReloadAsync();
        await Expect(column).ToHaveClassAsync($"w{steps + 2}");
        var at = (await grip.BoundingBoxAsync())!;
        // Columns share what room is left over: a column may be wider than its steps.
        var narrower = (int)Math.Floor(((await column.EvaluateAsync<int>("col => document.querySelector(`th[data-col='${col.dataset.col}']`).offsetWidth") - 48) / 16.0) + 0.5);
        await page.Mouse.MoveAsync(at.X + (at.Width / 2), at.Y + (at.Height / 2));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(at.X + (at.Width / 2) - 48, at.Y + (at.Height / 2), new() { Steps = 4 });
        await KeptAsync(() => page.Mouse.UpAsync());
        await page.ReloadAsync();
        await Expect(column).ToHaveClassAsync($"w{narrower}");
        await manager.Button("Columns").ClickAsync();
        await KeptAsync(() => page.Locator("[data-density-form] button[value=compact]").ClickAsync());
        await page.ReloadAsync();
        await Expect(page.Locator("[data-list]")).ToHaveAttributeAsync("data-density", "compact");

        Task KeptAsync(Func<Task> action) => page.RunAndWaitForResponseAsync(action, r => r.Url.EndsWith("/products/taste", StringComparison.Ordinal) && r.Status == 204);
    }
}
