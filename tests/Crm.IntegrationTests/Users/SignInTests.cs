using System.Net;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Users;

public sealed class SignInSqliteTests() : SignInTests(DatabaseProvider.Sqlite);

[Trait("Category", "Nightly")]
public sealed class SignInPostgresTests() : SignInTests(DatabaseProvider.Postgres);

public abstract class SignInTests(DatabaseProvider provider) : IAsyncLifetime
{
    private const string Initial = "Given-To-Begin-With";
    private const string Chosen = "Only I know this one";

    private TestSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await TestSite.StartAsync(provider, settings: new() { ["Crm:TrustedProxies"] = "127.0.0.1", ["Crm:Users:FailedSignInsPerAddress"] = "15" });

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task SignIn_WrongFiveTimes_LocksOutAndTellsNobodyWhichNamesExist()
    {
        (await _site.SignInAsNewAsync("lina", "Sales")).Dispose();
        using var browser = _site.Open();
        var known = new List<string?>();
        var unknown = new List<string?>();
        for (var i = 0; i < 6; i++)
        {
            known.Add(await TryAsync("lina", $"wrong guess {i}"));
            unknown.Add(await TryAsync("nobody", $"wrong guess {i}"));
        }

        Assert.Equal(known, unknown);
        Assert.All(known.Take(4), text => Assert.Equal("The user name or the password is not right.", text));
        Assert.All(known.Skip(4), text => Assert.StartsWith("Too many tries.", text, StringComparison.Ordinal));
        Assert.StartsWith("Too many tries.", await TryAsync("lina", TestSite.AdminPassword), StringComparison.Ordinal);
        Assert.False(await browser.IsSignedInAsync());
        // Nobody locks others out from elsewhere, and whoever guesses at many names is slowed too.
        using (var elsewhere = From("203.0.113.7"))
        using (var signedIn = await elsewhere.SignInAsync("lina", TestSite.AdminPassword))
            Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        for (var i = 0; i < 17; i++)
        {
            using var guesser = From($"2001:db8:1:1::{i + 1}");
            using var guess = await guesser.SignInAsync(i < 16 ? $"somebody{i}" : "lina", TestSite.AdminPassword);
            Assert.Equal(i < 15 ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests, guess.StatusCode);
            Assert.Equal(i >= 15, (await guess.BannerAsync())!.Contains("from your network", StringComparison.Ordinal));
        }
        using (var neighbour = From("2001:db8:1:2::1"))
        using (var signedIn = await neighbour.SignInAsync("lina", TestSite.AdminPassword))
            Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);

        // Others are not concerned, and a new password ends the lock-out.
        (await _site.SignInAsync()).Dispose();
        Assert.Equal(0, (await _site.RunAsync("user", "password", "--user-name", "lina", "--password", Chosen, "--no-change")).Code);
        (await _site.SignInAsync("lina", Chosen)).Dispose();

        async Task<string?> TryAsync(string name, string password)
        {
            using var response = await browser.SignInAsync(name, password);
            return await response.BannerAsync();
        }

