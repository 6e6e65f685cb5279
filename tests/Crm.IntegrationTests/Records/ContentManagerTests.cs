using Crm.IntegrationTests.Support;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.IntegrationTests.Records;

public sealed class ContentManagerSqliteTests() : ContentManagerTests(DatabaseProvider.Sqlite);

public sealed class ContentManagerPostgresTests() : ContentManagerTests(DatabaseProvider.Postgres);

public abstract class ContentManagerTests(DatabaseProvider provider) : IAsyncLifetime
{
    private TestPlatform _platform = null!;

    public async ValueTask InitializeAsync() => _platform = await TestPlatform.CreateAsync(provider);

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public async Task Save_AllKinds_ReadsBackTheSameValues()
    {
        await using var scope = _platform.OpenAsSystem();
        var parent = await scope.CreateAsync("companies", ("name", "母公司"));
        var id = await scope.CreateAsync("companies", ("name", "华新贸易"), ("code", "HX-1"), ("employees", "1,200"), ("score", "4.25"),
            ("revenue", "1100.04 EUR"), ("active", "yes"), ("founded", "1999-12-31"), ("contacted", "2026-03-01T08:30:00Z"), ("level", "B"),
            ("industry", "Retail"), ("email", "a@example.com"), ("phone", "+8613812345678"), ("website", "example.com"), ("parent", "母公司"), ("notes", "一\n二"));

        var item = (await scope.Queries.GetAsync("companies", id, CancellationToken.None))!;

        Assert.Equal("华新贸易", item["name"]);
        Assert.Equal("华新贸易", item.DisplayText);
        Assert.Equal("C000002", item["number"]);
        Assert.Equal(1200m, item["employees"]);
        Assert.Equal(4.25m, item["score"]);
        Assert.Equal(new Money(1100.04m, "EUR"), item["revenue"]);
        Assert.Equal(true, item["active"]);
        Assert.Equal(new DateOnly(1999, 12, 31), item["founded"]);
        Assert.Equal(new DateTime(2026, 3, 1, 8, 30, 0, DateTimeKind.Utc), item["contacted"]);
        Assert.Equal("b", item["level"]);
        Assert.Equal("retail", item["industry"]);
        Assert.Equal("+8613812345678", item["phone"]);
        Assert.Equal("https://example.com", item["website"]);
        Assert.Equal(parent, item["parent"]);
        Assert.Equal("母公司", item.DisplayOf("parent"));
        Assert.Equal("一\n二", item["notes"]);
        Assert.Equal(1, item.Version);
    }

