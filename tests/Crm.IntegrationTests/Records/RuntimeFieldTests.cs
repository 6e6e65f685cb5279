using System.Text.Json.Nodes;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Jobs;
using Crm.Platform.Queries;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Records;

public sealed class RuntimeFieldSqliteTests() : RuntimeFieldTests(DatabaseProvider.Sqlite);

public sealed class RuntimeFieldPostgresTests() : RuntimeFieldTests(DatabaseProvider.Postgres);

public abstract class RuntimeFieldTests(DatabaseProvider provider) : IAsyncLifetime
{
    private readonly Pause _pause = new();
    private TestPlatform _platform = null!;

    public async ValueTask InitializeAsync() => _platform = await TestPlatform.CreateAsync(provider, s => s.AddSingleton<IContentHandler>(_pause));

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public async Task SaveField_New_IsAtOnceSavedFilteredSortedAndCounted()
    {
        await using var scope = _platform.OpenAsSystem();
        await scope.CreateAsync("companies", ("name", "Before"));

        Assert.Null(await scope.Definitions.SaveFieldAsync("companies", "region", Text("""{"kind":"text","label":{"en":"Region","zh-CN":"地区"},"indexed":true}"""), CancellationToken.None));
        await scope.CreateAsync("companies", ("name", "North"), ("region", "北方"));
        await scope.CreateAsync("companies", ("name", "South"), ("region", "南方"));

        var page = await scope.Queries.ListAsync(new Query("companies") { Where = new CompareFilter("region", FilterOperator.Contains, "方"), Sort = ["-region"], Columns = ["region"] }, CancellationToken.None);
        Assert.Equal(["南方", "北方"], page.Items.Select(i => i["region"]));
        var groups = await scope.Queries.AggregateAsync(new AggregateQuery("companies") { GroupBy = [new("region")], Aggregates = [new(AggregateFunction.Count)] }, CancellationToken.None);
        Assert.Equal([(null, 1L), ("北方", 1L), ("南方", 1L)], groups.Select(g => ((string?)g.Keys[0], (long)g.Values[0]!)));
    }

    [Theory]
    [InlineData("Region", """{"kind":"text","label":"R"}""", "A name has")]
    [InlineData("re gion", """{"kind":"text","label":"R"}""", "A name has")]
    [InlineData("region", """{"kind":"nonsense","label":"R"}""", "no field kind")]
    [InlineData("region", """{"kind":"text"}""", "needs a kind and a label")]
    [InlineData("region", """{"kind":"lookUp","label":"R"}""", "Choose what the look-up points to")]
    [InlineData("region", """{"kind":"lookUp","label":"R","target":"nowhere"}""", "no content type")]
    [InlineData("region", """{"kind":"lookUps","label":"R"}""", "Choose what the look-up points to")]
    [InlineData("region", """{"kind":"lookUps","label":"R","target":"companies","onDelete":"cascade"}""", "not deleted with one of them")]
    [InlineData("region", """{"kind":"text","label":"R","maxLength":100000}""", "longest text")]
    [InlineData("region", """{"kind":"text","label":"R","colour":"red"}""", "not valid")]
    [InlineData("name", """{"kind":"number"}""", "kind of an existing field")]
    [InlineData("revenueCurrency", """{"kind":"text","label":"R"}""", "is taken")]
    [InlineData("billingCity", """{"kind":"text","label":"R"}""", "is taken")]
    public async Task SaveField_NotValid_SaysWhyAndChangesNothing(string field, string settings, string message)
    {
        await using var scope = _platform.OpenAsSystem();
        var version = scope.Definitions.Current.Version;
        var error = await scope.Definitions.SaveFieldAsync("companies", field, Text(settings), CancellationToken.None);
        Assert.Contains(message, error!.ToString(), StringComparison.Ordinal);
        Assert.Equal(version, scope.Definitions.Current.Version);
        await scope.CreateAsync("companies", ("name", "Still works"));
    }

    [Fact]
    public async Task SaveField_OfAModule_LaysOnlyTheNamedSettingOverIt()
    {
        await using var scope = _platform.OpenAsSystem();
        Assert.Null(await scope.Definitions.SaveFieldAsync("companies", "employees", Text("""{"label":{"en":"Staff","zh-CN":"员工"},"required":true}"""), CancellationToken.None));
        var field = scope.Definitions.Current.Get("companies").Field("employees");
        Assert.Equal(("Staff", true, 0m), (field.Label.En, field.Required, field.Min));
        Assert.Equal("employees", Assert.Single((await scope.SaveAsync("companies", ("name", "A"))).Errors).Field);
    }

