using Crm.BrowserTests.Support;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Crm.BrowserTests;

/// <summary>A company's first day, as the manual tells it: set up, sign in, first password, customers in and out of the bin.</summary>
public sealed class JourneyTests(Chromium chromium)
{
    private const string FirstPassword = "First-Password-1";
    private const string OwnPassword = "My-own-Sentence-2";

    [Theory]
    [InlineData("en", DatabaseProvider.Sqlite, Traits = ["Category", "Nightly"])]
    [InlineData("zh-CN", DatabaseProvider.Postgres)]
    public async Task FirstDay_FromSetUpToARestoredCustomer(string culture, DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider, setUp: false, fixDatabase: false);
        await using (var administrator = await Person.OpenAsync(chromium, site.Address, culture))
        {
            await SetUpAsync(administrator, site, culture, provider);
            await administrator.SignInAsync(TestSite.AdminName, TestSite.AdminPassword);
            await CreateUserAsync(administrator);
            foreach (var (url, name) in new[] { ("/admin/features", "features"), ("/admin/roles", "roles") })
            {
                await administrator.GoAsync(url);
                await administrator.LookAsync(name);
            }
            await administrator.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = administrator.Say("Sales"), Exact = true }).ClickAsync();
            await administrator.LookAsync("role");
        }
        await using var sales = await Person.OpenAsync(chromium, site.Address, culture);
        await ChangeFirstPasswordAsync(sales);
        await CustomerAsync(sales);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("zh-CN", Traits = ["Category", "Nightly"])]
    public async Task ReadOnlyUser_SeesNoWayToWrite_AndIsRefusedByHand(string culture)
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo", culture: culture);
        await using var reader = await Person.ColleagueAsync(chromium, site, culture, "reader", "Read-only");
        await reader.LookAsync("home-reader");
        await reader.GoAsync("/customers");
        await Expect(reader.Page.Locator("[data-row]").First).ToBeVisibleAsync();
        await reader.LookAsync("customers-reader");
        await Expect(reader.Page.Locator("a[href$='/new']:not([href*='/views/']), a[href$='/import'], a[href$='/recycle-bin']")).ToHaveCountAsync(0);

        await reader.Page.Locator("[data-row-link]").First.ClickAsync();
        await Expect(reader.Page.Locator("h1")).ToBeVisibleAsync();
        await reader.LookAsync("customer-reader");
        await Expect(reader.Page.Locator("a[href$='/edit'], a[href$='/delete']")).ToHaveCountAsync(0);

        // The same by hand: with a valid token, and still refused.
        var record = new Uri(reader.Page.Url).AbsolutePath;
        var token = await reader.Page.Locator("input[name=__RequestVerificationToken]").First.GetAttributeAsync("value");
        foreach (var url in new[] { "/customers/new", $"{record}/edit", $"{record}/delete", $"{record}/restore" })
        {
            var answer = await reader.Page.APIRequest.PostAsync(url, new() { Form = reader.Page.APIRequest.CreateFormData().Append("__RequestVerificationToken", token!).Append("name", "Forged") });
            Assert.Equal(403, answer.Status);
        }
        await reader.GoAsync("/customers/new");
        await reader.LookAsync("forbidden");
        await reader.GoAsync("/nothing-here");
        await reader.LookAsync("not-found");

        // Others may write, here and to many at once.
        await ManyRecords.TidyUpAsync(chromium, site, culture);
    }

    [Theory, Trait("Category", "Nightly")]
    [InlineData("en")]
    [InlineData("zh-CN")]
    public async Task Features_SwitchedOffAndOn_ShowWhatElseIsAffectedAndKeepTheData(string culture)
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo", culture: culture);
        await using var administrator = await Person.AdministratorAsync(chromium, site, culture);
        await administrator.LookAsync("home-demo");
        await administrator.GoAsync("/customers");
        await administrator.LookAsync("customers-demo");
        var customers = await administrator.Page.Locator("[data-row]").CountAsync();
        Assert.True(customers > 5);

        await ListAsync(administrator);

        await administrator.GoAsync("/admin/features/Crm.Customers/disable");
        await administrator.LookAsync("feature-disable");
        await administrator.Page.Locator("main form button:not([type=button])").Last.ClickAsync();
        await Expect(administrator.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/admin/features$"));
        Assert.Equal(404, (await administrator.Page.GotoAsync("/customers"))!.Status);
        await administrator.GoAsync("/admin/features/Crm.Customers/enable");
        await administrator.LookAsync("feature-enable");
        await administrator.Page.Locator("main form button:not([type=button])").Last.ClickAsync();
        await Expect(administrator.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/admin/features$"));
        await administrator.GoAsync("/customers");
        await Expect(administrator.Page.Locator("[data-row]")).ToHaveCountAsync(customers);
    }

    private static async Task AddFilterAsync(Person person, string field)
    {
        await person.Button("Filter").ClickAsync();
        await ChooseFieldAsync(person, field);
    }

    /// <summary>Finds the field in the open form for a filter by its name.</summary>
    private static async Task ChooseFieldAsync(Person person, string field)
    {
        await Expect(person.Page.Locator("#add-filter .dropdown-active")).ToBeVisibleAsync();
        await person.Page.Locator("#add-filter .dropdown-input").PressSequentiallyAsync(person.Say(field));
        await person.Page.Keyboard.PressAsync("Enter");
    }

    /// <summary>A list is made one's own: a filter, an alternative to it, columns, groups; kept as a view, found again, and moved in by keyboard.</summary>
    private static async Task ListAsync(Person person)
    {
        var page = person.Page;
        await person.GoAsync("/customers");
        // The list follows what is typed, and the input keeps what is typed.
        var rows = await page.Locator("[data-row]").CountAsync();
        await page.Locator("[data-list-search] input[type=search]").PressSequentiallyAsync("no such thing");
        await Expect(page.Locator("main .blank")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-list-search] input[type=search]")).ToBeFocusedAsync();
        await page.Locator("[data-list-search] input[type=search]").FillAsync("");
        await Expect(page.Locator("[data-row]")).ToHaveCountAsync(rows);

        // A value that will not do stays in the form, with the reason.
        await AddFilterAsync(person, "Annual revenue");
        await page.Locator("#number-new").FillAsync("a lot");
        await page.Locator("#add-filter .btn-primary").ClickAsync();
        await Expect(page.Locator("#add-filter .field-error")).ToBeVisibleAsync();
        await Expect(page.Locator("#add-filter [aria-invalid=true]:not([disabled])")).ToHaveValueAsync("a lot");
        await person.LookAsync("list-filter-wrong");
        await page.Keyboard.PressAsync("Escape");
        // A field of another record is found by the words of its path, and stands there with all of it.
        await person.Button("Filter").ClickAsync();
        await Expect(page.Locator("#add-filter .dropdown-active")).ToBeVisibleAsync();
        await page.Locator("#add-filter .dropdown-input").PressSequentiallyAsync($"{person.Say("Parent company")} {person.Say("Employees")[..3]}");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#add-filter .ts-control .item")).ToHaveTextAsync($"{person.Say("Parent company")} › {person.Say("Employees")}");
        await Expect(page.Locator("#number-new")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await AddFilterAsync(person, "Level");
        await page.Locator("#add-filter input[name=value][value=a]").CheckAsync();
        await page.Locator("#add-filter input[name=value][value=b]").CheckAsync();
        await person.LookAsync("list-filter");
        await page.Locator("#add-filter .btn-primary").ClickAsync();
        await Expect(page.Locator(".chip")).ToHaveCountAsync(1);
        var both = await page.Locator("[data-row]").CountAsync();

        // The chip is changed in place, then gets an alternative.
        await page.Locator(".chip > button").ClickAsync();
        await page.Locator("#chip-0 input[value=a]").UncheckAsync();
        await page.Locator("#chip-0 .btn-primary").ClickAsync();
        await Expect(page.Locator("[data-row]")).Not.ToHaveCountAsync(both);
        await page.Locator(".chip > button").ClickAsync();
        await page.Locator("#chip-0 [data-filter-or]").ClickAsync();
        await ChooseFieldAsync(person, "Created");
        await page.Locator("#add-filter [data-filter-editor] select[name=op]").SelectOptionAsync("last");
        await page.Locator("#add-filter .btn-primary").ClickAsync();
        await Expect(page.Locator(".chip")).ToHaveCountAsync(1);
        await page.Locator(".chip > button").ClickAsync();
        await Expect(page.Locator("#chip-0 .filter-alternative")).ToHaveCountAsync(2);
        // Another condition holds together with the alternative, which is itself changed where it stands.
        await page.Locator("#chip-0 [data-filter-or='0.1']").ClickAsync();
        await ChooseFieldAsync(person, "Level");
        await page.Locator("#add-filter input[name=value][value=a]").CheckAsync();
        await page.Locator("#add-filter .btn-primary").ClickAsync();
        await page.Locator(".chip > button").ClickAsync();
        await page.Locator("#chip-0 [data-condition='0.1.1'] summary").ClickAsync();
        await page.Locator("#chip-0 [data-condition='0.1.1'] input[value=c]").CheckAsync();
        await person.LookAsync("list-alternatives");
        await page.Locator("#chip-0 [data-condition='0.1.1'] .btn-primary").ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("level%20in%20"));
        await Expect(page.Locator(".chip")).ToHaveCountAsync(1);

        await person.Button("Columns").ClickAsync();
        await page.Locator("[data-column-list] [data-move='1']").First.ClickAsync();
        await page.Locator("#column-menu summary").Last.ClickAsync();
        await page.Locator("#column-menu [data-offer] input[value='parent.industry']").CheckAsync();
        await person.LookAsync("list-columns");
        await page.Locator("#column-menu .btn-primary").ClickAsync();
        await Expect(page.Locator("th[data-col='parent.industry']")).ToBeVisibleAsync();
        Assert.Equal("industry", await page.Locator("th[data-col]").Nth(1).GetAttributeAsync("data-col"));

        await page.Locator("th[data-col=level] a").ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(page.Locator(".sort-place")).ToHaveCountAsync(2);
        await page.Locator(".view-changes a").First.ClickAsync();
        await page.Locator("#view-name").FillAsync("Watch list");
        await page.Locator("#view-visibility").SelectOptionAsync("everybody");
        await person.LookAsync("view-save");
        await page.Locator("dialog .btn-primary").ClickAsync();
        await Expect(page.Locator(".view-button")).ToContainTextAsync("Watch list");
        await Expect(page.Locator(".view-changes")).ToHaveCountAsync(0);

        await person.Button("Group rows").ClickAsync();
        await page.Locator("#group-menu a[href*='group=level']").ClickAsync();
        await Expect(page.Locator("[data-group]").First).ToBeVisibleAsync();
        await Expect(page.Locator(".view-changes form")).ToHaveCountAsync(1);
        await person.LookAsync("list-groups");
        await page.Locator("[data-group-toggle]").First.ClickAsync();
        await Expect(page.Locator("[data-group]").First.Locator("[data-row]").First).ToBeHiddenAsync();

        await person.GoAsync("/customers");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("x");
        await Expect(page.Locator("[data-selection-bar]")).ToBeVisibleAsync();
        await person.LookAsync("list-selection");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("[data-selection-bar]")).ToBeHiddenAsync();
        var second = await page.Locator("[data-row]").Nth(1).GetAttributeAsync("data-row");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"/customers/{second}"));
        await page.GoBackAsync();
        await Expect(page.Locator($"[data-row='{second}'] [data-row-link]")).ToBeFocusedAsync();
    }

    private static async Task SetUpAsync(Person person, TestSite site, string culture, DatabaseProvider provider)
    {
        await person.GoAsync("/");
        await person.LookAsync("setup");
        // A first try with the wrong answers: nothing that was typed is lost, and nothing is set up.
        await person.Page.Locator("[name=SiteName]").FillAsync(culture == "en" ? "Harbour Trading" : "海港贸易");
        await person.Page.Locator("[name=AdminUserName]").FillAsync(TestSite.AdminName);
        await person.Page.Locator("[name=AdminEmail]").FillAsync("admin@example.com");
        await person.Page.Locator("[name=AdminPassword]").FillAsync("short");
        await person.Page.Locator("[name=PasswordAgain]").FillAsync("short");
        await person.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(person.Page.Locator("[data-error-summary]")).ToBeVisibleAsync();
        await Expect(person.Page.Locator("[name=AdminUserName]")).ToHaveValueAsync(TestSite.AdminName);
        await person.LookAsync("setup-errors");

        await person.Page.Locator("[name=Culture]").SelectOptionAsync(culture);
        if (provider == DatabaseProvider.Postgres)
        {
            await person.Page.Locator("[name=Provider][value=Postgres]").CheckAsync();
            await person.Page.Locator("[name=ConnectionString]").FillAsync(site.ConnectionString);
        }
        await person.Page.Locator("[name=Recipe][value=Blank]").CheckAsync();
        await person.Page.Locator("[name=AdminPassword]").FillAsync(TestSite.AdminPassword);
        await person.Page.Locator("[name=PasswordAgain]").FillAsync(TestSite.AdminPassword);
        await person.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(person.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/login"));
        await person.LookAsync("login");
        await person.SignInAsync(TestSite.AdminName, "not the password");
        await Expect(person.Page.Locator("[role=alert]")).ToBeVisibleAsync();
        await person.LookAsync("login-refused");
    }

    private static async Task CreateUserAsync(Person administrator)
    {
        await administrator.GoAsync("/admin/users/new");
        await administrator.LookAsync("user-new");
        await administrator.Page.Locator("[name=userName]").FillAsync("lina");
        await administrator.Page.Locator("[name=name]").FillAsync("李娜");
        await administrator.Page.Locator("[name=email]").FillAsync("lina@example.com");
        await administrator.Page.Locator("main input[type=checkbox][value=Sales]").CheckAsync();
        await administrator.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(administrator.Page.Locator("h1")).ToContainTextAsync("李娜");
        await administrator.LookAsync("user");
        await administrator.Page.Locator("main a[href$='/password']").First.ClickAsync();
        await administrator.Page.Locator("input[name=password]").FillAsync(FirstPassword);
        await administrator.Page.Locator("form[action$='/password'] .btn-primary").ClickAsync();
        await Expect(administrator.Page.Locator("dialog[open]")).ToHaveCountAsync(0);
        await Expect(administrator.Page.Locator(".snack")).ToBeVisibleAsync();
        await administrator.GoAsync("/admin/users");
        await Expect(administrator.Page.Locator("[data-row]")).ToHaveCountAsync(2);
        await administrator.LookAsync("users");
    }

    private static async Task ChangeFirstPasswordAsync(Person person)
    {
        await person.SignInAsync("lina", FirstPassword);
        await Expect(person.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/profile/password"));
        await person.LookAsync("first-password");
        // No way round it.
        await person.GoAsync("/customers");
        await Expect(person.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/profile/password"));
        await person.Page.Locator("[name=old]").FillAsync(FirstPassword);
        await person.Page.Locator("[name=new]").FillAsync(OwnPassword);
        await person.Page.Locator("[name=again]").FillAsync(OwnPassword);
        await person.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(person.Page).Not.ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/profile/password"));
        await person.LookAsync("home");
    }

    private static async Task CustomerAsync(Person person)
    {
        var page = person.Page;
        await person.GoAsync("/customers");
        await person.LookAsync("customers-empty");
        await page.Locator("main a[href='/customers/new']").First.ClickAsync();
        await person.LookAsync("customer-new");
        // Tabbing through the form chooses nothing.
        await page.Locator("[name=name]").FocusAsync();
        for (var i = 0; i < 12; i++)
            await page.Keyboard.PressAsync("Tab");
        foreach (var list in new[] { "level", "industry", "source" })
            Assert.Equal("", await page.Locator($"select[name={list}]").InputValueAsync());
        await page.Locator("[name=email]").FillAsync("nobody");
        await page.Locator("main [data-primary]").ClickAsync();
        await Expect(page.Locator("[data-error-summary]")).ToBeVisibleAsync();
        await Expect(page.Locator("[name=email]")).ToHaveValueAsync("nobody");
        // What is wrong stands beside each field, too, and the summary leads there.
        await Expect(page.Locator("#field-email-error")).ToBeVisibleAsync();
        await Expect(page.Locator("#field-name-error")).ToBeVisibleAsync();
        await Expect(page.Locator("[name=email]")).ToHaveAttributeAsync("aria-invalid", "true");
        await page.Locator("[data-error-summary] a[href='#field-email']").ClickAsync();
        await Expect(page.Locator("[name=email]")).ToBeFocusedAsync();
        await person.LookAsync("customer-errors");

        await page.Locator("[name=name]").FillAsync("华新贸易 Huaxin Trading");
        await page.Locator("[name=email]").FillAsync("info@huaxin.example.com");
        await page.Locator("[name=employees]").FillAsync("1200");
        await page.Locator("[name=annualRevenue]").FillAsync("1500000.50");
        await page.Locator("main [data-primary]").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("华新贸易 Huaxin Trading");
        await person.LookAsync("customer");
        var record = page.Url;

        await person.GoAsync("/customers?q=huaxin");
        await Expect(page.Locator("[data-row]")).ToHaveCountAsync(1);
        await person.LookAsync("customers");
        await person.GoAsync("/customers?q=nothing-like-this");
        await Expect(page.Locator("[data-row]")).ToHaveCountAsync(0);
        await person.LookAsync("customers-none");

        await page.GotoAsync(record);
        await page.Locator("a[href$='/edit']").ClickAsync();
        await page.Locator("[name=employees]").FillAsync("1250");
        await page.Locator("main [data-primary]").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("华新贸易 Huaxin Trading");
        await Expect(page.Locator(".changes del").First).ToContainTextAsync("1,200");
        await Expect(page.Locator(".changes ins").First).ToContainTextAsync("1,250");
        await person.LookAsync("customer-history");

        await page.GotoAsync(record + "/delete");
        await person.LookAsync("customer-delete");
        await page.Locator("main .btn-danger").ClickAsync();
        await Expect(page.Locator(".snack")).ToBeVisibleAsync();
        await page.Locator(".snack form button").First.ClickAsync();
        await page.GotoAsync(record);
        await Expect(page.Locator("h1")).ToHaveTextAsync("华新贸易 Huaxin Trading");

        await page.GotoAsync(record + "/delete");
        await page.Locator("main .btn-danger").ClickAsync();
        await person.GoAsync("/customers/recycle-bin");
        await Expect(page.GetByText("华新贸易 Huaxin Trading")).ToBeVisibleAsync();
        await person.LookAsync("recycle-bin");
        await page.Locator("main form[action$='/restore'] button").First.ClickAsync();
        await person.GoAsync("/customers");
        await Expect(page.Locator("[data-row]")).ToHaveCountAsync(1);
    }
}
