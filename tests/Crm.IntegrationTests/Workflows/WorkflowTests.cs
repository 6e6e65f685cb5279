using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Platform.Settings;
using Crm.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Workflows;

public sealed class WorkflowSqliteTests(WorkflowSqliteTests.Fixture fixture) : WorkflowTests(fixture), IClassFixture<WorkflowSqliteTests.Fixture>
{
    public sealed class Fixture() : WorkflowFixture(DatabaseProvider.Sqlite);
}

public sealed class WorkflowPostgresTests(WorkflowPostgresTests.Fixture fixture) : WorkflowTests(fixture), IClassFixture<WorkflowPostgresTests.Fixture>
{
    public sealed class Fixture() : WorkflowFixture(DatabaseProvider.Postgres);
}

/// <summary>One site for all tests of a class; each leaves its workflows switched off.</summary>
public abstract class WorkflowFixture(DatabaseProvider provider) : IAsyncLifetime
{
    internal WorkflowSite Site { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Site = await WorkflowSite.StartAsync(provider);

    public ValueTask DisposeAsync() => Site.DisposeAsync();
}

/// <summary>Triggers and activities, through records and the clock.</summary>
public abstract class WorkflowTests(WorkflowFixture fixture) : IAsyncLifetime
{
    private readonly WorkflowSite _site = fixture.Site;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _site.SwitchAllOffAsync();

    [Fact]
    public async Task Created_MeetsCondition_SetsFieldOnceAndSaysSo()
    {
        var workflow = await _site.AddAsync("Mark", Define.Line(Define.Created("customers"), Define.Step("a1", "setField", ("field", "notes"), ("value", "Welcome, {{ record.name | upcase }}"))) with { Condition = "level eq 'a'" });
        var other = await _site.CreateAsync("customers", ("name", "Too small"), ("level", "d"));
        var customer = await _site.CreateAsync("customers", ("name", "Harbour"), ("level", "a"));
        await _site.ExpectAsync(workflow, "Done");
        Assert.Equal("Welcome, HARBOUR", (await _site.GetAsync("customers", customer)).Get<string>("notes"));
        Assert.Null((await _site.GetAsync("customers", other)).Get<string>("notes"));
        using var administrator = await _site.Site.SignInAsync();
        Assert.Single((await administrator.PageAsync($"/customers/{customer}")).QuerySelectorAll("a[href^='/admin/workflows/instances/']"));

        await using var scope = await _site.Site.OpenScopeAsync();
        var change = (await scope.Log.ReadHistoryAsync("customers", customer, 1, CancellationToken.None))[0];
        Assert.Equal("workflow", change.Source);
        Assert.Equal(1, await scope.Session.CountAsync(new SqlText("SELECT COUNT(*) FROM crm_workflow_instances WHERE id = ").Append(ColumnType.Uuid, change.BatchId), CancellationToken.None));
    }

    [Fact]
    public async Task Changed_FromAndTo_StartsOnlyForThatChange()
    {
        var workflow = await _site.AddAsync("Promoted", Define.Line(Define.Trigger("changed", ("type", "customers"), ("field", "level"), ("from", "b"), ("to", "a")), Define.Step("a1", "notify", ("text", "{{ record.name }} is now A"), ("who", "owner"))));
        var admin = await _site.UserAsync(TestSite.AdminName);
        var customer = await _site.CreateAsync("customers", ("name", "Climber"), ("level", "d"), ("owner", TestSite.AdminName));
        await _site.ChangeAsync("customers", customer, ("level", "a"));
        await _site.ChangeAsync("customers", customer, ("level", "b"));
        await _site.ChangeAsync("customers", customer, ("notes", "untouched"));
        await _site.ChangeAsync("customers", customer, ("level", "a"));
        await _site.ExpectAsync(workflow, "Done");
        await using var scope = await _site.Site.OpenScopeAsync();
        var told = await scope.Session.ReadAsync(new SqlText("SELECT text, url FROM crm_notifications WHERE text LIKE 'Climber%' AND user_id = ").Append(ColumnType.Uuid, admin), r => (r.GetString(0), r.GetString(1)), CancellationToken.None);
        Assert.Equal([("Climber is now A", $"/customers/{customer}")], told);
    }

