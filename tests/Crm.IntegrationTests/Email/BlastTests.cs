using System.Net;
using System.Text.RegularExpressions;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;

namespace Crm.IntegrationTests.Email;

public sealed class BlastSqliteTests() : BlastTests(DatabaseProvider.Sqlite);

public sealed class BlastPostgresTests() : BlastTests(DatabaseProvider.Postgres);

/// <summary>A blast as a marketer sends one, to a real SMTP server.</summary>
public abstract partial class BlastTests(DatabaseProvider provider) : IAsyncLifetime
{
    private const int People = 300;

    private TestSite _site = null!;
    private TestBrowser _marketing = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await TestSite.StartAsync(provider);
        _marketing = await _site.SignInAsNewAsync("wang", "Marketing");
    }

    public async ValueTask DisposeAsync()
    {
        _marketing.Dispose();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task Blast_ToThreeHundredPeople_ReachesEachOnceAndFollowsWhatTheyDo()
    {
        await using var sink = await SmtpSink.StartAsync();
        using (var administrator = await _site.SignInAsync())
            await administrator.UseServerAsync(sink);
        await AddPeopleAsync();
        var campaign = await CreateAsync("campaigns", new() { ["name"] = "春季促销", ["type"] = "email", ["status"] = "active", ["budget"] = "1000", ["actualCost"] = "250" });
        var segment = await CreateAsync("segments", new() { ["name"] = "Everybody", ["type"] = "contacts", ["filter"] = "startswith(name, '客户')" });
        var template = await CreateAsync("emailTemplates", new()
        {
            ["name"] = "Spring",
            ["subject"] = "春季优惠：{{ contact.name }} {{ contact.notes }}",
            ["html"] = "<p>您好，{{ contact.name }}（{{ customer.name }}）</p><p><a href=\"https://example.com/offer?id={{ contact.name }}\">查看优惠</a></p>",
        });
        var blast = await CreateAsync("emailBlasts", new() { ["name"] = "Spring blast", ["segment"] = segment, ["template"] = template, ["campaign"] = campaign });
        var page = await _marketing.PageAsync($"/emailBlasts/{blast}");
        Assert.Contains(page.QuerySelectorAll(".audience-total dd"), d => d.TextContent == "300");
        Assert.Equal(4, page.QuerySelectorAll(".audience-counts > div").Length - 1);

        using (var sent = await _marketing.SubmitAsync($"/emailBlasts/{blast}", [], $"form[action='/emailBlasts/{blast}/send']"))
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        await Eventually.HoldsAsync(async () => (await RecordAsync("emailBlasts", blast)).Get<string>("status") == "done", seconds: 60);
        Assert.Equal(People, await _site.CountMailAsync("state = 'sent'"));
        Assert.Equal(1, await _site.CountMailAsync("state = 'suppressed'"));
        Assert.Equal(People, (await RecordAsync("emailBlasts", blast)).Get<decimal>("recipients"));

        var mails = await ParsedMail.ReadAsync(sink.Folder.FullName);
        Assert.Equal(People, mails.Count);
        Assert.Equal(People, mails.Select(m => m.Recipient).Distinct().Count());
        Assert.Equal(People, mails.Select(m => m.MessageId).Distinct().Count());
        Assert.All(mails, m => Check(m, _site.Address));
        await FollowAsync(mails.Single(m => m.To == "p7@example.com"), blast, campaign);
    }

    private static void Check(ParsedMail mail, Uri address)
    {
        var number = Number().Match(mail.To).Value;
        Assert.Empty(mail.Defects);
        // A line break in a merge field ends no header line.
        Assert.Equal($"春季优惠：客户 {number} 老客户 Bcc: victim@example.com", mail.Subject);
        Assert.Null(mail.Bcc);
        Assert.Equal($"客户 {number}", mail.ToName);
        Assert.Contains("hello@example.com", mail.From, StringComparison.Ordinal);
        Assert.Contains($"您好，客户 {number}（海纳 &amp; 枫叶）", mail.Html!, StringComparison.Ordinal);
        Assert.Contains($"您好，客户 {number}（海纳 & 枫叶）", mail.Text, StringComparison.Ordinal);
        Assert.Equal("List-Unsubscribe=One-Click", mail.ListUnsubscribePost);
        Assert.StartsWith($"<{address}t/u/", mail.ListUnsubscribe, StringComparison.Ordinal);
    }

    /// <summary>One recipient opens, clicks, looks at the unsubscribe page, and unsubscribes with one click.</summary>
    private async Task FollowAsync(ParsedMail mail, string blast, string campaign)
    {
        using var stranger = _site.Open();
        var picture = Link().Matches(mail.Html!).Select(m => WebUtility.HtmlDecode(m.Value)).Single(u => u.Contains("/t/o/", StringComparison.Ordinal));
        var link = Link().Matches(mail.Html!).Select(m => WebUtility.HtmlDecode(m.Value)).Single(u => u.Contains("/t/c/", StringComparison.Ordinal));
        using (var opened = await stranger.GetAsync(picture))
            Assert.Equal("image/gif", opened.Content.Headers.ContentType!.MediaType);
        await Eventually.HoldsAsync(async () => await StatusAsync(campaign, mail.To) == "opened");
        using (var clicked = await stranger.GetAsync(link))
            Assert.StartsWith("https://example.com/offer?id=", clicked.Headers.Location!.OriginalString, StringComparison.Ordinal);
        // Nobody can turn the link to another page.
        using (var turned = await stranger.GetAsync(Regex.Replace(link, @"\?u=.*", "?u=https%3A%2F%2Fevil.example.com")))
            Assert.Equal(HttpStatusCode.NotFound, turned.StatusCode);

        var unsubscribe = mail.ListUnsubscribe!.Trim('<', '>');
        using (var asked = await stranger.GetAsync(unsubscribe))
            Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.Equal(0, await _site.CountMailAsync("unsubscribed_at IS NOT NULL"));
        Assert.Equal(1, await CountAsync("suppressions"));
        // The one click of mail programs: no cookie, no token.
        using (var done = await stranger.Client.PostAsync(unsubscribe, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")])))
            Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        using (var again = await stranger.Client.PostAsync(unsubscribe, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")])))
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(2, await CountAsync("suppressions"));
        await Eventually.HoldsAsync(async () => await StatusAsync(campaign, mail.To) == "unsubscribed");
        await Eventually.HoldsAsync(async () => await StatusAsync(campaign, "p8@example.com") == "sent");

        var page = await _marketing.PageAsync($"/emailBlasts/{blast}");
        foreach (var (part, count) in new[] { ("sent", 300), ("opened", 1), ("clicked", 1), ("unsubscribed", 1), ("bounced", 0), ("suppressed", 1), ("suppressed-manual", 1) })
        {
            Assert.Equal(count.ToString(System.Globalization.CultureInfo.InvariantCulture), page.QuerySelector($"[data-figure={part}] b")!.TextContent);
            Assert.Equal(Math.Min(100, count), (await _marketing.PageAsync($"/emailBlasts/{blast}/recipients?part={part}")).QuerySelectorAll("[data-row]").Length);
        }
        Assert.Contains("25", (await _marketing.PageAsync($"/campaigns/{campaign}")).QuerySelector(".result-figures")!.TextContent, StringComparison.Ordinal);
        var contact = await FindContactAsync(mail.To);
        Assert.Contains("Link in an e-mail clicked", (await _marketing.PageAsync($"/contacts/{contact}")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BadInput_InEachStep_IsRefusedWithWordsAndChangesNothing()
    {
        await AssertRefusedAsync("campaigns", new() { ["name"] = "Wrong", ["startDate"] = "2026-05-02", ["endDate"] = "2026-05-01" }, "The campaign cannot end before it begins");
        await AssertRefusedAsync("campaigns", new() { ["name"] = "Wrong", ["budget"] = "-5" }, "Budget must be 0 or more");
        await AssertRefusedAsync("segments", new() { ["name"] = "Wrong", ["filter"] = "nothing eq 1" }, "has no field nothing");
        await AssertRefusedAsync("emailTemplates", new() { ["name"] = "Wrong", ["subject"] = "Hello" }, "A template needs a message");
        await AssertRefusedAsync("emailTemplates", new() { ["name"] = "Wrong", ["subject"] = "Hello", ["html"] = "<p>\n{{ contact.name </p>" }, "Line 2");
        await AssertRefusedAsync("emailTemplates", new() { ["name"] = "Wrong", ["subject"] = "Hello {{ contact.nmae }}", ["text"] = "Hello" }, "Line 1: there is no merge field contact.nmae");
        await AssertRefusedAsync("suppressions", new() { ["email"] = "nobody" }, "must be an e-mail address");

        var segment = await CreateAsync("segments", new() { ["name"] = "Nobody", ["type"] = "contacts", ["filter"] = "name eq 'nobody at all'" });
        var template = await CreateAsync("emailTemplates", new() { ["name"] = "Fine", ["subject"] = "Hello", ["text"] = "Hello" });
        var blast = await CreateAsync("emailBlasts", new() { ["name"] = "To nobody", ["segment"] = segment, ["template"] = template });
        foreach (var (action, values, words) in new (string, Dictionary<string, string>, string)[]
        {
            ("send", [], "The blast has no recipients"),
            ("schedule", new() { ["at"] = "2020-01-01T10:00" }, "Choose a time that is still to come"),
            ("schedule", new() { ["at"] = "tomorrow" }, "Give the day and time"),
        })
        {
            using var answer = await _marketing.SubmitAsync($"/emailBlasts/{blast}", values, $"form[action='/emailBlasts/{blast}/{action}']");
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains(words, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal("draft", (await RecordAsync("emailBlasts", blast)).Get<string>("status"));
        Assert.Equal(0, await _site.CountMailAsync("1 = 1"));

        using var sales = await _site.SignInAsNewAsync("sales", "Sales");
        var seen = await sales.PageAsync($"/emailBlasts/{blast}");
        Assert.Null(seen.QuerySelector("form[action$='/send']"));
    }

    [Fact]
    public async Task PauseAndCancel_WhileSending_HoldBackWhatHasNotGoneOut()
    {
        using (var administrator = await _site.SignInAsync())
        await using (var sink = await SmtpSink.StartAsync("-w", "1"))
        {
            await administrator.UseServerAsync(sink, connections: 1);
            await AddPeopleAsync();
            var segment = await CreateAsync("segments", new() { ["name"] = "Everybody", ["type"] = "contacts" });
            var template = await CreateAsync("emailTemplates", new() { ["name"] = "Fine", ["subject"] = "Hello", ["text"] = "Hello" });
            var blast = await CreateAsync("emailBlasts", new() { ["name"] = "Slow", ["segment"] = segment, ["template"] = template });
            await ActAsync("send");
            await Eventually.HoldsAsync(async () => await _site.CountMailAsync("state = 'sent'") > 0);
            await ActAsync("pause");
            await Eventually.HoldsAsync(async () => await _site.CountMailAsync("state = 'sending'") == 0);
            // To the suppressed address nothing was ever to be sent.
            Assert.EndsWith($" of {await _site.CountMailAsync("state <> 'suppressed'")} done", (await _marketing.PageAsync($"/emailBlasts/{blast}")).QuerySelector("label[for=progress]")!.TextContent, StringComparison.Ordinal);
            var sent = await _site.CountMailAsync("state = 'sent'");
            await ActAsync("resume");
            await Eventually.HoldsAsync(async () => await _site.CountMailAsync("state = 'sent'") > sent);
            await ActAsync("cancel");
            await Eventually.HoldsAsync(async () => await _site.CountMailAsync("state = 'sending'") == 0);
            Assert.Equal(0, await _site.CountMailAsync("state = 'queued'"));
            Assert.True(await _site.CountMailAsync("state = 'canceled'") > People / 2);
            Assert.Equal("canceled", (await RecordAsync("emailBlasts", blast)).Get<string>("status"));

            async Task ActAsync(string action)
            {
                using var answer = await _marketing.SubmitAsync($"/emailBlasts/{blast}", [], $"form[action='/emailBlasts/{blast}/{action}']");
                Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            }
        }
    }

    /// <summary>Besides those who can be written to: one suppressed, one without an address, one address twice.</summary>
    private async Task AddPeopleAsync()
    {
        await using var scope = await _site.OpenScopeAsync();
        var customer = await scope.CreateAsync("customers", ("name", "海纳 & 枫叶"));
        var people = Enumerable.Range(0, People).Select(i => ($"客户 {i}", $"p{i}@example.com")).Concat([("客户 甲", "gone@example.com"), ("客户 乙", ""), ("客户 5", "P5@example.com")]);
        var changes = people.Select(p => new ContentChange("contacts")
        {
            Values = { ["name"] = p.Item1, ["customer"] = customer, ["notes"] = "老客户\nBcc: victim@example.com" },
            Texts = { ["email"] = p.Item2 },
        }).ToList();
        Assert.All(await scope.Content.SaveManyAsync("contacts", changes, SaveOptions.Default, CancellationToken.None), r => Assert.True(r.Succeeded));
        await scope.CreateAsync("suppressions", ("email", "gone@example.com"));
    }

    private async Task<string> CreateAsync(string type, Dictionary<string, string> values)
    {
        using var answer = await _marketing.SubmitAsync($"/{type}/new", values);
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!.OriginalString.Split('/')[^1];
    }

    private async Task AssertRefusedAsync(string type, Dictionary<string, string> values, string words)
    {
        using var answer = await _marketing.SubmitAsync($"/{type}/new", values);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var page = await TestBrowser.ParseAsync(await answer.Content.ReadAsStringAsync());
        Assert.Contains(words, page.QuerySelector("[data-error-summary]")!.TextContent, StringComparison.Ordinal);
    }

    private async Task<ContentItem> RecordAsync(string type, string id)
    {
        await using var scope = await _site.OpenScopeAsync();
        return (await scope.Queries.GetAsync(type, Guid.Parse(id), CancellationToken.None))!;
    }

    private async Task<long> CountAsync(string type)
    {
        await using var scope = await _site.OpenScopeAsync();
        return (await scope.Queries.CountAsync(type, null, CancellationToken.None)).Count;
    }

    private async Task<string?> StatusAsync(string campaign, string address)
    {
        await using var scope = await _site.OpenScopeAsync();
        var page = await scope.Queries.ListAsync(new Query("campaignMembers") { Where = Filter.And(Filter.Eq("campaign", Guid.Parse(campaign)), Filter.Eq("email", address)) }, CancellationToken.None);
        return page.Items.Single().Get<string>("status");
    }

    private async Task<Guid> FindContactAsync(string address)
    {
        await using var scope = await _site.OpenScopeAsync();
        return (await scope.FindAsync("contacts", "email", address)).Id;
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();

    [GeneratedRegex("""http://[^"]+/t/[^"]+""")]
    private static partial Regex Link();
}
