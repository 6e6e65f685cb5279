using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Jobs;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Activities;

public sealed class ActivitySqliteTests(SqliteSite site) : ActivityTests(site), IClassFixture<SqliteSite>;

public sealed class ActivityPostgresTests(PostgresSite site) : ActivityTests(site), IClassFixture<PostgresSite>;

public sealed class SqliteSite() : SharedSite(DatabaseProvider.Sqlite);

public sealed class PostgresSite() : SharedSite(DatabaseProvider.Postgres);

/// <summary>One site for all tests of a class, each with records of its own names.</summary>
public abstract class SharedSite(DatabaseProvider provider) : IAsyncLifetime
{
    public TestSite Site { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Site = await TestSite.StartAsync(provider);

    public ValueTask DisposeAsync() => Site.DisposeAsync();
}

/// <summary>What an activity is about, what follows from it, and whom it reminds.</summary>
public abstract class ActivityTests(SharedSite shared)
{
    private readonly TestSite _site = shared.Site;

    [Fact]
    public async Task Regarding_GivenByNameOrId_FillsTheCustomer()
    {
        await using var scope = await _site.OpenScopeAsync();
        var acme = await scope.CreateAsync("customers", ("name", "Acme One"));
        var ann = await scope.CreateAsync("contacts", ("name", "Ann One"), ("customer", "Acme One"));

        foreach (var (regarding, link) in new[] { ("customers:Acme One", new RecordLink("customers", acme)), ("contacts:Ann One", new RecordLink("contacts", ann)), ($"contacts/{ann}", new RecordLink("contacts", ann)) })
        {
            var activity = await ReadAsync(scope, await scope.CreateAsync("activities", ("subject", regarding), ("regarding", regarding)));
            Assert.Equal(link, activity["regarding"]);
            Assert.Equal(acme, activity["customer"]);
            Assert.Equal(link.Type == "contacts" ? "Ann One" : "Acme One", activity.DisplayOf("regarding"));
        }
        var named = await ReadAsync(scope, await scope.CreateAsync("activities", ("subject", "Only the contact"), ("contact", "Ann One")));
        Assert.Equal((new RecordLink("contacts", ann), acme), (named["regarding"], named.Get<Guid>("customer")));
    }

    [Theory]
    [InlineData("Acme")]
    [InlineData("customers:Nobody")]
    [InlineData("moons:Io")]
    [InlineData("customers/019a0000-0000-7000-8000-000000000000")]
    public async Task Regarding_ThatIsNothing_IsRefusedAtTheField(string regarding)
    {
        await using var scope = await _site.OpenScopeAsync();
        var result = await scope.SaveAsync("activities", ("subject", "Lost"), ("regarding", regarding));
        Assert.Equal(SaveStatus.Invalid, result.Status);
        Assert.Equal("regarding", Assert.Single(result.Errors).Field);
    }

    [Fact]
    public async Task Regarding_DeletedAndPurged_StaysWhileItCanComeBack_AndIsThenEmpty()
    {
        await using var scope = await _site.OpenScopeAsync();
        var acme = await scope.CreateAsync("customers", ("name", "Acme Two"));
        var id = await scope.CreateAsync("activities", ("subject", "Call"), ("regarding", "customers:Acme Two"));
        var about = FilterParser.Parse($"regarding eq 'customers/{acme}'", scope.Definitions.Current.Get("activities"), scope.Definitions.Current);
        Assert.Equal(1, (await scope.Queries.CountAsync("activities", about, CancellationToken.None)).Count);

        await scope.Content.DeleteAsync("customers", acme, null, CancellationToken.None);
        var deleted = await ReadAsync(scope, id);
        Assert.Equal((new RecordLink("customers", acme), "Acme Two", null), (deleted["regarding"], deleted.DisplayOf("regarding"), deleted["customer"]));
        await scope.Content.RestoreAsync("customers", acme, CancellationToken.None);
        Assert.Equal(acme, (await ReadAsync(scope, id))["customer"]);

        await scope.Content.DeleteAsync("customers", acme, null, CancellationToken.None);
        Assert.True((await scope.Content.PurgeAsync("customers", acme, CancellationToken.None)).Succeeded);
        Assert.Null((await ReadAsync(scope, id))["regarding"]);
    }