    [Fact]
    public async Task Wait_ForDays_GoesOnWhenTheyHavePassed_AndBranchesThen()
    {
        var definition = new WorkflowDefinition
        {
            Trigger = Define.Created("contacts"),
            Activities =
            [
                Define.Step("a1", "wait", ("how", "for"), ("amount", "3"), ("unit", "days")),
                Define.Step("a2", "if", ("condition", "jobTitle eq null")),
                Define.Step("a3", "setField", ("field", "notes"), ("value", "no title")),
                Define.Step("a4", "setField", ("field", "notes"), ("value", "has one")),
                Define.Step("a5", "setField", ("field", "birthday"), ("value", "@today")),
            ],
            Transitions = [new("start", "done", "a1"), new("a1", "done", "a2"), new("a2", "true", "a3"), new("a2", "false", "a4"), new("a3", "done", "a5"), new("a4", "done", "a5")],
        };
        var workflow = await _site.AddAsync("Chase", definition);
        var one = await _site.CreateAsync("contacts", ("name", "One"));
        var two = await _site.CreateAsync("contacts", ("name", "Two"));
        await _site.ExpectAsync(workflow, "Waiting", "Waiting");
        await _site.ChangeAsync("contacts", two, ("jobTitle", "Head of purchasing"));
        _site.Clock.Forward(TimeSpan.FromDays(2));
        Assert.Equal(["Waiting", "Waiting"], await _site.StatesAsync(workflow));
        _site.Clock.Forward(TimeSpan.FromHours(25));
        await _site.ExpectAsync(workflow, "Done", "Done");
        Assert.Equal("no title", (await _site.GetAsync("contacts", one)).Get<string>("notes"));
        Assert.Equal("has one", (await _site.GetAsync("contacts", two)).Get<string>("notes"));
        Assert.Equal(DateOnly.FromDateTime(_site.Clock.GetUtcNow().UtcDateTime), (await _site.GetAsync("contacts", one)).Get<DateOnly>("birthday"));
    }

    [Fact]
    public async Task Wait_UntilADateThatIsPutOff_WaitsOn()
    {
        var workflow = await _site.AddAsync("Until", Define.Line(Define.Created("contacts"), Define.Step("a1", "wait", ("how", "until"), ("field", "birthday"), ("at", "00:00")), Define.Step("a2", "setField", ("field", "notes"), ("value", "come"))));
        var today = DateOnly.FromDateTime(_site.Clock.GetUtcNow().UtcDateTime);
        var contact = await _site.CreateAsync("contacts", ("name", "Later"), ("birthday", today.AddDays(5).ToString("yyyy-MM-dd", null)));
        await _site.ExpectAsync(workflow, "Waiting");
        await _site.ChangeAsync("contacts", contact, ("birthday", today.AddDays(9).ToString("yyyy-MM-dd", null)));
        _site.Clock.Forward(TimeSpan.FromDays(6));
        await Eventually.HoldsAsync(async () => (await _site.TraceAsync(workflow)).Count == 2);
        Assert.Equal(["Waiting"], await _site.StatesAsync(workflow));
        _site.Clock.Forward(TimeSpan.FromDays(4));
        await _site.ExpectAsync(workflow, "Done");
        Assert.Equal("come", (await _site.GetAsync("contacts", contact)).Get<string>("notes"));
    }

