using System.Text.RegularExpressions;
using Crm.BrowserTests.Support;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using static Microsoft.Playwright.Assertions;

namespace Crm.BrowserTests;

/// <summary>An administrator makes a role, gives it rights in the matrix, makes a user with a first password in one form, and changes the site's settings.</summary>
public sealed class AdministrationTests(Chromium chromium)
{
    [Theory]
    [InlineData("en", DatabaseProvider.Postgres, Traits = ["Category", "Nightly"])]
    [InlineData("zh-CN", DatabaseProvider.Sqlite)]
    public async Task RoleUserAndSettings_MadeInTheBrowser_HoldAtOnce(string culture, DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider, recipe: "Demo", culture: culture);
        await using var administrator = await Person.AdministratorAsync(chromium, site, culture);
        await administrator.GoAsync("/admin/roles");
        await Expect(administrator.Page.GetByRole(Microsoft.Playwright.AriaRole.Main).GetByText(administrator.Say("Manager"), new() { Exact = true })).ToBeVisibleAsync();
        await administrator.GoAsync("/admin/roles/new");
        await administrator.Page.Locator("[name=name]").FillAsync("Trainee");
        await administrator.Page.Locator("[data-rights-filter] input").FillAsync(administrator.Say("Customers"));
        await administrator.Page.Locator("[name='right:customers.view']").SelectOptionAsync("Own");
        await administrator.Page.Locator("input[type=checkbox][name='right:customers.create']").CheckAsync();
        await administrator.LookAsync("role-new");
        await administrator.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(administrator.Page.Locator("h1")).ToHaveTextAsync("Trainee");
        await administrator.LookAsync("role-trainee");
        await administrator.Page.Locator("main a[href$='/edit']").ClickAsync();
        await Expect(administrator.Page.Locator("[data-changed=true] .rights-default").First).ToBeVisibleAsync();
        await administrator.LookAsync("role-edit");

        await administrator.GoAsync("/admin/users/new");
        await administrator.Page.Locator("[name=name]").FillAsync("Tom Trainee");
        await administrator.Page.Locator("[name=email]").FillAsync("tom@example.com");
        await administrator.Page.Locator("main input[type=checkbox][value=Trainee]").CheckAsync();
        await administrator.Page.Locator("[name=initialPassword]").FillAsync("short");
        await administrator.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(administrator.Page.Locator("[data-error-summary] a[href='#initialPassword']")).ToBeVisibleAsync();
        await administrator.LookAsync("user-new-errors");
        await administrator.Page.Locator("[name=initialPassword]").FillAsync("A-first-Password-1");
        await administrator.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(administrator.Page.Locator("h1")).ToHaveTextAsync("Tom Trainee");

        await administrator.GoAsync("/admin/settings");
        await administrator.Page.Locator("[name=name]").FillAsync("Northern Lights");
        await administrator.Page.Locator("[name=currency]").SelectOptionAsync("EUR");
        await administrator.LookAsync("settings");
        await administrator.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(administrator.Page.Locator("[name=name]")).ToHaveValueAsync("Northern Lights");

        await using var trainee = await Person.OpenAsync(chromium, site.Address, culture);
        await trainee.SignInAsync("tom", "A-first-Password-1");
        await Expect(trainee.Page).ToHaveURLAsync(new Regex("/profile/password$"));
    }
}
