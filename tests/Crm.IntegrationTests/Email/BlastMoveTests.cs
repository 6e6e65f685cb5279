using System.Net;
using Crm.Campaigns.Blasts;
using Crm.Email.Mailings;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Email;

public sealed class BlastMoveSqliteTests() : BlastMoveTests(DatabaseProvider.Sqlite);

[Trait("Category", "Nightly")]
public sealed class BlastMovePostgresTests() : BlastMoveTests(DatabaseProvider.Postgres);

/// <summary>What happens to a blast while it is being moved: withdrawn, edited, paused, canceled, looked after by two.</summary>
public abstract class BlastMoveTests(DatabaseProvider provider) : IAsyncLifetime
{
    private const int People = 12;

    private readonly ScriptedSmtp _server = new();
    private BlastSite _site = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await BlastSite.StartAsync(provider);
        await _site.UseServerAsync(_server);
        await _site.AddPeopleAsync(People);
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Schedule_TakenBackWhileItBegins_SendsNothing()
    {
        await _site.StopWorkerAsync();
        var blast = await _site.CreateBlastAsync();
        await ScheduleAsync(blast, TimeSpan.FromHours(2));
        // The worker has looked, and is counting the audience.
        var seen = await _site.BlastAsync(blast);
        Assert.Equal(HttpStatusCode.Redirect, await _site.ActAsync(blast, "cancel"));
        await using (var scope = await _site.Site.OpenScopeAsync())
        {
            await Assert.ThrowsAsync<BlastChangedException>(() => scope.Services.GetRequiredService<BlastRun>().BeginAsync(seen, CancellationToken.None));
            Assert.Null(await scope.Services.GetRequiredService<MailingList>().FindAsync(blast, CancellationToken.None));
        }
        Assert.Equal("draft", await _site.StatusAsync(blast));

        // The same when it was sent and broken off meanwhile: the late one must not set it going again.
        var draft = await _site.BlastAsync(blast);
        await _site.ActAsync(blast, "send");
        await _site.ActAsync(blast, "cancel");
        await using (var scope = await _site.Site.OpenScopeAsync())
            await Assert.ThrowsAsync<BlastChangedException>(() => scope.Services.GetRequiredService<BlastRun>().BeginAsync(draft, CancellationToken.None));
        Assert.Equal("canceled", await _site.StatusAsync(blast));
    }

    [Fact]
    public async Task Schedule_WhenItsTimeComes_IsSentAlthoughAnotherCannotBeginAndSaysWhyInEachLanguage()
    {
        var broken = await _site.CreateBlastAsync();
        await ScheduleAsync(broken, TimeSpan.FromHours(1));
        var segment = (await _site.BlastAsync(broken)).Get<Guid>("segment");
        var blast = await _site.CreateBlastAsync();
        await ScheduleAsync(blast, TimeSpan.FromHours(2));
        await using (var scope = await _site.Site.OpenScopeAsync())
            // As a field may be called that an administrator has deleted since.
            await scope.Session.ExecuteAsync(new SqlText("UPDATE segments SET filter = ").Append(ColumnType.Text, $"{new string('a', 900)} eq 1").Append(" WHERE id = ").Append(ColumnType.Uuid, segment), CancellationToken.None);
        _site.Wait(TimeSpan.FromHours(3));
        await Eventually.HoldsAsync(async () => await _site.StatusAsync(blast) == "done" && await _site.StatusAsync(broken) == "draft");
        Assert.Equal(People, _server.Received.Distinct().Count());
        Assert.Equal(People, (await _site.BlastAsync(blast)).Get<decimal>("recipients"));
        Assert.Contains("has no field aaa", await BannerAsync("en"), StringComparison.Ordinal);
        Assert.DoesNotContain("has no field", await BannerAsync("zh-CN"), StringComparison.Ordinal);

        async Task<string> BannerAsync(string culture)
        {
            using var browser = _site.Site.Open(culture);
            (await browser.SignInAsync(TestSite.AdminName, TestSite.AdminPassword)).Dispose();
            return (await browser.PageAsync($"/emailBlasts/{broken}")).QuerySelector(".banner")!.TextContent;
        }
    }