    [Fact]
    public async Task Date_DaysAcrossAChangeOfClocks_KeepsTheHour()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        await using (var scope = await _site.Site.OpenScopeAsync())
        {
            var settings = scope.Services.GetRequiredService<SettingsStore>();
            await settings.SaveSiteAsync(settings.Site with { TimeZone = zone.Id }, CancellationToken.None);
        }
        // The next day on which clocks are put forward, seen from a few days before.
        var change = DateOnly.FromDateTime(_site.Clock.GetUtcNow().UtcDateTime).AddDays(6);
        while (Offset(change.AddDays(1)) <= Offset(change))
            change = change.AddDays(1);
        var day = change.AddDays(-2);
        var dated = await _site.AddAsync("Dated", Define.Line(Define.Trigger("date", ("type", "contacts"), ("field", "birthday"), ("amount", "3"), ("unit", "days"), ("direction", "after"), ("at", "09:00")), Define.Step("a1", "end")));
        var timed = await _site.AddAsync("Timed", Define.Line(Define.Trigger("date", ("type", "activities"), ("field", "dueAt"), ("amount", "3"), ("unit", "days"), ("direction", "after")), Define.Step("a1", "end")));
        await _site.CreateAsync("contacts", ("name", "Dated"), ("birthday", day.ToString("yyyy-MM-dd", null)));
        await using (var scope = await _site.Site.OpenScopeAsync())
            Assert.True((await scope.Content.SaveAsync(new("activities") { Values = { ["subject"] = "Timed", ["dueAt"] = At(day, 9, 0) } }, Platform.Content.SaveOptions.Default, CancellationToken.None)).Succeeded);
        await Eventually.HoldsAsync(async () => await _site.CountRowsAsync("SELECT COUNT(*) FROM crm_workflow_clocks") >= 2);

        _site.Clock.Forward(At(day.AddDays(3), 9, 1) - _site.Clock.GetUtcNow().UtcDateTime);
        await _site.ExpectAsync(dated, "Done");
        await _site.ExpectAsync(timed, "Done");

        TimeSpan Offset(DateOnly at) => zone.GetUtcOffset(at.ToDateTime(new TimeOnly(0, 0)));
        DateTime At(DateOnly at, int hour, int minute) => TimeZoneInfo.ConvertTimeToUtc(at.ToDateTime(new TimeOnly(hour, minute)), zone);
    }

    [Fact]
    public async Task DateAndSchedule_StartOnceForEachRecordAndOccasion()
    {
        var due = await _site.AddAsync("Before", Define.Line(Define.Trigger("date", ("type", "contacts"), ("field", "birthday"), ("amount", "2"), ("unit", "days"), ("direction", "before"), ("at", "09:00")), Define.Step("a1", "setField", ("field", "notes"), ("value", "soon"))));
        var after = await _site.AddAsync("After", Define.Line(Define.Trigger("date", ("type", "contacts"), ("field", "createdAt"), ("amount", "3"), ("unit", "days"), ("direction", "after")), Define.Step("a1", "setField", ("field", "jobTitle"), ("value", "known"))) with { Condition = "jobTitle eq null" });
        var daily = await _site.AddAsync("Daily", Define.Line(Define.Trigger("schedule", ("every", "day"), ("at", "06:00")), Define.Step("a1", "end")));
        var each = await _site.AddAsync("Each", Define.Line(Define.Trigger("schedule", ("every", "week"), ("weekday", "1"), ("at", "06:00"), ("type", "contacts")), Define.Step("a1", "end")));
        var today = DateOnly.FromDateTime(_site.Clock.GetUtcNow().UtcDateTime);
        var contact = await _site.CreateAsync("contacts", ("name", "Born"), ("birthday", today.AddDays(10).ToString("yyyy-MM-dd", null)));
        await Eventually.HoldsAsync(async () => await _site.CountRowsAsync("SELECT COUNT(*) FROM crm_workflow_clocks") >= 4);
        _site.Clock.Forward(TimeSpan.FromDays(9));
        await _site.ExpectAsync(due, "Done");
        await Eventually.HoldsAsync(async () => (await _site.GetAsync("contacts", contact)).Get<string>("jobTitle") == "known");
        // Nine days without a look: what was missed is made up for once.
        await _site.ExpectAsync(daily, "Done");
        await _site.ExpectAsync(each, [.. Enumerable.Repeat("Done", (int)await _site.CountAsync("contacts"))]);
        Assert.Equal("soon", (await _site.GetAsync("contacts", contact)).Get<string>("notes"));
        Assert.DoesNotContain("Failed", await _site.StatesAsync(after));
        _site.Clock.Forward(TimeSpan.FromDays(1));
        await _site.ExpectAsync(daily, "Done", "Done");
        Assert.Single(await _site.StatesAsync(due));
    }

