using System.Net;
using System.Text.Json.Nodes;
using Crm.Campaigns.Members;
using Crm.Email.Mailings;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Email;

public sealed class BlastRightsSqliteTests() : BlastRightsTests(DatabaseProvider.Sqlite);

[Trait("Category", "Nightly")]
public sealed class BlastRightsPostgresTests() : BlastRightsTests(DatabaseProvider.Postgres);

/// <summary>Whose rights hold when a blast is sent, and what gets through although something else is refused.</summary>
public abstract class BlastRightsTests(DatabaseProvider provider) : IAsyncLifetime
{
    private readonly ScriptedSmtp _server = new();
    private BlastSite _site = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await BlastSite.StartAsync(provider);
        await _site.UseServerAsync(_server);
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Blast_OwnedBySomebodyElse_GoesToWhomTheSenderSeesWithWhatTheSenderSees()
    {
        await _site.AddPeopleAsync(3);
        (await _site.Site.SignInAsNewAsync("boss", "Manager")).Dispose();
        await using (var scope = await _site.Site.OpenScopeAsync())
        {
            // The marketer's own contact belongs to a customer of somebody else.
            var customer = await scope.CreateAsync("customers", ("name", "Secret customer"), ("owner", "boss"));
            await scope.CreateAsync("contacts", ("name", "Mine"), ("email", "mine@example.com"), ("owner", "wang"), ("customer", $"{customer:D}"));
        }
        // Marketers edit what is theirs, or their team's; this role edits all blasts, and sees its own people.
        await SetAsync("Marketing", ["segments.view", "segments.create", "emailTemplates.view", "emailTemplates.create", "emailBlasts.view", "emailBlasts.create", "emailBlasts.edit", "emailBlasts.send"], ["contacts.view", "customers.view"]);
        var blast = await _site.CreateBlastAsync(text: "Hello {{ contact.name }} of [{{ customer.name }}], {{ user.name }}");
        await using (var scope = await _site.Site.OpenScopeAsync())
            Assert.True((await scope.SaveAsync("emailBlasts", blast, null, ("owner", "boss"))).Succeeded);
        Assert.Equal("1", (await _site.Marketing.PageAsync($"/emailBlasts/{blast}")).QuerySelector(".audience-total dd")!.TextContent);
        Assert.Equal(HttpStatusCode.Redirect, await _site.ActAsync(blast, "send"));
        await Eventually.HoldsAsync(async () => await _site.StatusAsync(blast) == "done");
        Assert.Equal(["mine@example.com"], _server.Received);
        Assert.Contains("Hello Mine of [], boss", _server.LastMessage, StringComparison.Ordinal);

        // Figures are everybody's; names and addresses are for those who may see the records.
        using var boss = await _site.Site.SignInAsync("boss");
        Assert.Contains("mine@example.com", (await boss.PageAsync($"/emailBlasts/{blast}/recipients")).QuerySelector("[data-row]")!.TextContent, StringComparison.Ordinal);
        await SetAsync("Sales", ["emailBlasts.view"], ["contacts.view"]);
        using var seller = await _site.Site.SignInAsNewAsync("seller", "Sales");
        var row = (await seller.PageAsync($"/emailBlasts/{blast}/recipients")).QuerySelector("[data-row]")!;
        Assert.DoesNotContain("mine@example.com", row.InnerHtml, StringComparison.Ordinal);
        Assert.DoesNotContain("Mine", row.InnerHtml, StringComparison.Ordinal);
        Assert.Null(row.QuerySelector("a"));
    }

    [Fact]
    public async Task Sender_LockedOutMeanwhile_StopsTheBlastUntilSomebodyElseGoesOn()
    {
        await _site.AddPeopleAsync(4);
        _server.Gate = new SemaphoreSlim(0);
        var blast = await _site.CreateBlastAsync();
        await _site.ActAsync(blast, "send");
        await Eventually.HoldsAsync(async () => await _site.Site.CountMailAsync("state = 'sending'") == 1);
        // Paused, so that what has not gone out is composed anew.
        await _site.ActAsync(blast, "pause");
        _server.Gate.Release(100);
        await Eventually.HoldsAsync(async () => await _site.Site.CountMailAsync("state = 'sending'") == 0);
        await using (var scope = await _site.Site.OpenScopeAsync())
        {
            var wang = await scope.FindAsync("users", "userName", "wang");
            Assert.True((await scope.SaveAsync("users", wang.Id, null, ("isActive", "false"))).Succeeded);
            Assert.True(await scope.Services.GetRequiredService<MailingList>().ResumeAsync(blast, null, CancellationToken.None));
            Assert.Equal(1, await scope.Session.ExecuteAsync("UPDATE email_blasts SET status = 'sending'", CancellationToken.None));
        }
        await Eventually.HoldsAsync(async () => await _site.StatusAsync(blast) == "paused");
        using var administrator = await _site.Site.SignInAsync();
        Assert.Contains("can no longer sign in", (await administrator.PageAsync($"/emailBlasts/{blast}")).QuerySelector(".banner")!.TextContent, StringComparison.Ordinal);
        using (var resumed = await administrator.SubmitAsync($"/emailBlasts/{blast}", [], $"form[action='/emailBlasts/{blast}/resume']"))
            Assert.Equal(HttpStatusCode.Redirect, resumed.StatusCode);
        await Eventually.HoldsAsync(async () => await _site.StatusAsync(blast) == "done");
        Assert.Equal(4, _server.Received.Distinct().Count());
    }

