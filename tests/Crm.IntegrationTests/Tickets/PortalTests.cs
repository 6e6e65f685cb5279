using System.Net;
using Crm.IntegrationTests.Email;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Tickets;

public sealed class PortalTests : IAsyncLifetime
{
    private TestSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await TestSite.StartAsync(DatabaseProvider.Sqlite);

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Portal_BadInput_IsSaidBesideItsInputAndLeavesNothing()
    {
        using var visitor = _site.Open();
        var before = await SiteState.ReadAsync(_site);
        foreach (var (field, value, message) in new[]
        {
            ("subject", " ", "Subject is required"),
            ("text", "", "Description is required"),
            ("email", "nobody", "Your e-mail must be an e-mail address"),
            ("name", new string('x', 101), "Your name may have at most 100 characters"),
            ("text", new string('x', 20_001), "Description may have at most 20000 characters"),
            ("subject", "<script>alert(1)</script>", "Subject must not contain HTML or script"),
            ("kind", "bribe", "Type"),
        })
        {
            using var response = await visitor.SubmitAsync("/portal/tickets/new", new(TicketBrowsing.Request) { [field] = value }, "form[action^='/portal']");
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var page = await TestBrowser.ParseAsync(await response.Content.ReadAsStringAsync());
            Assert.Contains(message, page.GetElementById($"visitor-{field}-error")!.TextContent, StringComparison.Ordinal);
        }
        Assert.Equal(before, await SiteState.ReadAsync(_site));
        Assert.Equal(0, await _site.CountMailAsync("1 = 1"));
    }