    [Fact]
    public async Task FollowUp_SavedAgainAndAtOnce_IsMadeOnceAndMoves()
    {
        await using var scope = await _site.OpenScopeAsync();
        await scope.CreateAsync("customers", ("name", "Acme Three"));
        var call = await scope.CreateAsync("activities", ("subject", "Call"), ("kind", "call"), ("status", "done"), ("regarding", "customers:Acme Three"), ("followUpAt", "@today+3 09:00"));
        var next = Assert.Single(await FollowUpsAsync(scope, call));
        var origin = await ReadAsync(scope, call);
        Assert.Equal(origin["followUpAt"], next["dueAt"]);
        Assert.Equal((origin["regarding"], origin["customer"], "task", "open"), (next["regarding"], next["customer"], next["kind"], next["status"]));

        await Parallel.ForEachAsync(Enumerable.Range(1, 6), async (day, _) =>
        {
            await using var other = await _site.OpenScopeAsync();
            Assert.True((await other.SaveAsync("activities", call, null, ("followUpAt", $"@today+{day} 10:00"))).Succeeded);
        });
        origin = await ReadAsync(scope, call);
        Assert.Equal(origin["followUpAt"], Assert.Single(await FollowUpsAsync(scope, call))["dueAt"]);

        // What is done stays done, and what somebody deleted does not come back.
        await scope.SaveAsync("activities", next.Id, null, ("status", "done"));
        await scope.SaveAsync("activities", call, null, ("followUpAt", "@today+9 10:00"));
        Assert.NotNull(Assert.Single(await FollowUpsAsync(scope, call))["doneAt"]);
        await scope.Content.DeleteAsync("activities", next.Id, null, CancellationToken.None);
        await scope.SaveAsync("activities", call, null, ("followUpAt", "@today+10 10:00"));
        Assert.Empty(await FollowUpsAsync(scope, call));
    }

    [Fact]
    public async Task FollowUp_WhateverAdministratorsRequireOfPeople_IsMade()
    {
        await using var scope = await _site.OpenScopeAsync();
        var required = new FieldDefinition { Name = "purpose", Kind = "text", Label = "Purpose", Required = true };
        Assert.Null(await scope.Definitions.SaveFieldAsync("activities", required, CancellationToken.None));
        Assert.Null(await scope.Definitions.SaveFieldAsync("activities", scope.Definitions.Current.Get("activities").Field("dueAt") with { Required = true }, CancellationToken.None));
        try
        {
            Assert.Equal(SaveStatus.Invalid, (await scope.SaveAsync("activities", ("subject", "Without"), ("dueAt", "@today"))).Status);
            var call = await scope.CreateAsync("activities", ("subject", "With"), ("kind", "call"), ("dueAt", "@today"), ("purpose", "Renewal"), ("followUpAt", "@today+3 09:00"));
            Assert.Null(Assert.Single(await FollowUpsAsync(scope, call))["purpose"]);

            // What the code itself requires, the system gives too.
            var nameless = await scope.Content.SaveAsync(new ContentChange("activities"), SaveOptions.BySystem, CancellationToken.None);
            Assert.Equal("subject", Assert.Single(nameless.Errors).Field);
        }
        finally
        {
            await scope.Definitions.SaveFieldAsync("activities", required with { Required = false }, CancellationToken.None);
            await scope.Definitions.SaveFieldAsync("activities", scope.Definitions.Current.Get("activities").Field("dueAt") with { Required = false }, CancellationToken.None);
        }
    }