    [Fact]
    public async Task Unsubscribing_AndNews_GetThroughWhatAdministratorsRequire()
    {
        await _site.AddPeopleAsync(3);
        await using (var scope = await _site.Site.OpenScopeAsync())
            foreach (var type in new[] { "suppressions", "campaignMembers" })
                Assert.Null(await scope.Definitions.SaveFieldAsync(type, new() { Name = "purpose", Kind = "text", Label = "Purpose", Required = true }, CancellationToken.None));
        _server.Answer = (_, line) => line.StartsWith("RCPT TO:<p1@", StringComparison.Ordinal) ? "550 5.1.1 User unknown" : null;
        var campaign = await _site.CreateAsync("campaigns", new() { ["name"] = "Spring" });
        var blast = await _site.CreateBlastAsync(new() { ["campaign"] = campaign });
        await _site.ActAsync(blast, "send");
        await Eventually.HoldsAsync(async () => await _site.CountAsync("campaignMembers", Filter.Eq("status", "bounced")) == 1 && await _site.CountAsync("campaignMembers", Filter.Eq("status", "sent")) == 2);
        Assert.Equal(1, await _site.CountAsync("suppressions"));

        using var stranger = _site.Site.Open();
        var link = System.Text.RegularExpressions.Regex.Match(_server.LastMessage, "http://[^ >]+/t/u/[^ >\r\n]+").Value;
        // The mail program and the person at the same moment.
        var done = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => stranger.Client.PostAsync(new Uri(link).PathAndQuery, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]))));
        Assert.All(done, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(2, await _site.CountAsync("suppressions"));
        await Eventually.HoldsAsync(async () => await _site.CountAsync("campaignMembers", Filter.Eq("status", "unsubscribed")) == 1);
    }

    [Fact]
    public async Task News_OfAMemberThatCannotFollow_IsKeptAndHoldsUpNobody()
    {
        await _site.AddPeopleAsync(3);
        await _site.StopWorkerAsync();
        var campaign = await _site.CreateAsync("campaigns", new() { ["name"] = "Spring" });
        var blast = await _site.CreateBlastAsync(new() { ["campaign"] = campaign });
        await _site.ActAsync(blast, "send");
        await using (await _site.StartWorkerAsync())
            await Eventually.HoldsAsync(async () => await _site.StatusAsync(blast) == "done" && await _site.Site.CountMailAsync("news") == 0);
        await using var scope = await _site.Site.OpenScopeAsync();
        var status = scope.Definitions.Current.Get("campaignMembers").Field("status");
        Assert.Null(await scope.Definitions.SaveFieldAsync("campaignMembers", status with { Options = [.. status.Options.Where(o => o.Key != "opened")] }, CancellationToken.None));
        await scope.Session.ExecuteAsync("UPDATE campaign_members SET status = 'planned'", CancellationToken.None);
        await scope.Session.ExecuteAsync(new SqlText("UPDATE crm_mail SET news = ").Append(ColumnType.Boolean, true), CancellationToken.None);
        await scope.Session.ExecuteAsync(new SqlText("UPDATE crm_mail SET opened_at = ").Append(ColumnType.DateTime, _site.Clock.GetUtcNow().UtcDateTime).Append(" WHERE address = 'p1@example.com'"), CancellationToken.None);
        var book = scope.Services.GetRequiredService<MemberBook>();
        Assert.False(await book.FollowAsync(CancellationToken.None));
        Assert.Equal(2, await _site.CountAsync("campaignMembers", Filter.Eq("status", "sent")));
        Assert.Equal(1, await _site.Site.CountMailAsync("news AND address = 'p1@example.com'"));
        Assert.Empty(await scope.Services.GetRequiredService<MailingList>().NewsAsync(10, CancellationToken.None));

        Assert.Null(await scope.Definitions.SaveFieldAsync("campaignMembers", status, CancellationToken.None));
        _site.Wait(TimeSpan.FromHours(2));
        await book.FollowAsync(CancellationToken.None);
        Assert.Equal(1, await _site.CountAsync("campaignMembers", Filter.Eq("status", "opened")));
    }

    [Fact]
    public async Task Page_OfALargeAudience_CountsWhoCanBeWrittenToWhenAsked()
    {
        for (var i = 0; i < 3; i++)
            await _site.AddPeopleAsync(700);
        var blast = await _site.CreateBlastAsync();
        var page = await _site.Marketing.PageAsync($"/emailBlasts/{blast}");
        Assert.Null(page.QuerySelector(".audience-total"));
        Assert.Contains("2,100", page.QuerySelector(".audience-counts")!.TextContent, StringComparison.Ordinal);
        var counted = await _site.Marketing.PageAsync(page.QuerySelector("a[href$='?count=true']")!.GetAttribute("href")!);
        Assert.Equal("700", counted.QuerySelector(".audience-total dd")!.TextContent);
    }

    /// <summary>Gives a role these rights and no others.</summary>
    private async Task SetAsync(string role, string[] all, string[] own)
    {
        await using var scope = await _site.Site.OpenScopeAsync();
        var rights = new JsonObject();
        foreach (var (right, reach) in all.Select(r => (r, "all")).Concat(own.Select(r => (r, "own"))))
            rights[right] = reach;
        var saved = await scope.SaveAsync("roles", (await scope.FindAsync("roles", "name", role)).Id, null, ("permissions", rights.ToJsonString()));
        Assert.True(saved.Succeeded, string.Join("; ", saved.Errors.Select(e => e.Message)));
    }
}
