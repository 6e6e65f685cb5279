using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Email;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Jobs;
using Crm.Platform.Queries;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Tickets;

public sealed class TicketLifeTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Ticket_FromThePortalToItsRating_TakesItsTimesFromWhatHappened(DatabaseProvider provider)
    {
        var clock = new MovableClock();
        await using var site = await TestSite.StartAsync(provider, clock: clock);
        var customer = await CreateCustomerAsync(site);
        using var agent = await site.SignInAsNewAsync("agent", "Service");
        using var visitor = site.Open();
        var link = await visitor.OpenTicketAsync();

        // A number, the customer found by the address, and a link of which only the hash is kept.
        Assert.Contains("T000001", await visitor.TextAsync(link + "?sent=ticket"), StringComparison.Ordinal);
        var ticket = await site.TicketAsync();
        Assert.Equal(("new", customer, null, "en"), (ticket.Get<string>("status"), ticket.Get<Guid?>("customer"), ticket.Owner, ticket.Get<string>("language")));
        await ExpectOnlyHashesAsync(site, link);
        Assert.Equal(1, await site.CountMailAsync("key LIKE 'ticket-received:%' AND text NOT LIKE '%script%'"));

        // Taken, answered after 35 minutes, noted: the customer sees the answer and not the note.
        await ExpectRedirectAsync(agent.SubmitAsync($"/tickets/{ticket.Id}", [], "form[action$='/take']"));
        clock.Forward(TimeSpan.FromMinutes(35));
        await ExpectRedirectAsync(agent.ReplyAsync(ticket.Id, "reply", "Is it plugged in?", "pending"));
        await ExpectRedirectAsync(agent.ReplyAsync(ticket.Id, "note", "She never plugs it in"));
        ticket = await site.TicketAsync();
        Assert.Equal(("pending", 35m), (ticket.Get<string>("status"), ticket.Get<decimal>("firstReplyMinutes")));
        Assert.Equal(1, await site.CountMailAsync("key LIKE 'ticket-reply:%' AND text LIKE '%plugged in?%' AND address = 'ann@example.com'"));
        Assert.Equal(0, await site.CountMailAsync("text LIKE '%never plugs%'"));
        var follow = await visitor.TextAsync(link);
        Assert.Contains("Is it plugged in?", follow, StringComparison.Ordinal);
        Assert.DoesNotContain("never plugs", follow, StringComparison.Ordinal);

        // The customer's answer opens it again and tells the assignee; script stays text.
        await ExpectRedirectAsync(visitor.AnswerAsync(link, "Yes <img src=x onerror=alert(1)>"));
        Assert.Equal("open", (await site.TicketAsync()).Get<string>("status"));
        Assert.Equal(1, await CountAsync(site, "SELECT COUNT(*) FROM crm_notifications WHERE key LIKE 'ticket-answer:%'"));
        foreach (var page in new[] { await agent.PageAsync($"/tickets/{ticket.Id}"), await visitor.PageAsync(link) })
        {
            Assert.Empty(page.QuerySelectorAll(".talk script, .talk img"));
            Assert.Contains("Yes <img src=x", page.QuerySelector(".talk")!.TextContent, StringComparison.Ordinal);
        }

        // Without saying how, nothing is solved and nothing is said.
        var before = await SiteState.ReadAsync(site);
        using (var refused = await agent.ReplyAsync(ticket.Id, "reply", "Done", "solved"))
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            var page = await TestBrowser.ParseAsync(await refused.Content.ReadAsStringAsync());
            Assert.Contains("Say how it was solved", page.GetElementById("message-resolution-error")!.TextContent, StringComparison.Ordinal);
            Assert.Equal("Done", ((IHtmlTextAreaElement)page.GetElementById("message-text")!).Value.Trim());
            // What is shown only sometimes stands there from the start where it is to be shown, even before any script has run.
            Assert.Equal(["kind=reply false", "kind=note true", "status=solved|closed false"],
                page.QuerySelectorAll(".talk-form [data-show-when]").Select(e => $"{e.GetAttribute("data-show-when")} {e.GetAttribute("data-waits")}"));
        }
        Assert.Equal(before, await SiteState.ReadAsync(site));

        clock.Forward(TimeSpan.FromMinutes(85));
        await ExpectRedirectAsync(agent.ReplyAsync(ticket.Id, "reply", "Done", "solved", "It is plugged in now"));
        ticket = await site.TicketAsync();
        Assert.Equal(("solved", 120m, 35m), (ticket.Get<string>("status"), ticket.Get<decimal>("resolutionMinutes"), ticket.Get<decimal>("firstReplyMinutes")));
        Assert.Equal(1, await site.CountMailAsync("key LIKE 'ticket-survey:%' AND text LIKE '%/rate?value=good%' AND text LIKE '%It is plugged in now%'"));
        Assert.Contains("2 h", (await agent.PageAsync($"/tickets/{ticket.Id}")).QuerySelector(".figures")!.TextContent, StringComparison.Ordinal);

        await RateAsync(site, clock, visitor, link);
        await ReopenAndCloseAsync(site, clock, visitor, link);
    }

    /// <summary>Opening the link changes nothing; one answer, which may be changed for some days.</summary>
    private static async Task RateAsync(TestSite site, MovableClock clock, TestBrowser visitor, string link)
    {
        var before = await SiteState.ReadAsync(site);
        Assert.Contains("Are you satisfied", await visitor.TextAsync(link + "/rate?value=bad"), StringComparison.Ordinal);
        Assert.Equal(before, await SiteState.ReadAsync(site));
        await ExpectRedirectAsync(visitor.RateAsync(link, "bad"));
        Assert.Equal(1, await CountAsync(site, "SELECT COUNT(*) FROM crm_notifications WHERE key LIKE 'rated-bad:%'"));
        clock.Forward(TimeSpan.FromDays(3));
        await ExpectRedirectAsync(visitor.RateAsync(link, "good"));
        Assert.Equal("good", (await site.TicketAsync()).Get<string>("satisfaction"));
        using var wrong = await visitor.RateAsync(link, "splendid");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        var form = (await visitor.PageAsync(link + "/rate")).QuerySelector<IHtmlFormElement>("form[action$='/rate']")!;
        clock.Forward(TimeSpan.FromDays(5));
        using var late = await visitor.SubmitAsync(form, new() { ["value"] = "bad" });
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Equal("good", (await site.TicketAsync()).Get<string>("satisfaction"));
    }

    private static async Task ReopenAndCloseAsync(TestSite site, MovableClock clock, TestBrowser visitor, string link)
    {
        await ExpectRedirectAsync(visitor.AnswerAsync(link, "It is silent again"));
        var ticket = await site.TicketAsync();
        Assert.Equal(("open", null, null), (ticket.Get<string>("status"), ticket["solvedAt"], ticket["resolutionMinutes"]));

        await using (var scope = await site.OpenScopeAsync())
        {
            Assert.True((await scope.SaveAsync("tickets", ticket.Id, null, ("status", "solved"))).Succeeded);
            clock.Forward(TimeSpan.FromDays(15));
            await scope.Services.GetServices<IBackgroundTask>().Single(t => t.Name == "close-solved-tickets").RunAsync(new Dictionary<string, string>(), CancellationToken.None);
        }
        Assert.Equal("closed", (await site.TicketAsync()).Get<string>("status"));
        // Another solution, another question.
        Assert.Equal(2, await site.CountMailAsync("key LIKE 'ticket-survey:%'"));
        Assert.Null((await visitor.PageAsync(link)).QuerySelector("form[action$='/answer']"));
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Closing_ManyThatCannotBeClosed_StillClosesTheOthers(DatabaseProvider provider)
    {
        var clock = new MovableClock();
        await using var site = await TestSite.StartAsync(provider, clock: clock);
        await using var scope = await site.OpenScopeAsync();
        var ids = Enumerable.Range(0, 510).Select(_ => Guid.CreateVersion7()).Order().ToList();
        var results = await scope.Content.SaveManyAsync("tickets", [.. ids.Select(id => new ContentChange("tickets") { Id = id, IsNew = true, Values = { ["subject"] = "Done", ["status"] = "solved", ["resolution"] = "So" } })], SaveOptions.Default, CancellationToken.None);
        Assert.All(results, r => Assert.True(r.Succeeded));
        // Without a solution they are refused, as after a loss of data.
        await scope.Session.ExecuteAsync(new SqlText("UPDATE tickets SET resolution = NULL WHERE id < ").Append(ColumnType.Uuid, ids[505]), CancellationToken.None);
        clock.Forward(TimeSpan.FromDays(15));
        await scope.Services.GetServices<IBackgroundTask>().Single(t => t.Name == "close-solved-tickets").RunAsync(new Dictionary<string, string>(), CancellationToken.None);
        Assert.Equal(5, (await scope.Queries.CountAsync("tickets", Filter.Eq("status", "closed"), CancellationToken.None)).Count);
    }

    private static async Task ExpectOnlyHashesAsync(TestSite site, string link)
    {
        await using var scope = await site.OpenScopeAsync();
        var hashes = await scope.Session.ReadAsync(new SqlText("SELECT hash FROM crm_ticket_links"), r => r.GetString(0), CancellationToken.None);
        Assert.NotEmpty(hashes);
        Assert.All(hashes, h => Assert.Equal(64, h.Length));
        Assert.DoesNotContain(link.Split('/')[^1], hashes);
        Assert.True(link.Split('/')[^1].Length >= 22, "A token has at least 128 bits.");
        using var stranger = site.Open();
        foreach (var wrong in new[] { "/portal/t/x", $"/portal/t/{hashes[0]}", link + "a", $"/portal/t/{new string('a', 2000)}" })
        {
            using var response = await stranger.GetAsync(wrong);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            var text = await response.Content.ReadAsStringAsync();
            Assert.Contains("This link leads nowhere", text, StringComparison.Ordinal);
            Assert.DoesNotContain("T000001", text, StringComparison.Ordinal);
        }
        using var page = await stranger.GetAsync(link);
        Assert.Equal("noindex, nofollow", page.Headers.GetValues("X-Robots-Tag").Single());
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
    }

    private static async Task<Guid> CreateCustomerAsync(TestSite site)
    {
        await using var scope = await site.OpenScopeAsync();
        var customer = await scope.CreateAsync("customers", ("name", "Lee & Sons"));
        await scope.CreateAsync("contacts", ("name", "Ann Lee"), ("email", "Ann@example.com"), ("customer", "Lee & Sons"));
        return customer;
    }

    private static async Task<long> CountAsync(TestSite site, string sql)
    {
        await using var scope = await site.OpenScopeAsync();
        return await scope.Session.CountAsync(new SqlText(sql), CancellationToken.None);
    }

    private static async Task ExpectRedirectAsync(Task<HttpResponseMessage> sending)
    {
        using var response = await sending;
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }
}
