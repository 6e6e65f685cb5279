using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.IntegrationTests.Records;

public sealed class ScopeSqliteTests() : ScopeTests(DatabaseProvider.Sqlite);

public sealed class ScopePostgresTests() : ScopeTests(DatabaseProvider.Postgres);

/// <summary>Whose records and names somebody reads and writes.</summary>
public abstract class ScopeTests(DatabaseProvider provider) : IAsyncLifetime
{
    private TestPlatform _platform = null!;

    public async ValueTask InitializeAsync() => _platform = await TestPlatform.CreateAsync(provider);

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public async Task Scope_OwnTeamAll_LimitsReadingWritingAndLookUps()
    {
        var (me, other, team) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.Empty);
        Guid mine, teams, theirs;
        await using (var scope = _platform.OpenAsSystem())
        {
            team = await scope.CreateAsync("teams", ("name", "East"));
            mine = await OwnedAsync(scope, "Mine", me, null);
            teams = await OwnedAsync(scope, "Teams", other, team);
            theirs = await OwnedAsync(scope, "Theirs", other, null);
        }
        await ExpectAsync(TestActors.User(me, PermissionScope.Own), mine);
        await ExpectAsync(TestActors.User(me, PermissionScope.Team, team), mine, teams);
        await ExpectAsync(TestActors.User(me, PermissionScope.Team), mine);
        await ExpectAsync(TestActors.User(me, PermissionScope.All), mine, teams, theirs);
        await ExpectAsync(Actor.Anonymous);

        await using (var scope = _platform.Open(TestActors.User(me, PermissionScope.Own)))
        {
            Assert.Equal(SaveStatus.NotFound, (await scope.SaveAsync("companies", theirs, null, ("name", "Taken"))).Status);
            Assert.Equal(SaveStatus.NotFound, (await scope.Content.DeleteAsync("companies", theirs, null, CancellationToken.None)).Status);
            Assert.Equal("parent", Assert.Single((await scope.SaveAsync("companies", ("name", "Child"), ("parent", theirs.ToString()))).Errors).Field);
            Assert.Equal("parent", Assert.Single((await scope.SaveAsync("companies", ("name", "Child"), ("parent", "Theirs"))).Errors).Field);
        }
        var reader = TestActors.User(me, PermissionScope.All) with { Grants = new Dictionary<string, PermissionScope> { ["companies.view"] = PermissionScope.All } };
        await using (var scope = _platform.Open(reader))
        {
            Assert.Equal(SaveStatus.Forbidden, (await scope.SaveAsync("companies", mine, null, ("name", "Taken"))).Status);
            Assert.Equal(SaveStatus.Forbidden, (await scope.SaveAsync("companies", ("name", "New"))).Status);
            Assert.Equal(SaveStatus.Forbidden, (await scope.Content.DeleteAsync("companies", mine, null, CancellationToken.None)).Status);
        }
    }

    [Fact]
    public async Task Scope_OfOneOfSeveralPointedTo_HidesItsNameAndKeepsItWhenOthersChange()
    {
        var (me, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Guid mine, theirs, secret, ann;
        await using (var scope = _platform.OpenAsSystem())
        {
            (mine, theirs, secret) = (await OwnedAsync(scope, "Mine", me, null), await OwnedAsync(scope, "Theirs", other, null), await OwnedAsync(scope, "Secret", other, null));
            ann = await scope.CreateAsync("people", ("name", "Ann"), ("owner", me.ToString()), ("clients", $"{mine}; {theirs}"));
        }
        await using var seller = _platform.Open(TestActors.User(me, PermissionScope.Own));
        var read = (await seller.Queries.GetAsync("people", ann, CancellationToken.None))!;
        Assert.Equal(("Mine", null), (read.DisplayOf("clients"), read.NameOf(theirs)));
        Assert.True((await seller.SaveAsync("people", ann, null, ("clients", theirs.ToString()))).Succeeded);
        Assert.True((await seller.SaveAsync("people", ann, null, ("clients", $"mine; {theirs}"))).Succeeded);
        foreach (var unseen in new[] { secret.ToString(), "Secret" })
            Assert.Equal("clients", Assert.Single((await seller.SaveAsync("people", ann, null, ("clients", $"{theirs}; {unseen}"))).Errors).Field);
        var groups = await seller.Queries.AggregateAsync(new AggregateQuery("people") { GroupBy = [new("clients")], Aggregates = [new(AggregateFunction.Count)] }, CancellationToken.None);
        Assert.Equal([(mine, "Mine", 1L), (theirs, null, 1L)], groups.OrderBy(g => Equals(g.Keys[0], theirs)).Select(g => ((Guid)g.Keys[0]!, g.KeyTexts[0], (long)g.Values[0]!)));
    }

    [Fact]
    public async Task Scope_OfAnotherTypeReachedByPath_HidesItsFieldsFromFiltersAndColumns()
    {
        var me = Guid.CreateVersion7();
        await using (var scope = _platform.OpenAsSystem())
        {
            await OwnedAsync(scope, "Secret", Guid.CreateVersion7(), null);
            await scope.CreateAsync("people", ("name", "Ann"), ("company", "Secret"));
        }
        var grants = TestActors.User(me, PermissionScope.All).Grants.ToDictionary();
        grants["companies.view"] = PermissionScope.Own;
        await using var reader = _platform.Open(new Actor { UserId = me, Grants = grants });
        var page = await reader.Queries.ListAsync(new Query("people") { Columns = ["company", "company.name"] }, CancellationToken.None);
        var ann = Assert.Single(page.Items);
        Assert.Null(ann.DisplayOf("company"));
        Assert.Null(ann["company.name"]);
        Assert.Equal(0, (await reader.Queries.CountAsync("people", Filter.Eq("company.name", "Secret"), CancellationToken.None)).Count);
    }

    private static async Task<Guid> OwnedAsync(TestScope scope, string name, Guid owner, Guid? team)
    {
        // Owners must exist: records point to users.
        var result = await scope.Content.SaveAsync(new ContentChange("companies") { Texts = { ["name"] = name }, Values = { ["team"] = team } }, SaveOptions.Default, CancellationToken.None);
        if (await scope.Queries.GetAsync("users", owner, CancellationToken.None) is null)
            await scope.Content.SaveAsync(new ContentChange("users") { Id = owner, IsNew = true, Texts = { ["name"] = owner.ToString("N") } }, SaveOptions.Default, CancellationToken.None);
        Assert.Equal(SaveStatus.Updated, (await scope.Content.SaveAsync(new ContentChange("companies") { Id = result.Id, Values = { ["owner"] = owner } }, SaveOptions.Default, CancellationToken.None)).Status);
        return result.Id;
    }

    private async Task ExpectAsync(Actor actor, params Guid[] visible)
    {
        await using var scope = _platform.Open(actor);
        var page = await scope.Queries.ListAsync(new Query("companies") { Columns = ["name"] }, CancellationToken.None);
        Assert.Equal(visible.Order(), page.Items.Select(i => i.Id).Order());
        Assert.Equal(visible.Length, (await scope.Queries.CountAsync("companies", null, CancellationToken.None)).Count);
        var groups = await scope.Queries.AggregateAsync(new AggregateQuery("companies") { Aggregates = [new(AggregateFunction.Count)] }, CancellationToken.None);
        Assert.Equal((long)visible.Length, Assert.Single(groups).Values[0]);
    }
}
