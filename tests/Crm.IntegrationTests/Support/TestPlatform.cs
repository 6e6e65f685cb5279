using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Hosting;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crm.IntegrationTests.Support;

/// <summary>The platform without a web server, on a database of its own, with a few content types to try it with.</summary>
public sealed class TestPlatform : IAsyncDisposable
{
    private readonly TestFiles _files;
    private readonly ServiceProvider _services;

    private TestPlatform(TestFiles files, Database opened, ServiceProvider services)
    {
        _files = files;
        Database = opened;
        _services = services;
    }

    public IServiceProvider Services => _services;

    public Database Database { get; }

    public string ConnectionString => _files.Database.ConnectionString;

    public static async Task<TestPlatform> CreateAsync(DatabaseProvider provider, Action<IServiceCollection>? configure = null)
    {
        var files = configure is null
            ? await TestTemplates.CopyAsync(nameof(TestPlatform), provider, async f => await (await OpenAsync(f, null)).CloseAsync())
            : await TestFiles.CreateAsync(provider);
        return await OpenAsync(files, configure);
    }

    private static async Task<TestPlatform> OpenAsync(TestFiles files, Action<IServiceCollection>? configure)
    {
        var opened = new Database(files.Database.Provider, files.Database.ConnectionString);
        await opened.PrepareAsync();
        await new MigrationRunner(opened, NullLoggerFactory.Instance).MigrateAsync([typeof(Database).Assembly]);
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddLogging();
        services.AddSingleton(opened);
        services.AddPlatform([]);
        services.AddContentTypes<TestTypes>();
        configure?.Invoke(services);
        var platform = new TestPlatform(files, opened, services.BuildServiceProvider(validateScopes: true));
        await using var scope = platform.Open(Actor.System("test"));
        await scope.Definitions.ApplySchemaAsync(CancellationToken.None);
        return platform;
    }

    /// <summary>A scope of this actor's.</summary>
    public TestScope Open(Actor actor)
    {
        var scope = _services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ActorContext>().Current = actor;
        return new TestScope(scope);
    }

    public TestScope OpenAsSystem() => Open(Actor.System("test"));

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await _files.DisposeAsync();
    }

    private async Task CloseAsync()
    {
        await _services.DisposeAsync();
        await Database.DisposeAsync();
    }
}

/// <summary>One unit of work: what a request or a command has.</summary>
public sealed class TestScope(AsyncServiceScope scope) : IAsyncDisposable
{
    public IServiceProvider Services => scope.ServiceProvider;

    public IContentManager Content => Services.GetRequiredService<IContentManager>();

    public QueryEngine Queries => Services.GetRequiredService<QueryEngine>();

    public ContentDefinitions Definitions => Services.GetRequiredService<ContentDefinitions>();

    public Platform.Changes.ChangeLog Log => Services.GetRequiredService<Platform.Changes.ChangeLog>();

    public DbSession Session => Services.GetRequiredService<DbSession>();

    public Task<SaveResult> SaveAsync(string type, params (string Field, string? Text)[] texts)
        => SaveAsync(type, null, null, texts);

    public Task<SaveResult> SaveAsync(string type, Guid? id, long? version, params (string Field, string? Text)[] texts)
        => Content.SaveAsync(new ContentChange(type) { Id = id, Version = version, Texts = texts.ToDictionary(t => t.Field, t => t.Text) },
            SaveOptions.Default, CancellationToken.None);

    /// <summary>Creates a record that must succeed.</summary>
    public async Task<Guid> CreateAsync(string type, params (string Field, string? Text)[] texts)
    {
        var result = await SaveAsync(type, texts);
        Assert.True(result.Succeeded, string.Join("; ", result.Errors.Select(e => e.Message)));
        return result.Id;
    }

    public ValueTask DisposeAsync() => scope.DisposeAsync();
}

internal sealed class TestTypes : IContentTypeProvider
{
    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = "companies", Label = "Company", PluralLabel = "Companies", DisplayField = "name", DefaultSort = ["name"], QuickSearch = ["name", "code"],
            Fields =
            [
                Field.Text("name", "Name") with { Required = true, MaxLength = 100 },
                Field.AutoNumber("number", "Number", "C{000000}"),
                Field.Text("code", "Code") with { Unique = true },
                Field.Number("employees", "Employees") with { Min = 0 },
                Field.Number("score", "Score", 2),
                Field.Money("revenue", "Revenue"),
                Field.YesNo("active", "Active"),
                Field.Date("founded", "Founded"),
                Field.DateTime("contacted", "Contacted"),
                Field.PickList("level", "Level", new("c", "C"), new("a", "A"), new("b", "B")),
                Field.PickList("industry", "Industry", new PickListOption("retail", "Retail")) with { Open = true },
                Field.Email("email", "E-mail"),
                Field.Phone("phone", "Phone"),
                Field.Url("website", "Web site"),
                Field.LookUp("parent", "Parent", "companies") with { RelatedLabel = "Subsidiaries" },
                Field.LongText("notes", "Notes"),
                Field.MultiPickList("channels", "Channels", new("web", "Web"), new("fair", "Fair"), new("phone", "Phone")),
                Field.Tags("tags", "Tags"),
                Field.Emails("emails", "E-mails"),
                Field.Phones("phones", "Phones"),
                Field.Address("billing", "Billing address"),
                Field.RichText("terms", "Terms"),
                Field.Percent("discount", "Discount", 1),
                Field.Rating("rating", "Rating"),
                Field.Duration("effort", "Effort"),
                Field.Json("data", "Data"),
                Field.Team("desk", "Desk"),
                Field.Record("about", "About"),
                Field.LookUps("partners", "Partners", "companies"),
            ],
        },
        new()
        {
            Name = "people", Label = "Person", PluralLabel = "People", DisplayField = "name",
            Fields =
            [
                Field.Text("name", "Name") with { Required = true },
                Field.LookUp("company", "Company", "companies") with { OnDelete = OnDelete.Clear },
                Field.LookUp("employer", "Employer", "companies") with { OnDelete = OnDelete.Restrict },
                Field.LookUp("estate", "Estate", "companies") with { OnDelete = OnDelete.Cascade },
                Field.LookUps("clients", "Clients", "companies"),
            ],
        },
        new() { Name = "users", Label = "User", PluralLabel = "Users", DisplayField = "name", Fields = [Field.Text("name", "Name") with { Required = true }] },
        new() { Name = "teams", Label = "Team", PluralLabel = "Teams", DisplayField = "name", Fields = [Field.Text("name", "Name") with { Required = true }] },
    ];
}
