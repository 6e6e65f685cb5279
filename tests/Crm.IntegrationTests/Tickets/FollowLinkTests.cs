using System.Net;
using Crm.IntegrationTests.Email;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Tickets;

/// <summary>Who gets a ticket's secret link, what using it proves, and when it ends.</summary>
public sealed class FollowLinkTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Link_WhereMailLeavesTheSite_IsForTheReaderOfTheAddressAlone(DatabaseProvider provider)
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var site = await TestSite.StartAsync(provider);
        using (var administrator = await site.SignInAsync())
            await administrator.UseServerAsync(sink);
        await using (var scope = await site.OpenScopeAsync())
            await scope.CreateAsync("contacts", ("name", "Ann Lee"), ("email", "ann@example.com"));
        using var stranger = site.Open();
        // The host that a stranger's request names is not where the reader is led, whether the site knows its own or not.
        stranger.Client.DefaultRequestHeaders.Host = "evil.example";
        Assert.Equal("/portal/tickets/sent", await stranger.OpenTicketAsync());
        var sent = await stranger.PageAsync("/portal/tickets/sent");
        Assert.Contains("T000001", sent.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("ann@example.com", sent.Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("/portal/t/", sent.Body!.InnerHtml, StringComparison.Ordinal);

        // The agent is warned until the reader of that mail says that it was them; opening the link says nothing.
        using var agent = await site.SignInAsNewAsync("agent", "Service");
        var ticket = await site.TicketAsync();
        Assert.Contains("Nobody has confirmed yet", await agent.TextAsync($"/tickets/{ticket.Id}"), StringComparison.Ordinal);
        using var ann = site.Open();
        var link = await site.MailedLinkAsync("ticket-received:%");
        Assert.NotNull((await ann.PageAsync(link)).QuerySelector("form[action$='/confirm']"));
        Assert.Equal("unconfirmed", (await site.TicketAsync()).Get<string>("addressCheck"));
        using (var confirmed = await ann.SubmitAsync(link, [], "form[action$='/confirm']"))
            Assert.Equal(HttpStatusCode.Redirect, confirmed.StatusCode);
        Assert.Equal("confirmed", (await site.TicketAsync()).Get<string>("addressCheck"));
        Assert.Null((await ann.PageAsync(link)).QuerySelector("form[action$='/confirm']"));
        Assert.DoesNotContain("Nobody has confirmed yet", await agent.TextAsync($"/tickets/{ticket.Id}"), StringComparison.Ordinal);

        await site.ForgetAddressAsync();
        await stranger.OpenTicketAsync();
        Assert.Equal((2, 0), (await site.CountMailAsync("key LIKE 'ticket-received:%'"), await site.CountMailAsync("text LIKE '%evil.example%'")));

        // Feedback by that link is hers, in another name it is anybody's.
        foreach (var (email, check) in new[] { ("ann@example.com", "confirmed"), ("bob@example.com", "unconfirmed") })
        {
            using var given = await ann.SubmitAsync($"/portal/feedback?t={link.Split('/')[^1]}", new() { ["email"] = email, ["subject"] = check, ["text"] = "Well done", ["kind"] = "praise" }, "form[action^='/portal']");
            Assert.Equal(HttpStatusCode.Redirect, given.StatusCode);
            Assert.Contains("Thank you", await ann.TextAsync("/portal/feedback"), StringComparison.Ordinal);
            await using var scope = await site.OpenScopeAsync();
            Assert.Equal(check, (await scope.FindAsync("feedback", "subject", check)).Get<string>("addressCheck"));
        }
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Link_Withdrawn_OrOfATicketClosedLongAgoOrPurged_LeadsNowhereAndIsForgotten(DatabaseProvider provider)
    {
        var clock = new MovableClock();
        await using var site = await TestSite.StartAsync(provider, clock: clock);
        using var visitor = site.Open();
        using var agent = await site.SignInAsNewAsync("agent", "Service");
        var first = await visitor.OpenTicketAsync();
        var ticket = await site.TicketAsync();
        // By a link that the page gave to a stranger, nothing is confirmed.
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.AnswerAsync(first, "And it smells")).StatusCode);
        Assert.Equal("unconfirmed", (await site.TicketAsync()).Get<string>("addressCheck"));
        using (var withdrawn = await agent.SubmitAsync($"/tickets/{ticket.Id}/link", [], "form[action$='/withdraw']"))
            Assert.Equal(HttpStatusCode.OK, withdrawn.StatusCode);
        await ExpectNowhereAsync(visitor, first);
        Assert.Equal(0, await CountLinksAsync(site));

        var second = await NewLinkAsync(agent, ticket.Id);
        Assert.Contains("And it smells", await visitor.TextAsync(second), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await agent.ReplyAsync(ticket.Id, "reply", "Done", "closed", "Aired")).StatusCode);
        clock.Forward(TimeSpan.FromDays(89));
        Assert.Contains("Aired", await visitor.TextAsync(second), StringComparison.Ordinal);
        await ForgetAsync(site);
        Assert.NotEqual(0, await CountLinksAsync(site));
        clock.Forward(TimeSpan.FromDays(2));
        await ExpectNowhereAsync(visitor, second);

        await visitor.OpenTicketAsync();
        await using (var scope = await site.OpenScopeAsync())
        {
            var other = (await scope.FindAsync("tickets", "number", "T000002")).Id;
            Assert.True((await scope.Content.DeleteAsync("tickets", other, null, CancellationToken.None)).Succeeded);
            Assert.True((await scope.Content.PurgeAsync("tickets", other, CancellationToken.None)).Succeeded);
        }
        await ForgetAsync(site);
        Assert.Equal(0, await CountLinksAsync(site));
    }

    [Fact]
    public async Task Address_ChangedByStaff_IsTheirWordForItAndEndsTheLinksThatTheOtherHas()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        using var visitor = site.Open();
        var link = await visitor.OpenTicketAsync();
        await using var scope = await site.OpenScopeAsync();
        Assert.True((await scope.SaveAsync("tickets", (await site.TicketAsync()).Id, null, ("requesterEmail", "ann.lee@example.com"), ("status", "solved"), ("resolution", "Aired"))).Succeeded);
        Assert.Null((await site.TicketAsync())["addressCheck"]);
        await ExpectNowhereAsync(visitor, link);
        await ExpectNowhereAsync(visitor, await site.MailedLinkAsync("ticket-received:%"));
        // What is mailed by the same save goes to the right address.
        Assert.Contains("T000001", await visitor.TextAsync(await site.MailedLinkAsync("ticket-survey:%")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Conversation_LongerThanAPage_IsTurnedToItsBeginning(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        using var visitor = site.Open();
        using var agent = await site.SignInAsNewAsync("agent", "Service");
        var link = await visitor.OpenTicketAsync();
        var ticket = await site.TicketAsync();
        await using (var scope = await site.OpenScopeAsync())
        {
            var results = await scope.Content.SaveManyAsync("ticketReplies", [.. Enumerable.Range(1, 205).Select(i => new ContentChange("ticketReplies")
            {
                Values = { ["ticket"] = ticket.Id, ["kind"] = i % 2 == 0 ? "note" : "answer", ["text"] = $"Message {i}.", ["at"] = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(i) },
            })], SaveOptions.Default, CancellationToken.None);
            Assert.All(results, r => Assert.True(r.Succeeded));
        }
        // 205 messages and the description for staff, 103 without the notes for the customer.
        Assert.Equal([100, 100, 6], await PagesAsync(agent, $"/tickets/{ticket.Id}"));
        Assert.Equal([100, 4], await PagesAsync(visitor, link));
        using var wrong = await visitor.GetAsync($"{link}?after=nonsense");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    private static async Task<List<int>> PagesAsync(TestBrowser browser, string? url)
    {
        var sizes = new List<int>();
        while (url is not null)
        {
            var page = await browser.PageAsync(url);
            sizes.Add(page.QuerySelectorAll(".talk-item").Length);
            url = page.QuerySelector("a[href*='after=']")?.GetAttribute("href");
            if (url is null)
                Assert.Contains("It prints", page.QuerySelector(".talk")!.TextContent, StringComparison.Ordinal);
        }
        return sizes;
    }

    private static async Task ExpectNowhereAsync(TestBrowser visitor, string link)
    {
        using var response = await visitor.GetAsync(link);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static async Task<string> NewLinkAsync(TestBrowser agent, Guid ticket)
    {
        using var made = await agent.SubmitAsync($"/tickets/{ticket}/link", [], "form[action$='/link']");
        var page = await TestBrowser.ParseAsync(await made.Content.ReadAsStringAsync());
        return new Uri(page.GetElementById("follow-url")!.GetAttribute("value")!).AbsolutePath;
    }

    private static async Task ForgetAsync(TestSite site)
    {
        await using var scope = await site.OpenScopeAsync();
        await scope.Services.GetServices<IBackgroundTask>().Single(t => t.Name == "forget-ticket-links").RunAsync(new Dictionary<string, string>(), CancellationToken.None);
    }

    private static async Task<long> CountLinksAsync(TestSite site)
    {
        await using var scope = await site.OpenScopeAsync();
        return await scope.Session.CountAsync(new SqlText("SELECT COUNT(*) FROM crm_ticket_links"), CancellationToken.None);
    }
}
