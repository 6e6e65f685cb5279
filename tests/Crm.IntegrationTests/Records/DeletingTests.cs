using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Queries;

namespace Crm.IntegrationTests.Records;

public sealed class DeletingSqliteTests() : DeletingTests(DatabaseProvider.Sqlite);

public sealed class DeletingPostgresTests() : DeletingTests(DatabaseProvider.Postgres);

/// <summary>What deleting does to the records that point to one, and how it comes back.</summary>
public abstract class DeletingTests(DatabaseProvider provider) : IAsyncLifetime
{
    private TestPlatform _platform = null!;

    public async ValueTask InitializeAsync() => _platform = await TestPlatform.CreateAsync(provider);

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public async Task Delete_PointedTo_ClearsRestrictsOrCascadesAndRestoreBringsAllBack()
    {
        await using var scope = _platform.OpenAsSystem();
        var company = await scope.CreateAsync("companies", ("name", "Acme"));
        var cleared = await scope.CreateAsync("people", ("name", "Cleared"), ("company", "Acme"));
        var cascaded = await scope.CreateAsync("people", ("name", "Cascaded"), ("estate", "Acme"));
        var restricting = await scope.CreateAsync("people", ("name", "Restricting"), ("employer", "Acme"));

        var effects = await scope.Content.PreviewDeleteAsync("companies", [company], CancellationToken.None);
        Assert.Equal(["company 1", "employer 1", "estate 1"], effects.Select(e => $"{e.LookUp.Name} {e.Count}").Order(StringComparer.Ordinal));
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

        var effect = Assert.Single(await scope.Content.PreviewDeleteAsync("companies", [b], CancellationToken.None));
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
    public async Task PreviewDelete_OfMany_FollowsCascadesRoundCirclesAndFindsWhatIsInTheWayDeepDown()
    {
        await using var scope = _platform.OpenAsSystem();
        Assert.Null(await scope.Definitions.SaveFieldAsync("companies", "founder", new() { ["kind"] = "lookUp", ["label"] = "Founder", ["target"] = "people", ["onDelete"] = "cascade" }, CancellationToken.None));
        var chosen = new List<Guid>();
        for (var i = 0; i < 3; i++)
            chosen.Add(await scope.CreateAsync("companies", ("name", $"Chosen {i}")));
        // Two people go with the chosen, two companies with these, and one person with those, who founded one of the chosen.
        var (ann, bob) = (await scope.CreateAsync("people", ("name", "Ann"), ("estate", "Chosen 0")), await scope.CreateAsync("people", ("name", "Bob"), ("estate", "Chosen 1")));
        await scope.CreateAsync("companies", ("name", "Ann & Co"), ("founder", ann.ToString()), ("parent", "Chosen 2"));
        await scope.CreateAsync("companies", ("name", "Bob & Co"), ("founder", bob.ToString()));
        var cat = await scope.CreateAsync("people", ("name", "Cat"), ("estate", "Ann & Co"), ("company", "Chosen 0"));
        Assert.True((await scope.SaveAsync("companies", chosen[0], null, ("founder", cat.ToString()))).Succeeded);
        Assert.Equal(["estate 3", "founder 2"], await EffectsAsync());

        // What is in the way of the last of them is in the way of the first; what is emptied is counted at every level.
        var dan = await scope.CreateAsync("people", ("name", "Dan"), ("employer", "Bob & Co"), ("company", "Chosen 1"));
        await scope.CreateAsync("people", ("name", "Eve"), ("company", "Ann & Co"));
        Assert.Equal(["company 2", "employer 1", "estate 3", "founder 2"], await EffectsAsync());
        await using (var other = _platform.OpenAsSystem())
            Assert.Equal(SaveStatus.Invalid, (await other.Content.DeleteAsync("companies", chosen[1], null, CancellationToken.None)).Status);
        Assert.NotNull(await scope.Queries.GetAsync("people", bob, CancellationToken.None));

        Assert.True((await scope.SaveAsync("people", dan, null, ("employer", ""))).Succeeded);
        foreach (var id in chosen)
            await using (var other = _platform.OpenAsSystem())
                Assert.True((await other.Content.DeleteAsync("companies", id, null, CancellationToken.None)).Succeeded);
        Assert.Equal(["Dan", "Eve"], (await scope.Queries.ListAsync(new Query("people") { Sort = ["name"] }, CancellationToken.None)).Items.Select(i => i.DisplayText));

        async Task<IEnumerable<string>> EffectsAsync()
            => (await scope.Content.PreviewDeleteAsync("companies", chosen, CancellationToken.None)).Select(e => $"{e.LookUp.Name} {e.Count}").Order(StringComparer.Ordinal);
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
    public async Task SaveAndRestore_LinkToARecordThatIsBeingDeleted_AreRefused()
    {
        await using var scope = _platform.OpenAsSystem();
        var (first, second) = (await scope.CreateAsync("companies", ("name", "Leaving")), await scope.CreateAsync("companies", ("name", "Leaving too")));
        var early = await scope.CreateAsync("people", ("name", "Early"), ("employer", second.ToString()));
        await scope.Content.DeleteAsync("people", early, null, CancellationToken.None);

        var deleting = await DeleteSlowlyAsync(first);
        var saved = await scope.SaveAsync("people", ("name", "Late"), ("employer", first.ToString()));
        await deleting;
        Assert.Equal("employer", Assert.Single(saved.Errors).Field);

        deleting = await DeleteSlowlyAsync(second);
        var restored = await scope.Content.RestoreAsync("people", early, CancellationToken.None);
        await deleting;
        Assert.Equal("employer", Assert.Single(restored.Errors).Field);

        // Deleted at once, to be seen by others only after a while.
        async Task<Task> DeleteSlowlyAsync(Guid company)
        {
            var deleted = new TaskCompletionSource();
            var whole = Task.Run(async () =>
            {
                await using var other = _platform.OpenAsSystem();
                await other.Session.TransactAsync(async () =>
                {
                    Assert.True((await other.Content.DeleteAsync("companies", company, null, CancellationToken.None)).Succeeded);
                    deleted.SetResult();
                    await Task.Delay(300);
                }, CancellationToken.None);
            });
            await Task.WhenAny(deleted.Task, whole);
            return whole;
        }
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
    public async Task Purge_TakesWhatWentWithItAlong_AndTheRestCanStillComeBack()
    {
        await using var scope = _platform.OpenAsSystem();
        var company = await scope.CreateAsync("companies", ("name", "Acme"));
        var part = await scope.CreateAsync("people", ("name", "Part"), ("estate", "Acme"));
        var other = await scope.CreateAsync("people", ("name", "Other"), ("employer", "Acme"), ("company", "Acme"));
        await scope.Content.DeleteAsync("people", other, null, CancellationToken.None);
        await scope.Content.DeleteAsync("companies", company, null, CancellationToken.None);
        Assert.Equal("employer", Assert.Single((await scope.Content.RestoreAsync("people", other, CancellationToken.None)).Errors).Field);

        Assert.True((await scope.Content.PurgeAsync("companies", company, CancellationToken.None)).Succeeded);
        Assert.Null(await scope.Queries.GetAsync("people", part, CancellationToken.None, RecycleBin.With));
        Assert.Equal(SaveStatus.Restored, (await scope.Content.RestoreAsync("people", other, CancellationToken.None)).Status);
        var back = (await scope.Queries.GetAsync("people", other, CancellationToken.None))!;
        Assert.Equal((null, null), (back["employer"], back["company"]));
    }

    [Fact, Trait("Category", "Nightly")]
    public async Task Purge_OfWhatVeryManyLinkTo_IsRefusedUntilTheyAreFewer()
    {
        await using var scope = _platform.OpenAsSystem();
        Assert.Null(await scope.Definitions.SaveFieldAsync("people", Field.Record("about", "About"), CancellationToken.None));
        var company = await scope.CreateAsync("companies", ("name", "Acme"));
        var people = Enumerable.Range(0, QueryEngine.CountCap + 1).Select(i => new ContentChange("people") { Values = { ["name"] = $"P{i}", ["about"] = new RecordLink("companies", company) } });
        var made = new List<Guid>();
        foreach (var some in people.Chunk(1000))
            made.AddRange((await scope.Content.SaveManyAsync("people", some, SaveOptions.Default, CancellationToken.None)).Select(r => r.Id));
        Assert.True((await scope.Content.DeleteAsync("companies", company, null, CancellationToken.None)).Succeeded);
        Assert.StartsWith("More than 10", Assert.Single((await scope.Content.PurgeAsync("companies", company, CancellationToken.None)).Errors).Message.ToString(), StringComparison.Ordinal);

        Assert.True((await scope.SaveAsync("people", made[0], null, ("about", ""))).Succeeded);
        Assert.True((await scope.Content.PurgeAsync("companies", company, CancellationToken.None)).Succeeded);
        Assert.Equal(0, (await scope.Queries.CountAsync("people", new NotFilter(Filter.Eq("about", null)), CancellationToken.None)).Count);
    }

    [Theory]
    [InlineData("restrict")]
    [InlineData("cascade")]
    [InlineData("clear")]
    public async Task Delete_PointedToByADeletedField_IsNotRuledByIt_AndLeavesNothingBehind(string onDelete)
    {
        await using var scope = _platform.OpenAsSystem();
        await SaveFieldAsync(new() { ["kind"] = "lookUp", ["label"] = "Broker", ["target"] = "companies", ["onDelete"] = onDelete });
        var company = await scope.CreateAsync("companies", ("name", "Acme"));
        var person = await scope.CreateAsync("people", ("name", "Ann"), ("broker", "Acme"));
        await SaveFieldAsync(new() { ["hidden"] = true, ["deletedAt"] = "2026-01-01T00:00:00Z" });

        Assert.Equal(SaveStatus.Deleted, (await scope.Content.DeleteAsync("companies", company, null, CancellationToken.None)).Status);
        await SaveFieldAsync(new() { ["hidden"] = false, ["deletedAt"] = null });
        Assert.Null((await scope.Queries.GetAsync("people", person, CancellationToken.None))!["broker"]);

        async Task SaveFieldAsync(System.Text.Json.Nodes.JsonObject settings)
            => Assert.Null((await scope.Definitions.SaveFieldAsync("people", "broker", settings, CancellationToken.None))?.ToString());
    }
}
