using System.Net;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Users;

public sealed class RightsSqliteTests() : RightsTests(DatabaseProvider.Sqlite);

[Trait("Category", "Nightly")]
public sealed class RightsPostgresTests() : RightsTests(DatabaseProvider.Postgres);

/// <summary>What the pages do not offer is refused when it is sent by hand.</summary>
public abstract class RightsTests(DatabaseProvider provider) : IAsyncLifetime
{
    private TestSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await TestSite.StartAsync(provider);

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task ReadOnly_EveryWriteToCustomers_IsRefused()
    {
        var id = await CreateAsync("Untouchable");
        var deleted = await CreateAsync("Gone");
        await using (var scope = await _site.OpenScopeAsync())
            await scope.Content.DeleteAsync("customers", deleted, null, CancellationToken.None);
        using var reader = await _site.SignInAsNewAsync("reader", "Read-only");
        var before = await SiteState.ReadAsync(_site);

        var writes = Endpoints("POST", "PUT", "PATCH", "DELETE").Select(e => (Method: e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0], Url: Url(e, "customers", e.RoutePattern.RawText!.EndsWith("restore", StringComparison.Ordinal) || e.RoutePattern.RawText!.EndsWith("purge", StringComparison.Ordinal) ? deleted : id))).ToList();
        foreach (var expected in new[] { "/customers/new", $"/customers/{id}/edit", $"/customers/{id}/delete", $"/customers/{deleted}/restore", $"/customers/{deleted}/purge", "/customers/import" })
            Assert.Contains(("POST", expected), writes);
        foreach (var (_, url) in writes)
        {
            using var response = await reader.ForceAsync(url, "/customers", ("name", "Written"), ("version", "1"));
            Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"POST {url} answered {(int)response.StatusCode}");
        }
        foreach (var url in new[] { "/customers/new", $"/customers/{id}/edit", $"/customers/{id}/delete", "/customers/recycle-bin", "/customers/import" })
            Assert.True((await reader.GetAsync(url)).StatusCode == HttpStatusCode.Forbidden, url);

        Assert.Equal(before, await SiteState.ReadAsync(_site));
        var page = await reader.PageAsync($"/customers/{id}");
        Assert.Empty(page.QuerySelectorAll("main a[href$='/edit'], main a[href$='/delete'], main form[action$='/delete']"));
        Assert.Empty((await reader.PageAsync("/customers")).QuerySelectorAll("a[href$='/customers/new'], a[href$='/customers/import']"));
    }

    [Fact]
    public async Task Role_Renamed_KeepsItsUsersAndThoseInTheRecycleBin_OrItsName()
    {
        await using var scope = await _site.OpenScopeAsync();
        var role = await scope.CreateAsync("roles", ("name", "Helpers"));
        var user = await scope.CreateAsync("users", ("userName", "helper"), ("name", "Helper"), ("roles", "Read-only, Helpers"));
        var gone = await scope.CreateAsync("users", ("userName", "gone"), ("name", "Gone"), ("roles", "Helpers"));
        Assert.True((await scope.Content.DeleteAsync("users", gone, null, CancellationToken.None)).Succeeded);
        Assert.True((await scope.SaveAsync("roles", role, null, ("name", "Assistants"))).Succeeded);
        Assert.True((await scope.Content.RestoreAsync("users", gone, CancellationToken.None)).Succeeded);
        foreach (var (id, roles) in new[] { (user, "Assistants, Read-only"), (gone, "Assistants") })
            Assert.Equal(roles, (await scope.Queries.GetAsync("users", id, CancellationToken.None))!["roles"]);

        // A user with so many roles that a longer name has no room: better no new name than a role that is not there.
        var many = Enumerable.Range(0, 9).Select(i => $"{i}{new string('r', 98)}").ToList();
        foreach (var other in many)
            await scope.CreateAsync("roles", ("name", other));
        await scope.CreateAsync("users", ("userName", "busy"), ("name", "Busy Bee"), ("roles", string.Join(", ", many.Append("Assistants"))));
        var refused = await scope.SaveAsync("roles", role, null, ("name", new string('a', 99)));
        Assert.Equal(SaveStatus.Invalid, refused.Status);
        Assert.StartsWith("“Busy Bee” has to change with it, and cannot: Roles", Assert.Single(refused.Errors).Message.ToString(), StringComparison.Ordinal);
        Assert.Equal(("Assistants", "Assistants, Read-only"), ((await scope.Queries.GetAsync("roles", role, CancellationToken.None))!["name"], (await scope.Queries.GetAsync("users", user, CancellationToken.None))!["roles"]));
    }

    [Fact]
    public async Task Administration_ByOthers_IsRefused()
    {
        var admin = await _site.IdOfUserAsync(TestSite.AdminName);
        foreach (var role in new[] { "Read-only", "Sales", "Manager" })
        {
            using var user = await _site.SignInAsNewAsync($"some-{role}", role);
            var before = await SiteState.ReadAsync(_site);
            foreach (var url in new[] { "/admin/roles", "/admin/roles/new", "/admin/users/new", $"/admin/users/{admin}/edit", $"/admin/users/{admin}/password", "/admin/features", "/admin/teams/new" })
                Assert.True((await user.GetAsync(url)).StatusCode == HttpStatusCode.Forbidden, $"{role} at {url}");
            foreach (var url in new[] { "/admin/users/new", $"/admin/users/{admin}/edit", $"/admin/users/{admin}/deactivate", $"/admin/users/{admin}/delete", $"/admin/users/{admin}/password", "/admin/roles/new", "/admin/teams/new", "/admin/users/import" })
            {
                using var response = await user.ForceAsync(url, "/customers", ("name", "x"), ("password", "Taken-over-now"), ("version", "1"));
                Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{role}: POST {url} answered {(int)response.StatusCode}");
            }
            Assert.Equal(before, await SiteState.ReadAsync(_site));
        }
    }

    [Fact]
    public async Task Sales_RecordsOfOthers_CanBeSeenButNotChanged()
    {
        await using (var scope = await _site.OpenScopeAsync())
            await scope.CreateAsync("teams", ("name", "North"));
        (await _site.SignInAsNewAsync("other", "Sales")).Dispose();
        var (code, _, error) = await _site.RunAsync("user", "create", "--user-name", "lina", "--role", "Sales", "--team", "North", "--password", TestSite.AdminPassword, "--no-change");
        Assert.True(code == 0, error);
        using var lina = await _site.SignInAsync("lina");
        var own = await CreateAsync("Own", ("owner", "lina"));
        var team = await CreateAsync("Team", ("owner", "other"), ("team", "North"));
        var others = await CreateAsync("Others", ("owner", "other"));
        var nobodys = await CreateAsync("Nobody's", ("owner", ""));

        foreach (var (id, edits, deletes) in new[] { (own, true, true), (team, true, false), (others, false, false), (nobodys, false, false) })
        {
            Assert.Equal(HttpStatusCode.OK, (await lina.GetAsync($"/customers/{id}")).StatusCode);
            Assert.Equal(edits ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await lina.GetAsync($"/customers/{id}/edit")).StatusCode);
            Assert.Equal(deletes ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await lina.GetAsync($"/customers/{id}/delete")).StatusCode);
            using var edited = await lina.ForceAsync($"/customers/{id}/edit", "/customers", ("notes", "Changed"), ("version", "1"));
            Assert.Equal(edits ? HttpStatusCode.Redirect : HttpStatusCode.Forbidden, edited.StatusCode);
            using var deleted = await lina.ForceAsync($"/customers/{id}/delete", "/customers");
            Assert.Equal(deletes ? HttpStatusCode.Redirect : HttpStatusCode.Forbidden, deleted.StatusCode);
        }
        await using var after = await _site.OpenScopeAsync();
        var left = (await after.Queries.ListAsync(new Query("customers") { Sort = ["name"] }, CancellationToken.None)).Items;
        Assert.Equal([("Nobody's", null), ("Others", null), ("Team", "Changed")], left.Select(i => (i.DisplayText, (string?)i["notes"])));
    }

    [Fact]
    public async Task Restore_OfAnothersRecord_IsRefused()
    {
        (await _site.SignInAsNewAsync("other", "Sales")).Dispose();
        using var lina = await _site.SignInAsNewAsync("lina", "Sales");
        var id = await CreateAsync("Others", ("owner", "other"));
        await using (var scope = await _site.OpenScopeAsync())
            await scope.Content.DeleteAsync("customers", id, null, CancellationToken.None);
        var before = await SiteState.ReadAsync(_site);
        foreach (var action in new[] { "restore", "purge" })
        {
            using var response = await lina.ForceAsync($"/customers/{id}/{action}", "/customers");
            Assert.True(response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound, $"{action} answered {(int)response.StatusCode}");
        }
        Assert.Equal(before, await SiteState.ReadAsync(_site));
    }

    [Fact]
    public async Task Right_TakenFromTheRole_IsGoneWithTheNextRequest()
    {
        using var admin = await _site.SignInAsync();
        using var lina = await _site.SignInAsNewAsync("lina", "Sales");
        Guid role;
        await using (var scope = await _site.OpenScopeAsync())
            role = (await scope.FindAsync("roles", "name", "Sales")).Id;
        Assert.Equal(HttpStatusCode.OK, (await lina.GetAsync("/customers/new")).StatusCode);

        await GiveAsync("right:customers.create", "None");
        using (var refused = await lina.GetAsync("/customers/new"))
        {
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Contains("Administrator here: admin", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        using var forced = await lina.ForceAsync("/customers/new", "/customers", ("name", "Forced"));
        Assert.Equal(HttpStatusCode.Forbidden, forced.StatusCode);

        await GiveAsync("right:customers.create", "All");
        Assert.Equal(HttpStatusCode.OK, (await lina.GetAsync("/customers/new")).StatusCode);

        await GiveAsync("right:customers.view", "None");
        Assert.Equal(HttpStatusCode.Forbidden, (await lina.GetAsync("/customers")).StatusCode);

        async Task GiveAsync(string right, string scope)
        {
            using var response = await admin.SubmitAsync($"/admin/roles/{role}/edit", new() { [right] = scope }, $"form[action='/admin/roles/{role}/edit']");
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        }
    }

    [Fact]
    public async Task TeamsAndRoles_ByThoseWhoMayNotGiveRights_GoNoFartherThanTheirOwn()
    {
        await using var scope = await _site.OpenScopeAsync();
        await scope.CreateAsync("teams", ("name", "North"));
        await scope.CreateAsync("teams", ("name", "South"));
        await scope.CreateAsync("roles", ("name", "Staffing"), ("permissions", """{"users.view":"all","users.edit":"all","users.create":"all","users.delete":"all","roles.view":"all","roles.edit":"own","customers.view":"team","customers.edit":"own"}"""));
        await scope.CreateAsync("roles", ("name", "Clerk"), ("permissions", """{"customers.view":"team","customers.edit":"own"}"""));
        foreach (var (name, role, team) in new[] { ("boss", "Staffing", "North"), ("near", "Clerk", "North"), ("far", "Clerk", "South") })
            Assert.Equal(0, (await _site.RunAsync("user", "create", "--user-name", name, "--name", name, "--role", role, "--team", team, "--password", TestSite.AdminPassword, "--no-change")).Code);
        using var boss = await _site.SignInAsync("boss");
        var (me, near, far) = (await _site.IdOfUserAsync("boss"), await _site.IdOfUserAsync("near"), await _site.IdOfUserAsync("far"));

        // Neither oneself nor another into a team that one is not in; out of one's own, or into it, is one's own to say.
        foreach (var (user, teams, isAllowed) in new[] { (me, "North; South", false), (near, "South", false), (far, "", false), (near, "", true), (near, "North", true) })
        {
            using var answer = await boss.SubmitAsync($"/admin/users/{user}/edit", new() { ["teams"] = teams });
            Assert.True(answer.StatusCode == (isAllowed ? HttpStatusCode.Redirect : HttpStatusCode.BadRequest), $"{teams} answered {(int)answer.StatusCode}");
        }
        Assert.Equal("North", (await scope.FindAsync("users", "userName", "boss"))["teams"]);

        // Whose team sees other records, that account is not to be taken over.
        Assert.Equal(HttpStatusCode.OK, (await boss.GetAsync($"/admin/users/{near}/password")).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await boss.GetAsync($"/admin/users/{far}/password")).StatusCode);
        using var deactivated = await boss.ForceAsync($"/admin/users/{far}/deactivate", "/admin/users");
        Assert.Equal(true, (await scope.FindAsync("users", "userName", "far"))["isActive"]);

        // The owner of a role raises nothing beyond the own rights, nor brings such a role back.
        var staffing = await scope.FindAsync("roles", "name", "Clerk");
        await scope.Content.SaveAsync(new("roles") { Id = staffing.Id, Values = { ["owner"] = me } }, Platform.Content.SaveOptions.Default, CancellationToken.None);
        foreach (var (scopeOf, isAllowed) in new[] { ("All", false), ("Team", false), ("None", true), ("Own", true) })
        {
            using var answer = await boss.SubmitAsync($"/admin/roles/{staffing.Id}/edit", new() { ["right:customers.edit"] = scopeOf }, $"form[action='/admin/roles/{staffing.Id}/edit']");
            Assert.True(answer.StatusCode == (isAllowed ? HttpStatusCode.Redirect : HttpStatusCode.BadRequest), $"{scopeOf} answered {(int)answer.StatusCode}");
            if (!isAllowed)
                Assert.Contains("more rights than you have: customers.edit", await answer.BannerAsync(), StringComparison.Ordinal);
        }
        await scope.Content.DeleteAsync("users", far, null, CancellationToken.None);
        using var restored = await boss.ForceAsync($"/admin/users/{far}/restore", "/admin/users");
        Assert.Null(await scope.Queries.GetAsync("users", far, CancellationToken.None));
    }

    [Fact]
    public async Task UnknownType_IsNotFound()
    {
        using var admin = await _site.SignInAsync();
        foreach (var url in new[] { "/moons", "/moons/new", $"/moons/{Guid.NewGuid()}", $"/moons/{Guid.NewGuid()}/edit", "/moons/import", "/moons/export", "/admin/moons", "/users", "/admin/customers", $"/customers/{Guid.NewGuid()}", $"/customers/{Guid.NewGuid()}/edit", $"/customers/{Guid.NewGuid()}/delete" })
            Assert.True((await admin.GetAsync(url)).StatusCode == HttpStatusCode.NotFound, url);
        foreach (var url in new[] { "/moons/new", $"/customers/{Guid.NewGuid()}/edit", $"/customers/{Guid.NewGuid()}/delete", $"/customers/{Guid.NewGuid()}/restore", $"/customers/{Guid.NewGuid()}/purge" })
        {
            using var response = await admin.ForceAsync(url, "/customers", ("name", "x"), ("version", "1"));
            Assert.True(response.StatusCode == HttpStatusCode.NotFound, $"POST {url} answered {(int)response.StatusCode}");
        }
    }

    private async Task<Guid> CreateAsync(string name, params (string Field, string? Text)[] others)
    {
        await using var scope = await _site.OpenScopeAsync();
        return await scope.CreateAsync("customers", [("name", name), .. others]);
    }

    /// <summary>What writes to records of any type, whichever module brings it.</summary>
    private IEnumerable<RouteEndpoint> Endpoints(params string[] methods)
        => _site.Host.Sites.Current.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.GetParameter("type") is not null && !e.RoutePattern.RawText!.TrimStart('/').StartsWith("admin", StringComparison.Ordinal)
                // How one looks at a list is one's own, a reader's too.
                && !e.RoutePattern.RawText!.Contains("/views", StringComparison.Ordinal) && !e.RoutePattern.RawText!.Contains("/taste", StringComparison.Ordinal) && !e.RoutePattern.RawText!.EndsWith("/forget-unkept", StringComparison.Ordinal)
                // Programs bring a token; a browser's cookie counts for nothing there.
                && !e.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal)
                && e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Any(methods.Contains) == true);

    private static string Url(RouteEndpoint endpoint, string type, Guid id)
        => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "type" } => type,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "change" } => "1",
            _ => id.ToString(),
        }))));
}
