using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Email;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Queries;

namespace Crm.IntegrationTests.Workflows;

public sealed class CampaignRunSqliteTests() : CampaignRunTests(DatabaseProvider.Sqlite);

[Trait("Category", "Nightly")]
public sealed class CampaignRunPostgresTests() : CampaignRunTests(DatabaseProvider.Postgres);

/// <summary>Campaigns that run by themselves: the ready-made workflow from the audience to the tasks, and what its steps refuse.</summary>
public abstract partial class CampaignRunTests(DatabaseProvider provider) : IAsyncLifetime
{
    private WorkflowSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await WorkflowSite.StartAsync(provider);

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task ReadyMade_CampaignGetsUnderWay_WritesOnceAndMakesATaskForWhoClicked()
    {
        var seller = (await _site.AddUsersAsync("Sales", 1))[0];
        var customer = await _site.CreateAsync("customers", ("name", "Harbour"), ("owner", "sales0"));
        foreach (var (name, email) in new[] { ("Reader 1", "r1@example.com"), ("Reader 2", "r2@example.com"), ("Reader 3", "r3@example.com"), ("Reader 4", null) })
            await _site.CreateAsync("contacts", ("name", name), ("email", email), ("customer", customer.ToString()));
        await _site.CreateAsync("suppressions", ("email", "r3@example.com"));
        var campaign = await _site.CreateAsync("campaigns", ("name", "Spring"), ("type", "email"), ("owner", TestSite.AdminName),
            ("segment", (await SegmentAsync("startswith(name, 'Reader')")).ToString()), ("template", (await TemplateAsync()).ToString()));
        using var administrator = await _site.Site.SignInAsync();
        var workflow = await TakeReadyMadeAsync(administrator);

        // A test run says it all and leaves nothing behind.
        var before = await SiteState.ReadAsync(_site.Site);
        using (var test = await administrator.SubmitAsync($"/admin/workflows/{workflow}/test", new() { ["record"] = campaign.ToString() }))
        {
            var lines = (await TestBrowser.ParseAsync(await test.Content.ReadAsStringAsync())).QuerySelectorAll(".workflow-trace li").Select(l => l.TextContent).ToList();
            Assert.Equal(4, lines.Count);
            Assert.Contains("Would send template “Offer” to 2 people of “Readers”", lines[0], StringComparison.Ordinal);
            Assert.Contains("Reader 1 as an example", lines[2], StringComparison.Ordinal);
            Assert.Contains("Call Reader 1: clicked in Spring", lines[3], StringComparison.Ordinal);
        }
        Assert.Equal(before, await SiteState.ReadAsync(_site.Site));
        Assert.Equal(0, await _site.CountRowsAsync("SELECT COUNT(*) FROM crm_mailings"));

        await _site.ChangeAsync("campaigns", campaign, ("status", "active"));
        await _site.ExpectAsync(workflow, "Waiting");
        await Eventually.HoldsAsync(async () => await _site.CountAsync("emailBlasts", Filter.And(Filter.Eq("campaign", campaign), Filter.Eq("status", "done"))) == 1);
        var mails = await ParsedMail.ReadAsync(Path.Combine(_site.Site.DataDirectory, "mail", "outbox"));
        Assert.Equal(["r1@example.com", "r2@example.com"], mails.Select(m => m.To).Order(StringComparer.Ordinal));
        Assert.Equal(1, await _site.Site.CountMailAsync("state = 'suppressed'"));
        var blast = Assert.Single((await administrator.PageAsync(await InstanceAsync(administrator, workflow))).QuerySelectorAll(".workflow-trace a[href^='/emailBlasts/']")).GetAttribute("href")!;
        Assert.Contains("Spring · Offer", (await administrator.PageAsync(blast)).Title!, StringComparison.Ordinal);

        // Back and forth: it has its blast, so nothing starts anew.
        await _site.ChangeAsync("campaigns", campaign, ("status", "planned"));
        await _site.ChangeAsync("campaigns", campaign, ("status", "active"));
        await FollowAsync(mails.Single(m => m.To == "r1@example.com"), "c");
        await FollowAsync(mails.Single(m => m.To == "r2@example.com"), "o");
        await Eventually.HoldsAsync(async () => await _site.CountAsync("campaignMembers", Filter.In("status", ["clicked", "opened"])) == 2);
        Assert.Equal(0, await _site.CountAsync("activities"));

        _site.Clock.Forward(TimeSpan.FromHours(73));
        await _site.ExpectAsync(workflow, "Done", "Done");
        await using var scope = await _site.Site.OpenScopeAsync();
        var task = Assert.Single((await scope.Queries.ListAsync(new Query("activities"), CancellationToken.None)).Items);
        Assert.Equal("Call Reader 1: clicked in Spring", task.DisplayText);
        Assert.Equal((seller, customer), (task.Owner, task.Get<Guid>("customer")));
        Assert.Equal("campaignMembers", task.Get<RecordLink>("regarding")!.Type);
        Assert.Equal(1, await _site.CountAsync("emailBlasts"));
        Assert.Equal(2, await _site.Site.CountMailAsync("state = 'sent'"));
    }