    [Theory]
    [InlineData("name", "", "required")]
    [InlineData("name", "<script>alert(1)</script>", "HTML or script")]
    [InlineData("name", "two\u0007lines", "control characters")]
    [InlineData("employees", "many", "must be a number")]
    [InlineData("employees", "1.5", "whole number")]
    [InlineData("employees", "-1", "between")]
    [InlineData("revenue", "1.234", "at most 2 decimals")]
    [InlineData("revenue", "12 ZZZ", "not a currency")]
    [InlineData("founded", "31.31.2020", "must be a date")]
    [InlineData("level", "Z", "no option")]
    [InlineData("email", "nobody", "must be an e-mail")]
    [InlineData("phone", "call me", "must be a phone number")]
    [InlineData("website", "javascript:alert(1)", "must be a web address")]
    [InlineData("parent", "Nobody Ltd", "there is no Company")]
    [InlineData("colour", "red", "has no field")]
    [InlineData("createdAt", "2020-01-01 10:00", "set by the system")]
    public async Task Save_BadInput_SaysWhyBesideTheFieldAndWritesNothing(string field, string text, string message)
    {
        await using var scope = _platform.OpenAsSystem();
        var before = await scope.Log.LastSequenceAsync(CancellationToken.None);
        var texts = new Dictionary<string, string?> { ["name"] = "Acme", [field] = text };

        var result = await scope.Content.SaveAsync(new ContentChange("companies") { Texts = texts }, SaveOptions.Default, CancellationToken.None);

        Assert.Equal(SaveStatus.Invalid, result.Status);
        var error = Assert.Single(result.Errors);
        Assert.Equal(field, error.Field);
        Assert.Contains(message, error.Message.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, (await scope.Queries.CountAsync("companies", null, CancellationToken.None)).Count);
        Assert.Equal(before, await scope.Log.LastSequenceAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Save_OverLongText_IsRefusedWithItsLength()
    {
        await using var scope = _platform.OpenAsSystem();
        var result = await scope.SaveAsync("companies", ("name", new string('长', 101)));
        Assert.Equal("Name may have at most 100 characters; this has 101", Assert.Single(result.Errors).Message.ToString());
    }

    [Fact]
    public async Task Save_LookUpThatMatchesTwo_IsRefused()
    {
        await using var scope = _platform.OpenAsSystem();
        await scope.CreateAsync("companies", ("name", "Twin"));
        await scope.CreateAsync("companies", ("name", "TWIN"));
        var result = await scope.SaveAsync("companies", ("name", "Child"), ("parent", "twin"));
        Assert.Contains("name of 2 records", Assert.Single(result.Errors).Message.ToString(), StringComparison.Ordinal);

        var byNumber = await scope.SaveAsync("companies", ("name", "Child"), ("parent", "C000002"));
        Assert.True(byNumber.Succeeded);
    }

    [Fact]
    public async Task Save_SameUniqueValueInAnotherCase_IsRefused()
    {
        await using var scope = _platform.OpenAsSystem();
        await scope.CreateAsync("companies", ("name", "One"), ("code", "abc"));
        var result = await scope.SaveAsync("companies", ("name", "Two"), ("code", "ＡＢＣ"));
        Assert.Equal("code", Assert.Single(result.Errors).Field);
    }

    [Fact]
    public async Task Save_OneOfSeveralUniqueValuesTaken_IsRefusedAlsoAtTheSameMoment()
    {
        await using var scope = _platform.OpenAsSystem();
        foreach (var name in new[] { "One", "Other" })
            await scope.CreateAsync("companies", ("name", name), ("phones", "+8613800138000"), ("emails", $"{name}@example.com; home: {name}@home.example"));
        Assert.Contains("cannot be unique", (await UniqueAsync("phones"))!.ToString(), StringComparison.Ordinal);
        Assert.Null(await UniqueAsync("emails"));

        var error = Assert.Single((await scope.SaveAsync("companies", ("name", "Two"), ("emails", "two@example.com; ONE@home.example"))).Errors);
        Assert.Equal(("emails", "There is already a record with E-mails “ONE@home.example”"), (error.Field, error.Message.ToString()));
        var both = await scope.Content.SaveManyAsync("companies", [.. new[] { "a", "b" }.Select(n => new ContentChange("companies") { Texts = { ["name"] = n, ["emails"] = $"{n}@example.com; same@example.com" } })], SaveOptions.Default, CancellationToken.None);
        Assert.Equal([true, false], both.Select(r => r.Succeeded));
        var atOnce = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            await using var other = _platform.OpenAsSystem();
            return await other.SaveAsync("companies", ("name", $"N{i}"), ("emails", $"n{i}@example.com; late@example.com"));
        })));
        Assert.Single(atOnce, r => r.Succeeded);

        var one = (await scope.Queries.ListAsync(new Query("companies") { Where = Filter.Eq("name", "One") }, CancellationToken.None)).Items[0].Id;
        Assert.True((await scope.SaveAsync("companies", one, null, ("emails", "one@home.example; new@example.com"))).Succeeded);
        Assert.True((await scope.Content.DeleteAsync("companies", one, null, CancellationToken.None)).Succeeded);
        await scope.CreateAsync("companies", ("name", "Heir"), ("emails", "new@example.com"));
        Assert.Equal("emails", Assert.Single((await scope.Content.RestoreAsync("companies", one, CancellationToken.None)).Errors).Field);

        Task<Platform.Localization.Message?> UniqueAsync(string field) => scope.Definitions.SaveFieldAsync("companies", field, new System.Text.Json.Nodes.JsonObject { ["unique"] = true }, CancellationToken.None);
    }

    [Fact]
    public async Task SaveMany_OneBadAmongGood_WritesTheGood()
    {
        await using var scope = _platform.OpenAsSystem();
        var changes = new[] { "1", "x", "3" }.Select(n => new ContentChange("companies") { Texts = { ["name"] = $"N{n}", ["employees"] = n } }).ToList();
        var results = await scope.Content.SaveManyAsync("companies", changes, SaveOptions.Default, CancellationToken.None);
        Assert.Equal([SaveStatus.Created, SaveStatus.Invalid, SaveStatus.Created], results.Select(r => r.Status));
        Assert.Equal(2, (await scope.Queries.CountAsync("companies", null, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Save_Update_ChangesOnlyWhatIsNamedAndLogsOldAndNew()
    {
        await using var scope = _platform.OpenAsSystem();
        var id = await scope.CreateAsync("companies", ("name", "Acme"), ("employees", "5"), ("revenue", "10 CNY"));
        var result = await scope.SaveAsync("companies", id, 1, ("employees", "6"), ("name", "Acme"));

        Assert.Equal((SaveStatus.Updated, 2L), (result.Status, result.Version));
        var history = await scope.Log.ReadHistoryAsync("companies", id, 10, CancellationToken.None);
        Assert.Equal([ChangeKind.Updated, ChangeKind.Created], history.Select(c => c.Kind));
        var (field, change) = Assert.Single(history[0].Fields);
        Assert.Equal(("employees", "5", "6"), (field, change.Old, change.New));
        Assert.Equal("10 CNY", history[1].Fields["revenue"].New);
    }

    [Fact]
    public async Task Save_SameValues_WritesNothing()
    {
        await using var scope = _platform.OpenAsSystem();
        var id = await scope.CreateAsync("companies", ("name", "Acme"), ("revenue", "10.50 CNY"));
        var before = await scope.Log.LastSequenceAsync(CancellationToken.None);
        var result = await scope.SaveAsync("companies", id, null, ("name", "Acme"), ("revenue", "10.5 CNY"));
        Assert.Equal((SaveStatus.Unchanged, 1L), (result.Status, result.Version));
        Assert.Equal(before, await scope.Log.LastSequenceAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Save_StaleVersion_IsAConflictAndWritesNothing()
    {
        await using var scope = _platform.OpenAsSystem();
        var id = await scope.CreateAsync("companies", ("name", "Acme"));
        Assert.Equal(SaveStatus.Updated, (await scope.SaveAsync("companies", id, 1, ("name", "Mine"))).Status);
        Assert.Equal(SaveStatus.Conflict, (await scope.SaveAsync("companies", id, 1, ("name", "Theirs"))).Status);
        Assert.Equal("Mine", (await scope.Queries.GetAsync("companies", id, CancellationToken.None))!.DisplayText);
    }

    [Fact]
    public async Task Save_DryRun_AnswersTheSameAndWritesNothing()
    {
        await using var scope = _platform.OpenAsSystem();
        var change = new ContentChange("companies") { Texts = { ["name"] = "Acme", ["industry"] = "Space mining" } };
        var result = await scope.Content.SaveAsync(change, new SaveOptions { DryRun = true }, CancellationToken.None);
        Assert.Equal(SaveStatus.Created, result.Status);
        Assert.Equal(0, (await scope.Queries.CountAsync("companies", null, CancellationToken.None)).Count);
        Assert.DoesNotContain(scope.Definitions.Current.Get("companies").Field("industry").Options, o => o.Key == "Space mining");
        Assert.Equal(0, await scope.Log.LastSequenceAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Save_NewValueOfOpenPickList_BecomesAnOptionForThoseWhoMay()
    {
        var user = TestActors.User(Guid.CreateVersion7(), PermissionScope.All);
        await using (var scope = _platform.Open(user.Without("companies.addOptions")))
            Assert.Equal("industry", Assert.Single((await scope.SaveAsync("companies", ("name", "A"), ("industry", "Space"))).Errors).Field);
        await using (var scope = _platform.Open(user))
            await scope.CreateAsync("companies", ("name", "A"), ("industry", "Space"));
        await using (var scope = _platform.OpenAsSystem())
        {
            Assert.Contains(scope.Definitions.Current.Get("companies").Field("industry").Options, o => o.Key == "Space");
            var id = await scope.CreateAsync("companies", ("name", "B"), ("industry", "SPACE"));
            Assert.Equal("Space", (await scope.Queries.GetAsync("companies", id, CancellationToken.None))!["industry"]);
        }
    }

    [Fact]
    public async Task Save_RefusedForAnotherField_AddsNoOption()
    {
        await using var scope = _platform.OpenAsSystem();
        var refused = await scope.SaveAsync("companies", ("industry", "Space"));
        Assert.Equal("name", Assert.Single(refused.Errors).Field);
        Assert.DoesNotContain(scope.Definitions.Current.Get("companies").Field("industry").Options, o => o.Key == "Space");
    }

    [Fact]
    public async Task Filter_PickListByLabelOrInAnotherCase_FindsTheOption()
    {
        await using var scope = _platform.OpenAsSystem();
        await scope.CreateAsync("companies", ("name", "Shop"), ("industry", "retail"));
        Assert.Equal(1, (await scope.Queries.CountAsync("companies", Filter.Eq("industry", "RETAIL"), CancellationToken.None)).Count);
        var unknown = await Assert.ThrowsAsync<QueryException>(() => scope.Queries.CountAsync("companies", Filter.Eq("level", "Z"), CancellationToken.None));
        Assert.Contains("no option", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_PointedTo_ClearsRestrictsOrCascadesAndRestoreBringsAllBack()
    {
        await using var scope = _platform.OpenAsSystem();
        var company = await scope.CreateAsync("companies", ("name", "Acme"));
        var cleared = await scope.CreateAsync("people", ("name", "Cleared"), ("company", "Acme"));
        var cascaded = await scope.CreateAsync("people", ("name", "Cascaded"), ("estate", "Acme"));
        var restricting = await scope.CreateAsync("people", ("name", "Restricting"), ("employer", "Acme"));

        var effects = await scope.Content.PreviewDeleteAsync("companies", company, CancellationToken.None);
        Assert.Equal(["company", "employer", "estate"], effects.Select(e => e.LookUp.Name).Order(StringComparer.Ordinal));
        Assert.Equal(SaveStatus.Invalid, (await scope.Content.DeleteAsync("companies", company, null, CancellationToken.None)).Status);
        await scope.SaveAsync("people", restricting, null, ("employer", ""));

        await using (var deleting = _platform.OpenAsSystem())
            Assert.Equal(SaveStatus.Deleted, (await deleting.Content.DeleteAsync("companies", company, null, CancellationToken.None)).Status);
        Assert.Null(await scope.Queries.GetAsync("companies", company, CancellationToken.None));
        Assert.Null(await scope.Queries.GetAsync("people", cascaded, CancellationToken.None));
        Assert.Null((await scope.Queries.GetAsync("people", cleared, CancellationToken.None))!["company"]);
        Assert.NotNull(await scope.Queries.GetAsync("companies", company, CancellationToken.None, RecycleBin.Only));

        await using (var restoring = _platform.OpenAsSystem())
            Assert.Equal(SaveStatus.Restored, (await restoring.Content.RestoreAsync("companies", company, CancellationToken.None)).Status);
        Assert.NotNull(await scope.Queries.GetAsync("companies", company, CancellationToken.None));
        Assert.Equal(company, (await scope.Queries.GetAsync("people", cleared, CancellationToken.None))!["company"]);
        Assert.Equal(company, (await scope.Queries.GetAsync("people", cascaded, CancellationToken.None))!["estate"]);
    }

    [Fact]
    public async Task Delete_OneOfSeveralPointedTo_TakesJustThatOneOutAndRestorePutsItBackInItsPlace()
    {
        await using var scope = _platform.OpenAsSystem();
        var (a, b, c) = (await scope.CreateAsync("companies", ("name", "A; Co")), await scope.CreateAsync("companies", ("name", "B")), await scope.CreateAsync("companies", ("name", "C")));
        var ann = await scope.CreateAsync("people", ("name", "Ann"), ("clients", $"A\\; Co; b\n{c}; C"));
        var read = (await scope.Queries.GetAsync("people", ann, CancellationToken.None))!;
        Assert.Equal(new ValueList<Guid>([a, b, c]), read["clients"]);
        Assert.Equal(("A; Co; B; C", "B"), (read.DisplayOf("clients"), read.NameOf(b)));
        Assert.Equal("Clients: there is no Company “D”", Assert.Single((await scope.SaveAsync("people", ann, null, ("clients", "C; D"))).Errors).Message.ToString());
        Assert.Equal("Partners cannot be the record itself", Assert.Single((await scope.SaveAsync("companies", a, null, ("partners", "B; A\\; Co"))).Errors).Message.ToString());

        var effect = Assert.Single(await scope.Content.PreviewDeleteAsync("companies", b, CancellationToken.None));
        Assert.Equal(("clients", 1L), (effect.LookUp.Name, effect.Count));
        await DeleteAsync("companies", b);
        Assert.Equal([a, c], await ClientsAsync());
        var change = (await scope.Log.ReadHistoryAsync("people", ann, 1, CancellationToken.None))[0].Fields["clients"];
        Assert.Equal(($"{a}; {b}; {c}", $"{a}; {c}"), (change.Old, change.New));
        await RestoreAsync("companies", b);
        Assert.Equal([a, b, c], await ClientsAsync());

        // What went while the record itself was in the recycle bin is left out when it comes back.
        await DeleteAsync("people", ann);
        await DeleteAsync("companies", c);
        await RestoreAsync("people", ann);
        Assert.Equal([a, b], await ClientsAsync());

        Assert.Null(await scope.Definitions.SaveFieldAsync("people", "clients", new System.Text.Json.Nodes.JsonObject { ["onDelete"] = "restrict" }, CancellationToken.None));
        Assert.Equal("It cannot be deleted while 1 of People point to it", Assert.Single((await scope.Content.DeleteAsync("companies", a, null, CancellationToken.None)).Errors).Message.ToString());

        async Task<IEnumerable<Guid>> ClientsAsync() => LinkedRecords.IdsOf((await scope.Queries.GetAsync("people", ann, CancellationToken.None))!["clients"]);
        async Task DeleteAsync(string type, Guid id)
        {
            await using var other = _platform.OpenAsSystem();
            Assert.True((await other.Content.DeleteAsync(type, id, null, CancellationToken.None)).Succeeded);
        }
        async Task RestoreAsync(string type, Guid id)
        {
            await using var other = _platform.OpenAsSystem();
            Assert.True((await other.Content.RestoreAsync(type, id, CancellationToken.None)).Succeeded);
        }
    }

    [Fact]
    public async Task Restore_UniqueValueTakenMeanwhile_IsRefused()
    {
        await using var scope = _platform.OpenAsSystem();
        var id = await scope.CreateAsync("companies", ("name", "Old"), ("code", "X"));
        await scope.Content.DeleteAsync("companies", id, null, CancellationToken.None);
        await scope.CreateAsync("companies", ("name", "New"), ("code", "x"));
        Assert.Equal("code", Assert.Single((await scope.Content.RestoreAsync("companies", id, CancellationToken.None)).Errors).Field);
    }

    [Fact]
    public async Task Restore_WhatItPointsToIsGone_IsRefusedOrCleared()
    {
        await using var scope = _platform.OpenAsSystem();
        var company = await scope.CreateAsync("companies", ("name", "Gone Ltd"));
        var bound = await scope.CreateAsync("people", ("name", "Bound"), ("employer", "Gone Ltd"));
        var loose = await scope.CreateAsync("people", ("name", "Loose"), ("company", "Gone Ltd"));
        foreach (var person in new[] { bound, loose })
            await scope.Content.DeleteAsync("people", person, null, CancellationToken.None);
        Assert.True((await scope.Content.DeleteAsync("companies", company, null, CancellationToken.None)).Succeeded);

        Assert.Equal("employer", Assert.Single((await scope.Content.RestoreAsync("people", bound, CancellationToken.None)).Errors).Field);
        Assert.True((await scope.Content.RestoreAsync("people", loose, CancellationToken.None)).Succeeded);
        Assert.Null((await scope.Queries.GetAsync("people", loose, CancellationToken.None))!["company"]);
    }

    [Fact]
    public async Task Save_LinkToARecordThatIsBeingDeleted_IsRefused()
    {
        await using var scope = _platform.OpenAsSystem();
        var company = await scope.CreateAsync("companies", ("name", "Leaving"));
        var deleted = new TaskCompletionSource();
        var deleting = Task.Run(async () =>
        {
            await using var other = _platform.OpenAsSystem();
            await other.Session.TransactAsync(async () =>
            {
                await other.Content.DeleteAsync("companies", company, null, CancellationToken.None);
                deleted.SetResult();
                await Task.Delay(300);
            }, CancellationToken.None);
        });
        await deleted.Task;
        var result = await scope.SaveAsync("people", ("name", "Late"), ("employer", company.ToString()));
        await deleting;
        Assert.Equal("employer", Assert.Single(result.Errors).Field);
    }

    [Fact]
    public async Task Purge_InTheBin_RemovesTheRowAndKeepsTheHistory()
    {
        await using var scope = _platform.OpenAsSystem();
        var id = await scope.CreateAsync("companies", ("name", "Gone"));
        Assert.Equal(SaveStatus.NotFound, (await scope.Content.PurgeAsync("companies", id, CancellationToken.None)).Status);
        await scope.Content.DeleteAsync("companies", id, null, CancellationToken.None);
        Assert.True((await scope.Content.PurgeAsync("companies", id, CancellationToken.None)).Succeeded);
        Assert.Null(await scope.Queries.GetAsync("companies", id, CancellationToken.None, RecycleBin.With));
        Assert.Equal(3, (await scope.Log.ReadHistoryAsync("companies", id, 10, CancellationToken.None)).Count);
    }

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
