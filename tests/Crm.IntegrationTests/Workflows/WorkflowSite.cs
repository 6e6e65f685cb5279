using System.Net;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Workflows;

namespace Crm.IntegrationTests.Workflows;

/// <summary>A site with workflows, whose clock can be put forward.</summary>
internal sealed class WorkflowSite : IAsyncDisposable
{
    private WorkflowSite(TestSite site, MovableClock clock) => (Site, Clock) = (site, clock);

    public TestSite Site { get; }

    public MovableClock Clock { get; }

    public static async Task<WorkflowSite> StartAsync(DatabaseProvider provider)
    {
        var clock = new MovableClock();
        return new(await TestSite.StartAsync(provider, clock: clock), clock);
    }

    /// <summary>Saves a workflow that is on, as a recipe would; returns its id.</summary>
    public async Task<Guid> AddAsync(string name, WorkflowDefinition definition)
    {
        await using var scope = await Site.OpenScopeAsync();
        return await scope.CreateAsync("workflows", ("name", name), ("isActive", "true"), ("definition", definition.Write()));
    }

    public async Task<Guid> CreateAsync(string type, params (string Field, string? Text)[] texts)
    {
        await using var scope = await Site.OpenScopeAsync();
        return await scope.CreateAsync(type, texts);
    }

    public async Task ChangeAsync(string type, Guid id, params (string Field, string? Text)[] texts)
    {
        await using var scope = await Site.OpenScopeAsync();
        Assert.True((await scope.SaveAsync(type, id, null, texts)).Succeeded);
    }

    public async Task<ContentItem> GetAsync(string type, Guid id)
    {
        await using var scope = await Site.OpenScopeAsync();
        return (await scope.Queries.GetAsync(type, id, CancellationToken.None))!;
    }

    public async Task<long> CountAsync(string type, Filter? where = null)
    {
        await using var scope = await Site.OpenScopeAsync();
        return (await scope.Queries.CountAsync(type, where, CancellationToken.None)).Count;
    }

    public async Task<long> CountRowsAsync(string sql)
    {
        await using var scope = await Site.OpenScopeAsync();
        return await scope.Session.CountAsync(new SqlText(sql), CancellationToken.None);
    }

    /// <summary>States of a workflow's instances, oldest first, as the tables have them.</summary>
    public async Task<List<string>> StatesAsync(Guid workflow)
    {
        await using var scope = await Site.OpenScopeAsync();
        return await scope.Session.ReadAsync(new SqlText("SELECT state FROM crm_workflow_instances WHERE workflow = ").Append(ColumnType.Uuid, workflow).Append(" ORDER BY id"), r => r.GetString(0), CancellationToken.None);
    }

    /// <summary>Waits until the instances of a workflow are in these states.</summary>
    public async Task ExpectAsync(Guid workflow, params string[] states)
    {
        var seen = new List<string>();
        try
        {
            await Eventually.HoldsAsync(async () => (seen = await StatesAsync(workflow)).SequenceEqual(states));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Expected {string.Join(", ", states)}, but there are {string.Join(", ", seen)}: {string.Join(" | ", await TraceAsync(workflow))}");
        }
    }

    /// <summary>The trace of all instances of a workflow, as stored.</summary>
    public async Task<List<string>> TraceAsync(Guid workflow)
    {
        await using var scope = await Site.OpenScopeAsync();
        return await scope.Session.ReadAsync(new SqlText("SELECT t.text FROM crm_workflow_trace t JOIN crm_workflow_instances i ON i.id = t.instance WHERE i.workflow = ").Append(ColumnType.Uuid, workflow).Append(" ORDER BY t.id"), r => r.GetString(0), CancellationToken.None);
    }

    public async Task<Guid> UserAsync(string userName)
    {
        await using var scope = await Site.OpenScopeAsync();
        return (await scope.FindAsync("users", "userName", userName)).Id;
    }

    public async Task<Guid> RoleAsync(string name)
    {
        await using var scope = await Site.OpenScopeAsync();
        return (await scope.FindAsync("roles", "name", name)).Id;
    }

    /// <summary>Makes users with a role who need not sign in.</summary>
    public async Task<List<Guid>> AddUsersAsync(string role, int count)
    {
        var users = new List<Guid>();
        for (var i = 0; i < count; i++)
            users.Add(await CreateAsync("users", ("userName", $"{role.ToLowerInvariant()}{i}"), ("name", $"{role} {i}"), ("roles", role)));
        return users;
    }

    public async Task SwitchAllOffAsync()
    {
        await using var scope = await Site.OpenScopeAsync();
        foreach (var workflow in (await scope.Queries.ListAsync(new Query("workflows") { Where = Filter.Eq("isActive", true), Take = 1000 }, CancellationToken.None)).Items)
            Assert.True((await scope.SaveAsync("workflows", workflow.Id, null, ("isActive", "false"))).Succeeded);
    }

    public ValueTask DisposeAsync() => Site.DisposeAsync();
}

/// <summary>Short forms for definitions.</summary>
internal static class Define
{
    public static NodeSettings Created(string type) => new("created") { Settings = new Dictionary<string, string> { ["type"] = type } };

    public static NodeSettings Trigger(string kind, params (string Name, string Value)[] settings) => new(kind) { Settings = settings.ToDictionary(s => s.Name, s => s.Value) };

    public static ActivityNode Step(string id, string kind, params (string Name, string Value)[] settings) => new(id, kind) { Settings = settings.ToDictionary(s => s.Name, s => s.Value) };

    /// <summary>Activities one after the other.</summary>
    public static WorkflowDefinition Line(NodeSettings trigger, params ActivityNode[] activities) => new()
    {
        Trigger = trigger,
        Activities = activities,
        Transitions = [.. activities.Select((a, i) => new Transition(i == 0 ? WorkflowDefinition.Start : activities[i - 1].Id, Outcomes.Done, a.Id))],
    };
}