    [Fact]
    public async Task SaveField_RolledBack_IsNotInForce()
    {
        await using var scope = _platform.OpenAsSystem();
        await Assert.ThrowsAsync<InvalidOperationException>(() => scope.Session.TransactAsync(async () =>
        {
            await scope.Definitions.SaveFieldAsync("companies", "region", Text("""{"kind":"text","label":"Region"}"""), CancellationToken.None);
            Assert.NotNull(scope.Definitions.Current.Get("companies").Find("region"));
            throw new InvalidOperationException("Changed my mind.");
        }, CancellationToken.None));
        Assert.Null(scope.Definitions.Current.Get("companies").Find("region"));
        Assert.Null(await scope.Definitions.SaveFieldAsync("companies", "region", Text("""{"kind":"text","label":"Region"}"""), CancellationToken.None));
    }

    [Fact]
    public async Task SaveField_UniqueOnAndOff_IsCheckedAndTakenBack()
    {
        await using var scope = _platform.OpenAsSystem();
        await scope.CreateAsync("companies", ("name", "Same"), ("email", "a@example.com"));
        await scope.CreateAsync("companies", ("name", "Other"), ("email", "A@example.com"));
        var refused = await scope.Definitions.SaveFieldAsync("companies", "email", Text("{\"unique\":true}"), CancellationToken.None);
        Assert.Contains("cannot be unique", refused!.ToString(), StringComparison.Ordinal);
        Assert.False(scope.Definitions.Current.Get("companies").Field("email").Unique);

        Assert.Null(await scope.Definitions.SaveFieldAsync("companies", "code", Text("{\"unique\":false}"), CancellationToken.None));
        await scope.CreateAsync("companies", ("name", "One"), ("code", "X"));
        await scope.CreateAsync("companies", ("name", "Two"), ("code", "X"));
    }