    [Fact]
    public async Task Blast_ThatCannotBeSent_FailsWithItsReasonLeavesNothingAndGoesOnWhenMended()
    {
        using var administrator = await _site.Site.SignInAsync();
        var template = await TemplateAsync();
        var segment = await SegmentAsync("name eq 'Nobody yet'");
        var workflow = await _site.AddAsync("At once", Define.Line(Define.Created("campaigns"), Define.Step("a1", "sendBlast", ("content", "template"), ("template", template.ToString()))));
        var campaign = await _site.CreateAsync("campaigns", ("name", "Empty"));
        await RefusedAsync(workflow, "there is no audience");

        await _site.ChangeAsync("campaigns", campaign, ("segment", segment.ToString()));
        await AgainAsync(administrator, workflow);
        await RefusedAsync(workflow, "nobody in the segment can be written to");

        await _site.CreateAsync("contacts", ("name", "Nobody yet"), ("email", "nobody@example.com"));
        // As a template may become that was made before a field went away: its own form would refuse it.
        await BreakAsync(template, "{{ contact.name");
        await AgainAsync(administrator, workflow);
        await RefusedAsync(workflow, "The template cannot be used");
        Assert.Equal(0, await _site.CountAsync("emailBlasts"));
        Assert.Equal(0, await _site.CountRowsAsync("SELECT COUNT(*) FROM crm_mailings"));

        await BreakAsync(template, "Hello");
        await AgainAsync(administrator, workflow);
        await _site.ExpectAsync(workflow, "Done");
        await Eventually.HoldsAsync(async () => await _site.Site.CountMailAsync("state = 'sent'") == 1);
        // Whoever answers for the workflow is told, but not each time.
        Assert.Equal(1, await _site.CountRowsAsync("SELECT COUNT(*) FROM crm_notifications WHERE text LIKE '%has failed'"));
    }