        TestBrowser From(string address)
        {
            var other = _site.Open();
            other.Client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
            return other;
        }
    }

    [Fact]
    public async Task InitialPassword_IsToBeReplacedBeforeAnythingElse()
    {
        // One that is made of the user name is refused, even where the user name is made by the same save; nobody is created then.
        using (var administrator = await _site.SignInAsync())
        {
            using var refused = await administrator.SubmitAsync("/admin/users/new", new() { ["name"] = "Darcel Schlecht", ["email"] = "darcel.schlecht@example.com", ["initialPassword"] = "darcel.schlecht" });
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Equal("The password must not be made of the user name", await refused.ErrorOfAsync("initialPassword"));
            Assert.DoesNotContain("Darcel", (await administrator.PageAsync("/admin/users")).Body!.TextContent, StringComparison.Ordinal);
        }

        await CreateWithInitialPasswordAsync();
        using var browser = await _site.SignInAsync("lina", Initial);

        foreach (var page in new[] { "/", "/customers", "/customers/new" })
            Assert.Equal("/profile/password", (await browser.GetAsync(page)).Headers.Location?.OriginalString);
        var before = await SiteState.ReadAsync(_site);
        using var forced = await browser.ForceAsync("/customers/new", "/profile/password", ("name", "Too early"));
        Assert.Equal(HttpStatusCode.Forbidden, forced.StatusCode);
        Assert.Equal(before, await SiteState.ReadAsync(_site));

        foreach (var (old, next, again, field) in new[]
        {
            ("not this", Chosen, Chosen, "old"), (Initial, "short", "short", "new"), (Initial, "1234567890", "1234567890", "new"),
            (Initial, Initial, Initial, "new"), (Initial, Chosen, "Something else", "again"),
        })
        {
            using var refused = await browser.SubmitAsync("/profile/password", new() { ["old"] = old, ["new"] = next, ["again"] = again }, "form[action='/profile/password']");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.False(string.IsNullOrEmpty(await refused.ErrorOfAsync(field)), $"{next}: nothing beside {field}");
        }
        Assert.Equal("/profile/password", (await browser.GetAsync("/customers")).Headers.Location?.OriginalString);

        using var done = await browser.SubmitAsync("/profile/password", new() { ["old"] = Initial, ["new"] = Chosen, ["again"] = Chosen }, "form[action='/profile/password']");
        Assert.Equal("/", done.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/customers")).StatusCode);
        using var stale = _site.Open();
        using var old2 = await stale.SignInAsync("lina", Initial);
        Assert.NotNull(await old2.BannerAsync());
    }

    [Fact]
    public async Task PasswordReset_ByAdministrator_EndsTheSessionsAtOnce()
    {
        using var user = await _site.SignInAsNewAsync("lina", "Sales");
        using var admin = await _site.SignInAsync();
        Assert.True(await user.IsSignedInAsync());
        var id = await _site.IdOfUserAsync("lina");
        using var tooShort = await admin.SubmitAsync($"/admin/users/{id}/password", new() { ["password"] = "short" }, $"form[action='/admin/users/{id}/password']");
        Assert.Equal(HttpStatusCode.BadRequest, tooShort.StatusCode);
        Assert.NotNull(await tooShort.ErrorOfAsync("password"));
        Assert.True(await user.IsSignedInAsync());

        using var reset = await admin.SubmitAsync($"/admin/users/{id}/password", new() { ["password"] = Initial }, $"form[action='/admin/users/{id}/password']");

        Assert.Equal(HttpStatusCode.Redirect, reset.StatusCode);
        Assert.False(await user.IsSignedInAsync());
        using var again = await _site.SignInAsync("lina", Initial);
        Assert.Equal("/profile/password", (await again.GetAsync("/customers")).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Deactivation_EndsTheSessionsAtOnce()
    {
        using var user = await _site.SignInAsNewAsync("lina", "Sales");
        using var admin = await _site.SignInAsync();
        Assert.True(await user.IsSignedInAsync());
        var id = await _site.IdOfUserAsync("lina");

        using var off = await admin.ForceAsync($"/admin/users/{id}/deactivate", $"/admin/users/{id}");
        Assert.False(await user.IsSignedInAsync());
        using var browser = _site.Open();
        using var refused = await browser.SignInAsync("lina", TestSite.AdminPassword);
        Assert.Equal("The user name or the password is not right.", await refused.BannerAsync());

        using var on = await admin.ForceAsync($"/admin/users/{id}/activate", $"/admin/users/{id}");
        Assert.False(await user.IsSignedInAsync());
        (await _site.SignInAsync("lina")).Dispose();
    }

    [Fact]
    public async Task ReturnUrl_ToAnotherSite_IsNotFollowed()
    {
        foreach (var url in new[] { "//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example" })
        {
            using var browser = _site.Open();
            using var signedIn = await browser.SubmitAsync($"/login?returnUrl={Uri.EscapeDataString(url)}", new() { ["userName"] = TestSite.AdminName, ["password"] = TestSite.AdminPassword }, "form[action='/login']");
            Assert.Equal("/", signedIn.Headers.Location?.OriginalString);
            Assert.Equal("/", (await browser.GetAsync($"/login?returnUrl={Uri.EscapeDataString(url)}")).Headers.Location?.OriginalString);
            using var culture = await browser.ForceAsync("/culture", "/customers", ("culture", "en"), ("returnUrl", url));
            Assert.Equal("/", culture.Headers.Location?.OriginalString);
        }
    }

    [Fact]
    public async Task ReturnUrl_WithinTheSite_IsFollowed()
    {
        using var browser = _site.Open();
        var asked = (await browser.GetAsync("/customers?q=a%20b")).Headers.Location!.OriginalString;
        using var signedIn = await browser.SubmitAsync(asked, new() { ["userName"] = TestSite.AdminName, ["password"] = TestSite.AdminPassword }, "form[action='/login']");
        Assert.Equal("/customers?q=a%20b", signedIn.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task LastAdministrator_CanNeitherLeaveNorBeRemoved()
    {
        using var admin = await _site.SignInAsync();
        using var second = await _site.SignInAsNewAsync("second", "Administrator");
        var (firstId, secondId) = (await _site.IdOfUserAsync(TestSite.AdminName), await _site.IdOfUserAsync("second"));
        using (await second.ForceAsync($"/admin/users/{firstId}/deactivate", "/customers"))
            Assert.False(await admin.IsSignedInAsync());

        using var deactivated = await second.ForceAsync($"/admin/users/{secondId}/deactivate", "/customers");
        Assert.Contains("The last active administrator must stay", (await second.PageAsync($"/admin/users/{secondId}")).Body!.TextContent, StringComparison.Ordinal);
        using var deleted = await second.ForceAsync($"/admin/users/{secondId}/delete", "/customers");
        Assert.Equal(HttpStatusCode.BadRequest, deleted.StatusCode);
        using var edited = await second.SubmitAsync($"/admin/users/{secondId}/edit", new() { ["roles"] = "Sales" }, $"form[action='/admin/users/{secondId}/edit']");
        Assert.Equal(HttpStatusCode.BadRequest, edited.StatusCode);
        Assert.True(await second.IsSignedInAsync());

        // Nor by those who are nobody and may do everything.
        await using var scope = await _site.OpenScopeAsync();
        var result = await scope.Content.DeleteAsync("users", secondId, null, CancellationToken.None);
        Assert.Equal(SaveStatus.Invalid, result.Status);
        Assert.Contains("last active administrator", result.Errors.Single().Message.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Language_Chosen_StaysWithTheUser()
    {
        using var lina = await _site.SignInAsNewAsync("lina", "Sales");
        using var other = await _site.SignInAsNewAsync("other", "Sales");
        using var chosen = await lina.ForceAsync("/culture", "/customers", ("culture", "zh-CN"), ("returnUrl", "/customers"));
        Assert.Equal("/customers", chosen.Headers.Location?.OriginalString);

        Assert.Equal("zh-CN", await LanguageAsync(lina));
        Assert.Equal("en", await LanguageAsync(other));
        using var elsewhere = await _site.SignInAsync("lina");
        Assert.Equal("zh-CN", await LanguageAsync(elsewhere));
        using var unknown = await lina.ForceAsync("/culture", "/customers", ("culture", "tlh"));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);

        static async Task<string?> LanguageAsync(TestBrowser browser) => (await browser.PageAsync("/customers")).DocumentElement.GetAttribute("lang");
    }

    private async Task CreateWithInitialPasswordAsync()
    {
        var (code, _, error) = await _site.RunAsync("user", "create", "--user-name", "lina", "--email", "lina@example.com", "--role", "Sales", "--password", Initial);
        Assert.True(code == 0, error);
    }
}
