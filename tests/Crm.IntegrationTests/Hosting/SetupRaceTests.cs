using System.Net;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Hosting;

public sealed class SetupRaceTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task SetUp_ByAnotherProcess_ClosesTheSetUpPageOfThisOne(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider, setUp: false);
        using var stranger = site.Open();
        var page = await stranger.PageAsync("/");
        var form = page.Forms[page.Forms.Length - 1];
        var (code, _, error) = await site.RunAsync("setup", "--admin-user-name", TestSite.AdminName, "--admin-email", "admin@example.com", "--admin-password", TestSite.AdminPassword);
        Assert.True(code == 0, error);

        using var forged = await stranger.SubmitAsync(form, new() { ["SiteName"] = "Evil", ["AdminUserName"] = "mallory", ["AdminEmail"] = "m@example.com", ["AdminPassword"] = TestSite.AdminPassword, ["PasswordAgain"] = TestSite.AdminPassword }, "/");
        await Eventually.HoldsAsync(async () => (await stranger.GetAsync("/login")).StatusCode == HttpStatusCode.OK);
        using var mallory = await site.Open().SignInAsync("mallory", TestSite.AdminPassword);
        Assert.NotEqual(HttpStatusCode.Redirect, mallory.StatusCode);
        using var browser = await site.SignInAsync();
        Assert.DoesNotContain("Evil", await (await browser.GetAsync("/")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