    [Fact]
    public async Task Portal_TrapFilledIn_TakesNothing()
    {
        using var robot = _site.Open();
        using var response = await robot.SubmitAsync("/portal/tickets/new", new(TicketBrowsing.Request) { ["website"] = "https://spam.example" }, "form[action^='/portal']");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("looks like an automatic message", await response.BannerAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Portal_Flooded_AsksToWaitAndKeepsWhatWasWritten()
    {
        using var visitor = _site.Open();
        for (var i = 0; i < 10; i++)
            await visitor.OpenTicketAsync(new(TicketBrowsing.Request) { ["email"] = $"ann{i}@example.com" });
        using var response = await visitor.SubmitAsync("/portal/tickets/new", TicketBrowsing.Request, "form[action^='/portal']");
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Contains("The printer is silent", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Portal_FloodedWithMailToOneAddress_SendsIt5AnHour()
    {
        using var visitor = _site.Open();
        for (var i = 0; i < 5; i++)
            await visitor.OpenTicketAsync();
        using var response = await visitor.SubmitAsync("/portal/tickets/new", new(TicketBrowsing.Request) { ["email"] = " Ann@Example.com " }, "form[action^='/portal']");
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Contains("with this e-mail address", await response.BannerAsync(), StringComparison.Ordinal);
        await visitor.OpenTicketAsync(new(TicketBrowsing.Request) { ["email"] = "bob@example.com" });
        Assert.Equal(5, await _site.CountMailAsync("address = 'ann@example.com'"));
    }

    [Fact]
    public async Task Portal_AddressOfSeveralContacts_NamesNone()
    {
        await using (var scope = await _site.OpenScopeAsync())
            foreach (var name in new[] { "Ann", "Bob" })
                await scope.CreateAsync("contacts", ("name", name), ("email", "ann@example.com"));
        using var visitor = _site.Open("zh-CN");
        var link = await visitor.OpenTicketAsync();
        var ticket = await _site.TicketAsync();
        Assert.Equal((null, null, "zh-CN"), (ticket["contact"], ticket["customer"], ticket.Get<string>("language")));
        Assert.Equal(1, await _site.CountMailAsync("subject LIKE '%我们已收到您的请求%'"));
        Assert.Contains("已收到", await visitor.TextAsync(link), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Feedback_SentAndAnswered_MailsTheAnswerOnce()
    {
        using var visitor = _site.Open();
        using (var sent = await visitor.SubmitAsync("/portal/feedback", new(TicketBrowsing.Request) { ["kind"] = "praise" }, "form[action^='/portal']"))
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        Assert.Contains("F000001", await visitor.TextAsync("/portal/feedback"), StringComparison.Ordinal);

        using var agent = await _site.SignInAsNewAsync("agent", "Service");
        var feedback = await FeedbackAsync();
        using (var empty = await agent.SubmitAsync($"/feedback/{feedback.Id}", new() { ["text"] = " " }, "form[action$='/answer']"))
            Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        using (var answered = await agent.SubmitAsync($"/feedback/{feedback.Id}", new() { ["text"] = "Thank you, Ann" }, "form[action$='/answer']"))
            Assert.Equal(HttpStatusCode.Redirect, answered.StatusCode);
        feedback = await FeedbackAsync();
        Assert.Equal("answered", feedback.Get<string>("status"));
        Assert.NotNull(feedback["answeredAt"]);
        Assert.Equal(1, await _site.CountMailAsync("key LIKE 'feedback-answer:%' AND text LIKE '%Thank you, Ann%'"));

        // What is corrected later is not mailed again, and was not answered later either.
        using (var corrected = await agent.SubmitAsync($"/feedback/{feedback.Id}/edit", new() { ["answer"] = "Thank you, Ann Lee" }))
            Assert.Equal(HttpStatusCode.Redirect, corrected.StatusCode);
        Assert.Equal(("Thank you, Ann Lee", feedback["answeredAt"]), ((await FeedbackAsync()).Get<string>("answer"), (await FeedbackAsync())["answeredAt"]));
        Assert.Equal(1, await _site.CountMailAsync("key LIKE 'feedback-answer:%'"));
    }

    [Fact]
    public async Task Tickets_ByRole_AreRepliedToByTheDeskOnly()
    {
        using var visitor = _site.Open();
        await visitor.OpenTicketAsync();
        var ticket = await _site.TicketAsync();
        using var sales = await _site.SignInAsNewAsync("seller", "Sales");
        using var reader = await _site.SignInAsNewAsync("reader", "Read-only");

        Assert.Equal(HttpStatusCode.Redirect, (await sales.ReplyAsync(ticket.Id, "note", "I know her")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await sales.ReplyAsync(ticket.Id, "reply", "Hello")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await sales.ReplyAsync(ticket.Id, "note", "Hello", "closed", "x")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await sales.ForceAsync($"/tickets/{ticket.Id}/take", $"/tickets/{ticket.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.ReplyAsync(ticket.Id, "note", "Hello")).StatusCode);
        Assert.Null((await reader.PageAsync($"/tickets/{ticket.Id}")).QuerySelector(".talk-form"));
        Assert.Equal(HttpStatusCode.NotFound, (await reader.GetAsync("/ticketReplies")).StatusCode);

        // The right to messages reaches those of the tickets that one sees.
        Assert.Equal(1, await CountMessagesAsync(PermissionScope.All));
        Assert.Equal(0, await CountMessagesAsync(PermissionScope.Own));

        async Task<int> CountMessagesAsync(PermissionScope tickets)
        {
            await using var scope = await _site.OpenScopeAsync();
            scope.Services.GetRequiredService<ActorContext>().Current = new Actor
            {
                UserId = Guid.NewGuid(),
                UserName = "program",
                Grants = new Dictionary<string, PermissionScope> { ["tickets.view"] = tickets, ["ticketReplies.view"] = PermissionScope.All },
            };
            return (await scope.Queries.ListAsync(new Query("ticketReplies"), CancellationToken.None)).Items.Count;
        }
    }

    [Fact]
    public async Task Assignment_ToSomebodyWhoLeft_IsRefused()
    {
        using var visitor = _site.Open();
        await visitor.OpenTicketAsync();
        var ticket = await _site.TicketAsync();
        using var agent = await _site.SignInAsNewAsync("agent", "Service");
        (await _site.SignInAsNewAsync("gone", "Service")).Dispose();
        var gone = await _site.IdOfUserAsync("gone");
        using (var assigned = await agent.SubmitAsync($"/tickets/{ticket.Id}/assign", new() { ["owner"] = gone.ToString() }, "form[action$='/assign']"))
            Assert.Equal(HttpStatusCode.Redirect, assigned.StatusCode);
        await using (var scope = await _site.OpenScopeAsync())
        {
            Assert.Equal(1, await scope.Session.CountAsync(new SqlText("SELECT COUNT(*) FROM crm_notifications WHERE user_id = ").Append(ColumnType.Uuid, gone), CancellationToken.None));
            await scope.SaveAsync("tickets", ticket.Id, null, ("owner", ""));
            await scope.Content.SaveAsync(new ContentChange("users") { Id = gone, Values = { ["isActive"] = false } }, SaveOptions.Default, CancellationToken.None);
        }
        using var refused = await agent.SubmitAsync($"/tickets/{ticket.Id}/assign", new() { ["owner"] = gone.ToString() }, "form[action$='/assign']");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("can no longer sign in", await refused.ErrorOfAsync("field-owner"), StringComparison.Ordinal);
        Assert.Null((await _site.TicketAsync()).Owner);
    }

    [Fact]
    public async Task Ticket_WithoutMailAndNotifications_IsAnsweredBehindItsLink()
    {
        foreach (var feature in new[] { "Crm.Email", "Crm.Notifications" })
            await _site.Host.Sites.DisableAsync([feature], CancellationToken.None);
        using var visitor = _site.Open();
        var link = await visitor.OpenTicketAsync();
        var ticket = await _site.TicketAsync();
        using var agent = await _site.SignInAsNewAsync("agent", "Service");
        Assert.Contains("no mail is sent", await agent.TextAsync($"/tickets/{ticket.Id}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await agent.ReplyAsync(ticket.Id, "reply", "Plugged in?", "solved", "It is now")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.AnswerAsync(link, "No")).StatusCode);
        Assert.Contains("Plugged in?", await visitor.TextAsync(link), StringComparison.Ordinal);
        Assert.Equal("open", (await _site.TicketAsync()).Get<string>("status"));

        // The staff's own link works beside the visitor's.
        using var handed = await agent.SubmitAsync($"/tickets/{ticket.Id}/link", [], "form[action$='/link']");
        var page = await TestBrowser.ParseAsync(await handed.Content.ReadAsStringAsync());
        Assert.Contains("Plugged in?", await visitor.TextAsync(new Uri(page.GetElementById("follow-url")!.GetAttribute("value")!).AbsolutePath), StringComparison.Ordinal);
    }

    private async Task<ContentItem> FeedbackAsync()
    {
        await using var scope = await _site.OpenScopeAsync();
        return await scope.FindAsync("feedback", "number", "F000001");
    }
}