    [Fact]
    public async Task Edit_OfAScheduledBlast_TakesTheScheduleBackUnlessItChangesNothingThatIsSent()
    {
        var blast = await _site.CreateBlastAsync();
        await ScheduleAsync(blast, TimeSpan.FromHours(2));
        using (var renamed = await _site.Marketing.SubmitAsync($"/emailBlasts/{blast}/edit", new() { ["name"] = "Another name" }))
            Assert.Equal(HttpStatusCode.Redirect, renamed.StatusCode);
        Assert.Equal("scheduled", await _site.StatusAsync(blast));
        using (var changed = await _site.Marketing.SubmitAsync($"/emailBlasts/{blast}/edit", new() { ["fromName"] = "Somebody else" }))
            Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);
        Assert.Equal("draft", await _site.StatusAsync(blast));
        Assert.Contains("the schedule was taken back", (await _site.Marketing.PageAsync($"/emailBlasts/{blast}")).QuerySelector(".banner")!.TextContent, StringComparison.Ordinal);

        // Undoing the edit does not schedule it again.
        using (var undone = await _site.Marketing.ForceAsync($"/emailBlasts/{blast}/undo/{(await _site.BlastAsync(blast)).Version}", $"/emailBlasts/{blast}"))
            Assert.Equal($"/emailBlasts/{blast}", undone.Headers.Location!.OriginalString);
        Assert.Contains("Nothing was put back: Only scheduling", (await _site.Marketing.PageAsync($"/emailBlasts/{blast}")).Body!.TextContent, StringComparison.Ordinal);
        var draft = await _site.BlastAsync(blast);
        Assert.Equal(("draft", "Somebody else", null), (draft.Get<string>("status"), draft.Get<string>("fromName"), draft["sentBy"]));

        // Undoing an earlier edit takes back what was scheduled after it.
        await ScheduleAsync(blast, TimeSpan.FromHours(2));
        await using (var scope = await _site.Site.OpenScopeAsync())
            Assert.True((await scope.Content.SaveAsync(new ContentChange("emailBlasts") { Id = blast, Values = { ["fromName"] = null } }, new SaveOptions { PutsBack = true }, CancellationToken.None)).Succeeded);
        draft = await _site.BlastAsync(blast);
        Assert.Equal(("draft", null, null), (draft.Get<string>("status"), draft["fromName"], draft["sentBy"]));