    [Fact]
    public async Task Assign_InTurn_IsFairThoughWorkersRunAtOnce()
    {
        var users = await _site.AddUsersAsync("Service", 3);
        var role = await _site.RoleAsync("Service");
        var workflow = await _site.AddAsync("Share", Define.Line(Define.Created("customers"), Define.Step("a1", "assign", ("who", "role"), ("role", role.ToString()))));
        await using var second = await SecondWorker.StartAsync(_site.Site);
        for (var i = 0; i < 30; i++)
            await _site.CreateAsync("customers", ("name", $"Shared {i}"));
        await _site.ExpectAsync(workflow, [.. Enumerable.Repeat("Done", 30)]);
        foreach (var user in users)
            Assert.Equal(10, await _site.CountAsync("customers", Filter.Eq("owner", user)));
    }

    [Fact]
    public async Task Workflows_ThatSetEachOtherOff_StopAtTheLimitAndSayWhy()
    {
        var there = await _site.AddAsync("Ping", Define.Line(Define.Trigger("changed", ("type", "customers"), ("field", "employees")), Define.Step("a1", "setField", ("field", "notes"), ("value", "{{ record.employees }} {{ record.modifiedAt }} a"))));
        var back = await _site.AddAsync("Pong", Define.Line(Define.Trigger("changed", ("type", "customers"), ("field", "notes")), Define.Step("a1", "setField", ("field", "employees"), ("value", "{{ record.employees | plus: 1 }}"))));
        var customer = await _site.CreateAsync("customers", ("name", "Loop"), ("employees", "1"));
        await _site.ChangeAsync("customers", customer, ("employees", "2"));
        await _site.ExpectAsync(there, "Done", "Done", "Done", "Failed");
        await _site.ExpectAsync(back, "Done", "Done", "Done");
        Assert.Contains("set off one another", (await _site.TraceAsync(there))[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edited_WhileInstancesRun_TheyGoOnWithTheirVersion()
    {
        var old = Define.Line(Define.Created("contacts"), Define.Step("a1", "wait", ("how", "for"), ("amount", "1"), ("unit", "hours")), Define.Step("a2", "setField", ("field", "notes"), ("value", "old way")));
        var workflow = await _site.AddAsync("Versions", old);
        var first = await _site.CreateAsync("contacts", ("name", "First"));
        await _site.ExpectAsync(workflow, "Waiting");
        await _site.ChangeAsync("workflows", workflow, ("definition", Define.Line(Define.Created("contacts"), Define.Step("b1", "setField", ("field", "notes"), ("value", "new way"))).Write()));
        var second = await _site.CreateAsync("contacts", ("name", "Second"));
        await _site.ExpectAsync(workflow, "Waiting", "Done");
        _site.Clock.Forward(TimeSpan.FromHours(2));
        await _site.ExpectAsync(workflow, "Done", "Done");
        Assert.Equal("old way", (await _site.GetAsync("contacts", first)).Get<string>("notes"));
        Assert.Equal("new way", (await _site.GetAsync("contacts", second)).Get<string>("notes"));
        Assert.Equal(2m, (await _site.GetAsync("workflows", workflow)).Get<decimal>("versionNumber"));
    }

    [Fact]
    public async Task Refused_FailsAtOnceWithItsReason_AndRetryGoesOn()
    {
        var workflow = await _site.AddAsync("Wrong value", Define.Line(Define.Created("contacts"), Define.Step("a1", "setField", ("field", "email"), ("value", "{{ record.jobTitle }}"))));
        var contact = await _site.CreateAsync("contacts", ("name", "Wrong"), ("jobTitle", "no address"));
        await _site.ExpectAsync(workflow, "Failed");
        Assert.Contains("must be an e-mail address", (await _site.TraceAsync(workflow))[^1], StringComparison.Ordinal);
        await _site.ChangeAsync("contacts", contact, ("jobTitle", "right@example.com"));
        using var administrator = await _site.Site.SignInAsync();
        var page = await administrator.PageAsync($"/admin/workflows/{workflow}?state=Failed");
        var instance = page.QuerySelector("a[href^='/admin/workflows/instances/']")!.GetAttribute("href")!;
        await administrator.SubmitAsync(instance, [], "form[action$='/retry']");
        await _site.ExpectAsync(workflow, "Done");
        Assert.Equal("right@example.com", (await _site.GetAsync("contacts", contact)).Get<string>("email"));
    }

    [Fact]
    public async Task Instance_ThatIsBroken_FailsWithItsReasonAndHoldsUpNoOther()
    {
        var workflow = await _site.AddAsync("Broken one", Define.Line(Define.Created("contacts"), Define.Step("a1", "wait", ("how", "for"), ("amount", "1"), ("unit", "hours")), Define.Step("a2", "end")));
        for (var i = 0; i < 6; i++)
            await _site.CreateAsync("contacts", ("name", $"Whole {i}"));
        await _site.ExpectAsync(workflow, [.. Enumerable.Repeat("Waiting", 6)]);
        // The first to be due has a row that no code can make sense of: neither the activity nor the note of its failure.
        await using (var scope = await _site.Site.OpenScopeAsync())
            Assert.Equal(1, await scope.Session.ExecuteAsync(new SqlText("UPDATE crm_workflow_instances SET record_id = NULL, attempts = -1 WHERE id = (SELECT id FROM crm_workflow_instances WHERE workflow = ")
                .Append(ColumnType.Uuid, workflow).Append(" ORDER BY id LIMIT 1)"), CancellationToken.None));
        _site.Clock.Forward(TimeSpan.FromHours(2));
        await _site.ExpectAsync(workflow, ["Failed", .. Enumerable.Repeat("Done", 5)]);
        Assert.Single(await _site.TraceAsync(workflow), t => t.Contains("It did not succeed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mail_ToAnAddressOfTheRecord_IsQueuedOnce()
    {
        var workflow = await _site.AddAsync("Greet", Define.Line(Define.Created("contacts"), Define.Step("a1", "sendMail", ("field", "email"), ("subject", "Hello {{ record.name }}"), ("text", "Welcome."))));
        await _site.CreateAsync("contacts", ("name", "Greeted"), ("email", "greeted@example.com"));
        await _site.CreateAsync("contacts", ("name", "Nowhere"));
        await _site.ExpectAsync(workflow, "Done", "Done");
        Assert.Equal(1, await _site.CountRowsAsync("SELECT COUNT(*) FROM crm_mail WHERE address = 'greeted@example.com' AND subject = 'Hello Greeted'"));
        Assert.Contains(await _site.TraceAsync(workflow), t => t.Contains("there is no address", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deleted_WorkflowAndRecord_EndWhatIsUnderWay()
    {
        var workflow = await _site.AddAsync("Waiting", Define.Line(Define.Created("contacts"), Define.Step("a1", "wait", ("how", "for"), ("amount", "1"), ("unit", "hours")), Define.Step("a2", "setField", ("field", "notes"), ("value", "x"))));
        var gone = await _site.CreateAsync("contacts", ("name", "Gone"));
        await _site.ExpectAsync(workflow, "Waiting");
        await using (var scope = await _site.Site.OpenScopeAsync())
            Assert.True((await scope.Content.DeleteAsync("contacts", gone, null, CancellationToken.None)).Succeeded);
        _site.Clock.Forward(TimeSpan.FromHours(2));
        await _site.ExpectAsync(workflow, "Done");
        Assert.Contains("the record was deleted", (await _site.TraceAsync(workflow))[^1], StringComparison.Ordinal);
        await _site.CreateAsync("contacts", ("name", "Left"));
        await _site.ExpectAsync(workflow, "Done", "Waiting");
        await using (var scope = await _site.Site.OpenScopeAsync())
            Assert.True((await scope.Content.DeleteAsync("workflows", workflow, null, CancellationToken.None)).Succeeded);
        Assert.Equal(["Done", "Canceled"], await _site.StatesAsync(workflow));
    }
}