    [Fact]
    public async Task Blast_WhileNobodyKnowsTheSitesAddress_WaitsForIt()
    {
        await using var sink = await SmtpSink.StartAsync();
        using var administrator = await _site.Site.SignInAsync();
        await administrator.UseServerAsync(sink);
        await _site.Site.ForgetAddressAsync();
        await _site.CreateAsync("contacts", ("name", "Reader 1"), ("email", "r1@example.com"));
        var workflow = await _site.AddAsync("At once", Define.Line(Define.Created("campaigns"), Define.Step("a1", "sendBlast")));
        await _site.CreateAsync("campaigns", ("name", "Spring"), ("segment", (await SegmentAsync("startswith(name, 'Reader')")).ToString()), ("template", (await TemplateAsync()).ToString()));
        await RefusedAsync(workflow, "the links in it would lead nowhere");
        (await administrator.SubmitAsync("/admin/email", new() { ["SiteUrl"] = "https://crm.example.com" })).Dispose();
        await AgainAsync(administrator, workflow);
        await _site.ExpectAsync(workflow, "Done");
        await Eventually.HoldsAsync(async () => await _site.Site.CountMailAsync("state = 'sent'") == 1);
        Assert.StartsWith("<https://crm.example.com/t/u/", Assert.Single(await ParsedMail.ReadAsync(sink.Folder.FullName)).ListUnsubscribe, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blast_TwoWorkflowsAndWorkersAtOnce_IsSentOnceForEachCampaign()
    {
        await _site.CreateAsync("contacts", ("name", "Reader 1"), ("email", "r1@example.com"));
        var (segment, template) = (await SegmentAsync("startswith(name, 'Reader')"), await TemplateAsync());
        await using var second = await SecondWorker.StartAsync(_site.Site);
        var definition = Define.Line(Define.Created("campaigns"), Define.Step("a1", "sendBlast"));
        var (one, other) = (await _site.AddAsync("One", definition), await _site.AddAsync("Other", definition));
        for (var i = 0; i < 8; i++)
            await _site.CreateAsync("campaigns", ("name", $"Campaign {i}"), ("segment", segment.ToString()), ("template", template.ToString()));
        foreach (var workflow in new[] { one, other })
            await _site.ExpectAsync(workflow, [.. Enumerable.Repeat("Done", 8)]);
        Assert.Equal(8, await _site.CountAsync("emailBlasts"));
        Assert.Equal(8, await _site.CountRowsAsync("SELECT COUNT(*) FROM crm_mailings"));
        Assert.Equal(8, (await _site.TraceAsync(one)).Concat(await _site.TraceAsync(other)).Count(t => t.Contains("Not sent again", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Schedule_WithASegment_WritesAboutNoCampaign()
    {
        await _site.CreateAsync("contacts", ("name", "Reader 1"), ("email", "r1@example.com"));
        var (segment, template) = (await SegmentAsync("startswith(name, 'Reader')"), await TemplateAsync());
        var workflow = await _site.AddAsync("Newsletter", Define.Line(Define.Trigger("schedule", ("every", "day"), ("at", "06:00")),
            Define.Step("a1", "sendBlast", ("to", "segment"), ("segment", segment.ToString()), ("content", "template"), ("template", template.ToString()))));
        await Eventually.HoldsAsync(async () => await _site.CountRowsAsync("SELECT COUNT(*) FROM crm_workflow_clocks") == 1);
        _site.Clock.Forward(TimeSpan.FromDays(1));
        await _site.ExpectAsync(workflow, "Done");
        await Eventually.HoldsAsync(async () => await _site.Site.CountMailAsync("state = 'sent'") == 1);
        _site.Clock.Forward(TimeSpan.FromDays(1));
        await _site.ExpectAsync(workflow, "Done", "Done");
        await Eventually.HoldsAsync(async () => await _site.Site.CountMailAsync("state = 'sent'") == 2);
    }

    [Fact]
    public async Task Mail_FromATemplate_ArrivesOnceWithItsFieldsFilledIn()
    {
        var template = await TemplateAsync();
        var workflow = await _site.AddAsync("Welcome", Define.Line(Define.Created("contacts"), Define.Step("a1", "sendMail", ("who", "field"), ("field", "email"), ("content", "template"), ("template", template.ToString()))));
        var customer = await _site.CreateAsync("customers", ("name", "海纳 & 枫叶"));
        await _site.CreateAsync("contacts", ("name", "李娜"), ("email", "lina@example.com"), ("customer", customer.ToString()));
        await _site.ExpectAsync(workflow, "Done");
        await Eventually.HoldsAsync(async () => await _site.Site.CountMailAsync("state = 'sent'") == 1);
        var mail = Assert.Single(await ParsedMail.ReadAsync(Path.Combine(_site.Site.DataDirectory, "mail", "outbox")));
        Assert.Empty(mail.Defects);
        Assert.Equal(("lina@example.com", "An offer for 李娜"), (mail.To, mail.Subject));
        Assert.Contains("Hello 李娜 of 海纳 &amp; 枫叶", mail.Html!, StringComparison.Ordinal);
        Assert.Contains("Hello 李娜 of 海纳 & 枫叶", mail.Text, StringComparison.Ordinal);
        Assert.Contains("https://example.com/offer", mail.Html!, StringComparison.Ordinal);
        Assert.Contains("An offer for 李娜", (await _site.TraceAsync(workflow))[^1], StringComparison.Ordinal);
    }

    /// <summary>The ready-made workflow as an administrator takes it over, unchanged, and switches it on.</summary>
    private static async Task<Guid> TakeReadyMadeAsync(TestBrowser administrator)
    {
        const string Url = "/admin/workflows/new?template=run-campaign";
        using var saved = await administrator.SubmitAsync((await administrator.PageAsync(Url)).QuerySelector<IHtmlFormElement>("form.workflow-form")!, [], Url);
        Assert.True(saved.StatusCode == HttpStatusCode.Redirect, await saved.Content.ReadAsStringAsync());
        var page = saved.Headers.Location!.OriginalString;
        using var on = await administrator.SubmitAsync(page, [], $"form[action='{page}/activate']");
        return Guid.Parse(page.Split('/')[^1]);
    }

    private static async Task<string> InstanceAsync(TestBrowser administrator, Guid workflow)
        => (await administrator.PageAsync($"/admin/workflows/{workflow}")).QuerySelector("a[href^='/admin/workflows/instances/']")!.GetAttribute("href")!;

    private static async Task AgainAsync(TestBrowser administrator, Guid workflow)
        => (await administrator.SubmitAsync(await InstanceAsync(administrator, workflow), [], "form[action$='/retry']")).Dispose();

    private Task RefusedAsync(Guid workflow, string reason) => Eventually.HoldsAsync(async ()
        => (await _site.StatesAsync(workflow)).SequenceEqual(["Failed"]) && (await _site.TraceAsync(workflow))[^1].Contains(reason, StringComparison.Ordinal));

    /// <summary>What a recipient does with a message: clicks its link, or loads its picture.</summary>
    private async Task FollowAsync(ParsedMail mail, string purpose)
    {
        using var stranger = _site.Site.Open();
        var link = Link().Matches(mail.Html!).Select(m => WebUtility.HtmlDecode(m.Value)).Single(u => u.Contains($"/t/{purpose}/", StringComparison.Ordinal));
        using var answer = await stranger.GetAsync(new Uri(link).PathAndQuery);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Redirect, link);
    }

    private Task<Guid> SegmentAsync(string filter) => _site.CreateAsync("segments", ("name", "Readers"), ("type", "contacts"), ("filter", filter));

    private Task<Guid> TemplateAsync() => _site.CreateAsync("emailTemplates", ("name", "Offer"), ("subject", "An offer for {{ contact.name }}"),
        ("html", "<p>Hello {{ contact.name }} of {{ customer.name }}</p><p><a href=\"https://example.com/offer\">Look</a></p>"));

    private async Task BreakAsync(Guid template, string text)
    {
        await using var scope = await _site.Site.OpenScopeAsync();
        Assert.Equal(1, await scope.Session.ExecuteAsync(new SqlText("UPDATE email_templates SET html = NULL, text = ").Append(ColumnType.Text, text).Append(" WHERE id = ").Append(ColumnType.Uuid, template), CancellationToken.None));
    }

    [GeneratedRegex("""http://[^"]+/t/[^"]+""")]
    private static partial Regex Link();
}