        // The site that it was exported from may send it.
        await using (var scope = await _site.Site.OpenScopeAsync())
        {
            var exported = new ContentChange("emailBlasts") { Values = { ["name"] = "Exported", ["segment"] = draft["segment"], ["template"] = draft["template"], ["status"] = "scheduled", ["scheduledAt"] = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc) } };
            var brought = await scope.Content.SaveAsync(exported, new SaveOptions { PutsBack = true }, CancellationToken.None);
            Assert.True(brought.Succeeded, string.Join("; ", brought.Errors.Select(e => e.Message)));
            Assert.Equal("draft", await _site.StatusAsync(brought.Id));
        }
        _site.Wait(TimeSpan.FromHours(3));
        Assert.Equal(0, await _site.Site.CountMailAsync("1 = 1"));
    }

    [Fact]
    public async Task PauseAndCancel_WhileRecipientsAreAdded_HoldEverythingBack()
    {
        await _site.StopWorkerAsync();
        var paused = await _site.CreateBlastAsync();
        Assert.Equal(HttpStatusCode.Redirect, await _site.ActAsync(paused, "send"));
        Assert.Equal(HttpStatusCode.Redirect, await _site.ActAsync(paused, "pause"));
        Assert.Equal("paused", await _site.StatusAsync(paused));
        await StepAsync(paused);
        Assert.Equal(0, await _site.Site.CountMailAsync("1 = 1"));

        var canceled = await _site.CreateBlastAsync();
        await _site.ActAsync(canceled, "send");
        await using (var scope = await _site.Site.OpenScopeAsync())
        {
            var mailings = scope.Services.GetRequiredService<MailingList>();
            Assert.True(await mailings.AddAsync(canceled, "first", "contacts", [new(Guid.CreateVersion7(), "a@example.com", "A")], CancellationToken.None));
            // One worker at a time.
            Assert.False(await mailings.AddAsync(canceled, "second", "contacts", [new(Guid.CreateVersion7(), "b@example.com", "B")], CancellationToken.None));
            await _site.ActAsync(canceled, "cancel");
            Assert.False(await mailings.AddAsync(canceled, "first", "contacts", [new(Guid.CreateVersion7(), "c@example.com", "C")], CancellationToken.None));
        }
        Assert.Equal(0, await _site.Site.CountMailAsync("state = 'queued'"));
        Assert.Equal(1, await _site.Site.CountMailAsync("state = 'canceled'"));

        Assert.Equal(HttpStatusCode.Redirect, await _site.ActAsync(paused, "resume"));
        await using (await _site.StartWorkerAsync())
            await Eventually.HoldsAsync(async () => await _site.StatusAsync(paused) == "done");
        Assert.Equal(People, _server.Received.Distinct().Count());
        Assert.Equal(People, _server.Received.Count);
    }

    [Fact]
    public async Task Mailing_PausedWithoutItsBlast_IsShownAndCanGoOn()
    {
        await _site.StopWorkerAsync();
        var blast = await _site.CreateBlastAsync();
        await _site.ActAsync(blast, "send");
        await using (var scope = await _site.Site.OpenScopeAsync())
            Assert.True(await scope.Services.GetRequiredService<MailingList>().PauseAsync(blast, CancellationToken.None));
        // What the page still offers is refused in words.
        Assert.Equal(HttpStatusCode.BadRequest, await _site.ActAsync(blast, "pause"));
        await using (await _site.StartWorkerAsync())
        {
            await Eventually.HoldsAsync(async () => await _site.StatusAsync(blast) == "paused");
            Assert.Equal(HttpStatusCode.Redirect, await _site.ActAsync(blast, "resume"));
            await Eventually.HoldsAsync(async () => await _site.StatusAsync(blast) == "done");
        }
    }

    [Fact]
    public async Task TwoWorkersAndManyWriters_MakeEachMessageAndMemberOnce()
    {
        var spring = await _site.CreateAsync("campaigns", new() { ["name"] = "Spring" });
        await using (await _site.StartWorkerAsync())
        await using (await _site.StartWorkerAsync())
        {
            var blast = await _site.CreateBlastAsync(new() { ["campaign"] = spring });
            await _site.ActAsync(blast, "send");
            await Eventually.HoldsAsync(async () => await _site.StatusAsync(blast) == "done");
            Assert.Equal(People, _server.Received.Count);
            await Eventually.HoldsAsync(async () => await _site.CountAsync("campaignMembers", Platform.Queries.Filter.Eq("status", "sent")) == People);
            Assert.Equal(People, await _site.CountAsync("campaignMembers"));
        }

        var campaign = await _site.CreateAsync("campaigns", new() { ["name"] = "Summer" });
        Guid customer, contact;
        await using (var scope = await _site.Site.OpenScopeAsync())
            (customer, contact) = (await scope.CreateAsync("customers", ("name", "Hainan")), (await scope.FindAsync("contacts", "email", "p1@example.com")).Id);
        foreach (var (field, id) in new[] { ("customer", customer), ("contact", contact) })
        {
            var added = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
            {
                await using var scope = await _site.Site.OpenScopeAsync();
                return await scope.SaveAsync("campaignMembers", ("campaign", campaign), (field, $"{id:D}"));
            })));
            Assert.Single(added, r => r.Succeeded);
        }
        // Somebody at a customer who has no contact is another member.
        await using (var scope = await _site.Site.OpenScopeAsync())
            await scope.CreateAsync("campaignMembers", ("campaign", campaign), ("customer", $"{customer:D}"), ("name", "Somebody there"));
        Assert.Equal(People + 3, await _site.CountAsync("campaignMembers"));
    }

    private async Task StepAsync(Guid blast)
    {
        await using var scope = await _site.Site.OpenScopeAsync();
        await scope.Services.GetRequiredService<BlastStep>().RunAsync(await _site.BlastAsync(blast), "test", CancellationToken.None);
    }

    private Task<HttpStatusCode> ScheduleAsync(Guid blast, TimeSpan later)
        => _site.ActAsync(blast, "schedule", new() { ["at"] = (_site.Clock.GetUtcNow() + later).ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture) });
}