    /// <summary>A field of one value, and one of several, for which no index stands up.</summary>
    [Theory]
    [InlineData("email", false)]
    [InlineData("email", true)]
    [InlineData("emails", false)]
    [InlineData("emails", true)]
    public async Task SaveField_UniqueWhileSomebodySavesTheSameValue_OneOfTheTwoIsRefused(string field, bool isWritten)
    {
        await using var scope = _platform.OpenAsSystem();
        await scope.CreateAsync("companies", ("name", "First"), (field, "same@example.com"));
        var (reached, goOn) = _pause.At(isWritten);
        var save = Task.Run(async () =>
        {
            await using var other = _platform.OpenAsSystem();
            return await other.SaveAsync("companies", ("name", "Second"), (field, "same@example.com"));
        });
        await reached;
        var change = Task.Run(() => scope.Definitions.SaveFieldAsync("companies", field, Text("{\"unique\":true}"), CancellationToken.None));
        // Where it does not have to wait for the other it comes first.
        await Task.WhenAny(change, Task.Delay(300));
        goOn();

        var (saved, refused) = (await save, await change);
        Assert.NotEqual(saved.Succeeded, refused is null);
        Assert.Equal(saved.Succeeded, refused?.ToString().Contains("cannot be unique", StringComparison.Ordinal) ?? false);
        Assert.Equal(saved.Succeeded ? 2 : 1, (await scope.Queries.CountAsync("companies", null, CancellationToken.None)).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SaveType_OtherQuickSearchWhileSomebodySaves_FindsTheirRecord(bool isWritten)
    {
        await using var scope = _platform.OpenAsSystem();
        var (reached, goOn) = _pause.At(isWritten);
        var save = Task.Run(async () =>
        {
            await using var other = _platform.OpenAsSystem();
            return await other.SaveAsync("companies", ("name", "Zqx"));
        });
        await reached;
        var change = Task.Run(() => scope.Definitions.SaveTypeAsync("companies", Text("""{"quickSearch":["name","email"]}"""), CancellationToken.None));
        await Task.WhenAny(change, Task.Delay(300));
        goOn();

        Assert.True((await save).Succeeded);
        Assert.Null(await change);
        Assert.Equal("Zqx", Assert.Single((await scope.Queries.ListAsync(new Query("companies") { Where = new QuickSearchFilter("zqx") }, CancellationToken.None)).Items).DisplayText);
    }

    [Fact]
    public async Task Definitions_ChangedByManyAtOnce_KeepEveryChange()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            await using var scope = _platform.OpenAsSystem();
            Assert.Null(await scope.Definitions.SaveFieldAsync("companies", $"extra{i}", Text("{\"kind\":\"text\",\"label\":\"Extra\"}"), CancellationToken.None));
            await scope.CreateAsync("companies", ("name", $"N{i}"), ("industry", $"Industry {i}"));
        })));
        await using var after = _platform.OpenAsSystem();
        var companies = after.Definitions.Current.Get("companies");
        Assert.All(Enumerable.Range(0, 8), i => Assert.NotNull(companies.Find($"extra{i}")));
        Assert.Equal(9, companies.Field("industry").Options.Count);
    }

    [Fact]
    public async Task SaveType_New_HasATableAndCanBeUsed()
    {
        await using var scope = _platform.OpenAsSystem();
        Assert.Null(await scope.Definitions.SaveTypeAsync("projects", Text("""{"label":{"en":"Project","zh-CN":"项目"},"pluralLabel":{"en":"Projects","zh-CN":"项目"},"displayField":"name"}"""), CancellationToken.None));
        Assert.Null(await scope.Definitions.SaveFieldAsync("projects", "name", Text("""{"kind":"text","label":"Name","required":true}"""), CancellationToken.None));
        Assert.Null(await scope.Definitions.SaveFieldAsync("projects", "client", Text("""{"kind":"lookUp","label":"Client","target":"companies"}"""), CancellationToken.None));
        await scope.CreateAsync("companies", ("name", "Acme"));
        await scope.CreateAsync("projects", ("name", "Tower"), ("client", "acme"));
        var page = await scope.Queries.ListAsync(new Query("projects") { Where = new CompareFilter("client.name", FilterOperator.Equal, "ACME") }, CancellationToken.None);
        Assert.Equal("Tower", Assert.Single(page.Items).DisplayText);
    }

    [Fact]
    public async Task FillField_RunTwice_FillsWhatIsEmptyOnce()
    {
        await using var scope = _platform.OpenAsSystem();
        var changes = Enumerable.Range(0, 1000).Select(i => new ContentChange("companies") { Texts = { ["name"] = $"N{i}" } }).ToList();
        await scope.Content.SaveManyAsync("companies", changes, SaveOptions.Default, CancellationToken.None);
        Assert.Null(await scope.Definitions.SaveFieldAsync("companies", "region", Text("""{"kind":"text","label":"Region"}"""), CancellationToken.None));
        await scope.CreateAsync("companies", ("name", "Has one"), ("region", "West"));

        var task = scope.Services.GetServices<IBackgroundTask>().Single(t => t.Name == FillFieldTask.TaskName);
        var before = await scope.Log.LastSequenceAsync(CancellationToken.None);
        for (var i = 0; i < 2; i++)
            await task.RunAsync(FillFieldTask.Data("companies", "region", "East"), CancellationToken.None);

        Assert.Equal(1000, (await scope.Queries.CountAsync("companies", Filter.Eq("region", "East"), CancellationToken.None)).Count);
        Assert.Equal(1, (await scope.Queries.CountAsync("companies", Filter.Eq("region", "West"), CancellationToken.None)).Count);
        Assert.Equal(1000, await scope.Log.LastSequenceAsync(CancellationToken.None) - before);
    }

    private static JsonObject Text(string json) => JsonNode.Parse(json)!.AsObject();
}

/// <summary>Holds one save up: before what is unique is compared, or when it is written but not committed.</summary>
internal sealed class Pause : IContentHandler
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool? _atWritten;

    public (Task Reached, Action GoOn) At(bool isWritten)
    {
        _atWritten = isWritten;
        return (_reached.Task, _goOn.SetResult);
    }

    public ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken) => HoldAsync(isWritten: false);

    public ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken) => HoldAsync(isWritten: true);

    private async ValueTask HoldAsync(bool isWritten)
    {
        if (_atWritten != isWritten)
            return;
        _reached.TrySetResult();
        await _goOn.Task;
    }
}
