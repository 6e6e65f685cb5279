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
        await person.Page.Keyboard.PressAsync("j");
        await Expect(person.Page.Locator(".record-place")).ToContainTextAsync("3 / ");
        var record = new Uri(person.Page.Url).AbsolutePath;
        await ShareAndPrintAsync(person, record);
        await OnAPhoneAsync(person, record);
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
        // Left for later, it is offered again, whatever was typed over it and given up.
        await person.Page.Locator("[name=notes]").FillAsync("Never mind");
        await person.Page.WaitForFunctionAsync("() => Object.values(localStorage).some(draft => draft.includes('Never mind'))");
        await CancelAsync(stays: false);
        await Expect(person.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(record + "$"));
        await person.GoAsync($"{record}/edit");
        await person.Page.Locator("[data-draft-restore]").ClickAsync();
        await Expect(person.Page.Locator("[name=notes]")).ToHaveValueAsync("Half a sentence");
        // Leaving is asked about, and staying keeps what is there.
        await person.Page.Locator("[name=notes]").FillAsync("Half a sentence and more");
        await CancelAsync(stays: true);
        await Expect(person.Page.Locator("[name=notes]")).ToHaveValueAsync("Half a sentence and more");
        await person.Page.WaitForFunctionAsync("() => Object.values(localStorage).some(draft => draft.includes('Half a sentence and more'))");
        await CancelAsync(stays: false);
        await Expect(person.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(record + "$"));
        await person.Page.WaitForFunctionAsync("() => !Object.keys(localStorage).some(k => k.startsWith('draft:'))");

        // A form that is saved needs none either.
        await person.GoAsync($"{record}/edit");
        await person.Page.Locator("[name=notes]").FillAsync("A whole sentence");
        await person.Page.WaitForFunctionAsync("() => Object.values(localStorage).some(draft => draft.includes('A whole sentence'))");
        await person.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(person.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(record + "$"));
        await person.Page.WaitForFunctionAsync("() => !Object.keys(localStorage).some(k => k.startsWith('draft:'))");

        async Task CancelAsync(bool stays)
        {
            var asked = new TaskCompletionSource<string>();
            void Answer(object? _, IDialog dialog)
            {
                _ = stays ? dialog.DismissAsync() : dialog.AcceptAsync();
                asked.SetResult(dialog.Type);
            }

            person.Page.Dialog += Answer;
            await person.Page.Locator("[data-cancel]").ClickAsync();
            Assert.Equal("beforeunload", await asked.Task.WaitAsync(TimeSpan.FromSeconds(15)));
            person.Page.Dialog -= Answer;
        }
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
        await Expect(panel.Locator("#field-email-error")).ToBeVisibleAsync();
        await panel.Locator("[name=name]").FillAsync("Nora Quist");
        await panel.Locator("[name=email]").FillAsync("nora.quist@example.com");
        await panel.Locator("[data-primary]").ClickAsync();
        await Expect(page.Locator(".record-related")).ToContainTextAsync("Nora Quist");
        Assert.EndsWith(record, new Uri(page.Url).AbsolutePath, StringComparison.Ordinal);

        // What is there already is shown while one types; what is missing is made in place.
        await person.GoAsync("/contacts/new");
        await page.Locator("[name=name]").PressSequentiallyAsync("Nora Quist");
        await Expect(page.Locator(".field:has(#field-name) .duplicates a")).ToContainTextAsync("Nora Quist");
        await page.Locator("#field-customer + .ts-wrapper .ts-control").ClickAsync();
        await page.Locator(".ts-dropdown .dropdown-input").First.FillAsync("Wholly New Traders");
        await page.Locator(".ts-dropdown .create").ClickAsync();
        await Expect(panel.Locator("[name=name]")).ToHaveValueAsync("Wholly New Traders");
        await panel.Locator("[data-primary]").ClickAsync();
        await Expect(panel).ToHaveCountAsync(0);
        await Expect(page.Locator("#field-customer + .ts-wrapper .item")).ToHaveTextAsync("Wholly New Traders");
        await person.LookAsync("contact-duplicate");
        // A form over one of its own kind has a draft of its own.
        await person.GoAsync("/customers/new");
        await page.Locator("[name=name]").PressSequentiallyAsync("Outer Firm");
        await page.WaitForFunctionAsync("() => Object.values(localStorage).some(draft => draft.includes('Outer Firm'))");
        await page.Locator("#field-parent + .ts-wrapper .ts-control").ClickAsync();
        await page.Locator(".ts-dropdown:visible .dropdown-input").FillAsync("Omega Parent");
        await page.Locator(".ts-dropdown:visible .create").ClickAsync();
        await Expect(panel.Locator("[name=name]")).ToHaveValueAsync("Omega Parent");
        await Expect(panel.Locator("form[data-draft$='/panel']")).ToHaveCountAsync(1);
        await panel.Locator("[data-primary]").ClickAsync();
        await Expect(panel).ToHaveCountAsync(0);
        await Expect(page.Locator("#field-parent + .ts-wrapper .item")).ToHaveTextAsync("Omega Parent");
        Assert.True(await page.EvaluateAsync<bool>("Object.values(localStorage).some(draft => draft.includes('Outer Firm'))"));
        await page.Locator("main [data-cancel]").ClickAsync();
        // What was chosen last is offered first.
        await person.GoAsync("/contacts/new");
        await page.Locator("#field-customer + .ts-wrapper .ts-control").ClickAsync();
        await Expect(page.Locator(".ts-dropdown .optgroup").First.Locator(".option").First).ToHaveTextAsync("Omega Parent");
        await Expect(page.Locator(".ts-dropdown .option").Nth(1)).ToBeVisibleAsync();
    }

    /// <summary>Its address for a colleague, and its page on paper.</summary>
    private static async Task ShareAndPrintAsync(Person person, string record)
    {
        var page = person.Page;
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var address = new Uri(new Uri(page.Url), record).ToString();
        await ChooseAsync("[data-copy-link]");
        await Expect(page.Locator(".snack")).ToHaveTextAsync(person.Say("Copied."));
        Assert.Equal(address, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        // Where the site's address is not secure there is no such interface.
        await page.EvaluateAsync("""
            () => {
              window.board = navigator.clipboard;
              Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
              window.print = () => document.documentElement.setAttribute('data-printed', '');
              return window.board.writeText('');
            }
            """);
        await ChooseAsync("[data-copy-link]");
        await Expect(page.Locator(".snack")).ToHaveCountAsync(2);
        Assert.Equal(address, await page.EvaluateAsync<string>("window.board.readText()"));
        // Where nothing helps the text is there to be copied by hand.
        await page.EvaluateAsync("""
            () => {
              Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new DOMException('', 'NotAllowedError')) }, configurable: true });
              document.execCommand = () => false;
            }
            """);
        await ChooseAsync("[data-copy-link]");
        await Expect(page.Locator("[data-copy-by-hand] textarea")).ToBeFocusedAsync();
        Assert.Equal(address, await page.EvaluateAsync<string>("getSelection().toString()"));
        await person.LookAsync("copy-by-hand");
        await page.Keyboard.PressAsync("Escape");

        await ChooseAsync("[data-print]");
        await Expect(page.Locator("html[data-printed]")).ToHaveCountAsync(1);
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        foreach (var gone in new[] { ".side", ".top", ".head-end", ".record-tabs", ".composer", ".attach" })
            await Expect(page.Locator(gone).First).ToBeHiddenAsync();
        foreach (var there in new[] { "h1", ".record-facts .facts", ".history", ".record-related .section" })
            await Expect(page.Locator(there).First).ToBeVisibleAsync();
        await page.EmulateMediaAsync(new() { Media = Media.Screen });

        async Task ChooseAsync(string item)
        {
            await page.Locator("[popovertarget=record-menu]").ClickAsync();
            await page.Locator($"#record-menu {item}").ClickAsync();
        }
    }

    /// <summary>What a thumb is for is large enough for it, the places and a form's button where it is; and the tabs show one pane each.</summary>
    private static async Task OnAPhoneAsync(Person person, string record)
    {
        var page = person.Page;
        await page.SetViewportSizeAsync(390, 844);
        await person.GoAsync(record);
        foreach (var (tab, pane) in new[] { ("facts", ".record-facts"), ("related", ".record-related"), ("timeline", "[data-pane=timeline]") })
        {
            await page.Locator($"[data-tab={tab}]").ClickAsync();
            await Expect(page.Locator($"[data-tab={tab}]")).ToHaveAttributeAsync("aria-selected", "true");
            await Expect(page.Locator(pane)).ToBeVisibleAsync();
            await Expect(page.Locator(".record > [data-pane]:visible")).ToHaveCountAsync(1);
        }
        await LargeEnoughAsync(".record-head .head-end > .btn", 0);
        await LargeEnoughAsync(".record-tabs button", 0);
        await LargeEnoughAsync(".bottom > *", 844 - 100);
        await person.GoAsync($"{record}/edit");
        await LargeEnoughAsync("main .save-bar .btn-primary", 844 / 2);
        await page.SetViewportSizeAsync(1440, 900);

        async Task LargeEnoughAsync(string selector, double below)
        {
            var boxes = await page.Locator($"{selector}:visible").EvaluateAllAsync<double[][]>("all => all.map(e => e.getBoundingClientRect()).map(b => [b.width, b.height, b.top, b.bottom, b.right])");
            Assert.NotEmpty(boxes);
            Assert.All(boxes, b => Assert.True(b[0] >= 44 && b[1] >= 44 && b[2] >= below && b[3] <= 844 && b[4] <= 390, $"{selector}: {string.Join(' ', b)}"));
        }
    }
}
