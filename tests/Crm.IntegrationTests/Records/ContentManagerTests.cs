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

/// <summary>What saving takes, refuses and logs.</summary>
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
    [InlineData("employees", "-1", "must be 0 or more")]
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
    public async Task Save_SameUniqueValueOfAnyKind_IsRefused()
    {
        await using var scope = _platform.OpenAsSystem();
        foreach (var (field, value) in new[] { ("employees", "5"), ("score", "5.25"), ("discount", "12.5%"), ("effort", "1h 30m"), ("founded", "2026-01-02"), ("contacted", "2026-01-02T03:04:05Z"), ("email", "a@example.com"), ("phone", "+86 138 0013 8000") })
        {
            Assert.Null(await scope.Definitions.SaveFieldAsync("companies", field, new() { ["unique"] = true }, CancellationToken.None));
            await scope.CreateAsync("companies", ("name", "First"), (field, value));
            Assert.Equal(field, Assert.Single((await scope.SaveAsync("companies", ("name", "Second"), (field, value))).Errors).Field);
        }
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
}