    [Fact]
    public async Task FollowUp_OfWhatIsInTheRecycleBin_IsMadeWithoutTheLink()
    {
        await using var scope = await _site.OpenScopeAsync();
        var acme = await scope.CreateAsync("customers", ("name", "Acme Binned"));
        var call = await scope.CreateAsync("activities", ("subject", "Call"), ("kind", "call"), ("regarding", "customers:Acme Binned"));
        await scope.Content.DeleteAsync("customers", acme, null, CancellationToken.None);

        Assert.True((await scope.SaveAsync("activities", call, null, ("followUpAt", "@today+3 09:00"))).Succeeded);
        var next = Assert.Single(await FollowUpsAsync(scope, call));
        Assert.Equal((null, null, call), (next["regarding"], next["customer"], next.Get<Guid>("previous")));
    }

    [Fact]
    public async Task FollowUp_ThatIsRefused_RefusesTheActivityAtItsTime()
    {
        await using var scope = await _site.OpenScopeAsync();
        var tight = scope.Definitions.Current.Get("activities").Field("subject");
        var call = await scope.CreateAsync("activities", ("subject", "Call the customer back"), ("kind", "call"));
        Assert.Null(await scope.Definitions.SaveFieldAsync("activities", tight with { MaxLength = 25 }, CancellationToken.None));
        try
        {
            var result = await scope.SaveAsync("activities", call, null, ("followUpAt", "@today+3 09:00"));
            Assert.Equal((SaveStatus.Invalid, "followUpAt"), (result.Status, Assert.Single(result.Errors).Field));
            Assert.Null((await ReadAsync(scope, call))["followUpAt"]);
        }
        finally
        {
            await scope.Definitions.SaveFieldAsync("activities", tight, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Log_Refused_ShowsTheFullFormWithAllThatWasTyped()
    {
        await using var scope = await _site.OpenScopeAsync();
        var acme = await scope.CreateAsync("customers", ("name", "Acme Talkative"));
        using var admin = await _site.SignInAsync();
        var text = "Talked for long\n" + new string('x', 12_000);
        using var answer = await admin.ForceAsync("/activities/log", $"/customers/{acme}", ("regarding", $"customers/{acme}"), ("kind", "call"), ("text", text), ("followUpAt", "someday"));
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
        var page = await TestBrowser.ParseAsync(await answer.Content.ReadAsStringAsync());
        Assert.Equal("/activities/new", page.QuerySelector("main form.form")!.GetAttribute("action"));
        Assert.Equal("Talked for long", page.QuerySelector("#field-subject")!.GetAttribute("value"));
        Assert.Equal(12_000, page.QuerySelector("#field-description")!.TextContent.Trim().Length);
        Assert.NotNull(page.QuerySelector("#field-followUpAt-error"));
        Assert.Contains("Acme Talkative", page.QuerySelector("main form.form")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FollowUp_OfARefusedActivity_IsNotMade()
    {
        await using var scope = await _site.OpenScopeAsync();
        var before = (await scope.Queries.CountAsync("activities", null, CancellationToken.None)).Count;
        Assert.Equal(SaveStatus.Invalid, (await scope.SaveAsync("activities", ("subject", ""), ("followUpAt", "@today+1 09:00"))).Status);
        Assert.Equal(before, (await scope.Queries.CountAsync("activities", null, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Reminders_RunTwiceAtOnceAndAgain_TellOncePerDueTime()
    {
        Guid due;
        var others = new List<Guid>();
        await using (var scope = await _site.OpenScopeAsync())
        {
            due = await scope.CreateAsync("activities", ("subject", "Due"), ("dueAt", "@now-5m"), ("owner", TestSite.AdminName));
            others.Add(await scope.CreateAsync("activities", ("subject", "Later"), ("dueAt", "@now+2h"), ("owner", TestSite.AdminName)));
            others.Add(await scope.CreateAsync("activities", ("subject", "Done"), ("dueAt", "@now-5m"), ("status", "done"), ("owner", TestSite.AdminName)));
            others.Add(await scope.CreateAsync("activities", ("subject", "Old"), ("dueAt", "@now-3d"), ("owner", TestSite.AdminName)));
        }
        await Task.WhenAll(RemindAsync(), RemindAsync());
        await RemindAsync();
        Assert.Equal(1, await NotificationsAsync(due));

        await using (var scope = await _site.OpenScopeAsync())
            await scope.SaveAsync("activities", due, null, ("dueAt", "@now-2m"));
        await RemindAsync();
        Assert.Equal(2, await NotificationsAsync(due));
        foreach (var other in others)
            Assert.Equal(0, await NotificationsAsync(other));

        // Who does not see the customer is not told its name either.
        await using var told = await _site.OpenScopeAsync();
        await told.CreateAsync("roles", ("name", "Callers"), ("permissions", """{"activities.view":"own"}"""));
        await told.CreateAsync("users", ("userName", "caller"), ("name", "Caller"), ("roles", "Callers"));
        await told.CreateAsync("customers", ("name", "Out of sight"));
        foreach (var (owner, subject) in new[] { ("caller", "Call them"), (TestSite.AdminName, "Write them") })
            await told.CreateAsync("activities", ("subject", subject), ("dueAt", "@now-5m"), ("owner", owner), ("regarding", "customers:Out of sight"));
        await RemindAsync();
        var texts = await told.Session.ReadAsync(new SqlText("SELECT arguments FROM crm_notifications"), r => r.GetString(0), CancellationToken.None);
        Assert.DoesNotContain("Out of sight", Assert.Single(texts, t => t.Contains("Call them", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("Out of sight", Assert.Single(texts, t => t.Contains("Write them", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneClick_DoneSnoozeAndUndo_ChangeAndTakeBack()
    {
        Guid id;
        await using (var scope = await _site.OpenScopeAsync())
            id = await scope.CreateAsync("activities", ("subject", "Call"), ("dueAt", "@today-1 10:00"), ("owner", TestSite.AdminName));
        using var admin = await _site.SignInAsync();
        var before = await ReadAsync(id);

        Assert.Equal("/activities", (await admin.ForceAsync($"/activities/{id}/done", "/profile", ("returnUrl", "/activities"))).Headers.Location!.OriginalString);
        Assert.Equal("done", (await ReadAsync(id))["status"]);
        var undo = (await admin.PageAsync("/activities")).QuerySelector(".snack form")!.GetAttribute("action")!;
        await admin.ForceAsync(undo, "/profile");
        Assert.Equal(("open", null), ((await ReadAsync(id))["status"], (await ReadAsync(id))["doneAt"]));

        await admin.ForceAsync($"/activities/{id}/snooze", "/profile", ("to", "tomorrow"), ("returnUrl", "/"));
        Assert.True((await ReadAsync(id)).Get<DateTime>("dueAt") > TimeProvider.System.GetUtcNow().UtcDateTime);
        undo = (await admin.PageAsync("/")).QuerySelector(".snack form")!.GetAttribute("action")!;
        await admin.ForceAsync(undo, "/profile");
        Assert.Equal(before["dueAt"], (await ReadAsync(id))["dueAt"]);

        await admin.ForceAsync($"/activities/{id}/snooze", "/profile", ("to", "someday"));
        Assert.Equal(before["dueAt"], (await ReadAsync(id))["dueAt"]);
        Assert.Equal("/activities/" + id, (await admin.ForceAsync($"/activities/{id}/done", "/profile", ("returnUrl", "https://evil.example.com"))).Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Timeline_OfACustomer_HasWhatWasDoneForItsRecords_InOrderAndBounded()
    {
        Guid acme;
        await using (var scope = await _site.OpenScopeAsync())
        {
            acme = await scope.CreateAsync("customers", ("name", "Acme Four"));
            await scope.CreateAsync("contacts", ("name", "Ann Four"), ("customer", "Acme Four"));
            await scope.CreateAsync("activities", ("subject", "Called Ann"), ("kind", "call"), ("status", "done"), ("doneAt", "@today-2 10:00"), ("regarding", "contacts:Ann Four"));
            await scope.CreateAsync("activities", ("subject", "Visit"), ("kind", "meeting"), ("regarding", "customers:Acme Four"), ("dueAt", "@today+1 10:00"));
            await scope.SaveAsync("customers", acme, null, ("level", "a"));
            for (var i = 0; i < 60; i++)
                await scope.CreateAsync("activities", ("subject", $"Note {i:00}"), ("kind", "note"), ("doneAt", $"@now-{100 + i}m"), ("regarding", "customers:Acme Four"));
        }
        using var admin = await _site.SignInAsync();
        var page = await admin.PageAsync($"/customers/{acme}");
        Assert.Equal(50, page.QuerySelectorAll(".history-item").Length);
        Assert.Contains("changed one field", page.QuerySelector(".history-item")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Visit", page.QuerySelector(".next-steps")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Called Ann", page.QuerySelector(".history")!.TextContent, StringComparison.Ordinal);
        var more = page.QuerySelector("a[href*='?show=']")!.GetAttribute("href")!;
        page = await admin.PageAsync(more.Split('#')[0]);
        Assert.Contains("Called Ann", page.QuerySelectorAll(".history-item")[^1].TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector("a[href*='?show=']"));

        // Without the feature the page has the changes alone.
        await _site.Host.Sites.DisableAsync(["Crm.Activities"], CancellationToken.None);
        page = await admin.PageAsync($"/customers/{acme}");
        Assert.Equal(2, page.QuerySelectorAll(".history-item").Length);
        Assert.Null(page.QuerySelector(".composer"));
        await admin.PageAsync("/");
        await _site.Host.Sites.EnableAsync(["Crm.Activities"], CancellationToken.None);
        Assert.NotNull((await admin.PageAsync($"/customers/{acme}")).QuerySelector(".composer"));
    }

    [Fact]
    public async Task ReadOnly_SeesActivities_AndChangesNone()
    {
        Guid id, acme;
        await using (var scope = await _site.OpenScopeAsync())
        {
            acme = await scope.CreateAsync("customers", ("name", "Acme Five"));
            id = await scope.CreateAsync("activities", ("subject", "Call"), ("regarding", "customers:Acme Five"));
        }
        using var reader = await _site.SignInAsNewAsync("reader", "Read-only");
        var page = await reader.PageAsync($"/customers/{acme}");
        Assert.Null(page.QuerySelector(".composer"));
        Assert.Empty(page.QuerySelectorAll(".quick-actions"));
        foreach (var url in new[] { $"/activities/{id}/done", $"/activities/{id}/reopen", $"/activities/{id}/snooze", "/activities/log" })
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await reader.ForceAsync(url, "/profile", ("regarding", $"customers/{acme}"), ("text", "x"))).StatusCode);
    }

    private async Task RemindAsync()
    {
        await using var scope = await _site.OpenScopeAsync();
        await scope.Services.GetServices<IBackgroundTask>().Single(t => t.Name == "activities-remind").RunAsync(new Dictionary<string, string>(), CancellationToken.None);
    }

    private async Task<long> NotificationsAsync(Guid activity)
    {
        await using var scope = await _site.OpenScopeAsync();
        return await scope.Session.CountAsync(new SqlText("SELECT COUNT(*) FROM crm_notifications WHERE url = ").Append(ColumnType.Text, $"/activities/{activity}"), CancellationToken.None);
    }

    private async Task<ContentItem> ReadAsync(Guid id)
    {
        await using var scope = await _site.OpenScopeAsync();
        return await ReadAsync(scope, id);
    }

    private static async Task<ContentItem> ReadAsync(TestScope scope, Guid id) => (await scope.Queries.GetAsync("activities", id, CancellationToken.None))!;

    private static async Task<IReadOnlyList<ContentItem>> FollowUpsAsync(TestScope scope, Guid of)
        => (await scope.Queries.ListAsync(new Query("activities") { Where = Filter.Eq("previous", of) }, CancellationToken.None)).Items;
}
