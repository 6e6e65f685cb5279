using System.Net;
using System.Text.RegularExpressions;
using Crm.Email;
using Crm.Email.Templates;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Email;

public sealed class TemplateTests
{
    [Fact]
    public async Task Preview_OfATemplateThatGrows_EndsInWordsInsteadOfTakingTheServersMemory()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        using var marketing = await site.SignInAsNewAsync("wang", "Marketing");
        await using (var scope = await site.OpenScopeAsync())
            await scope.CreateAsync("contacts", ("name", "Li Na"), ("email", "lina@example.com"));
        var before = GC.GetTotalAllocatedBytes();
        foreach (var text in new[]
        {
            "{% assign s = 'xxxxxxxxxxxxxxxx' %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}{{ s }}",
            "{% assign s = 'xxxxxxxxxxxxxxxx' %}{% for i in (1..12) %}{% assign s = s | append: s %}{% endfor %}{{ s | replace: 'x', s }}",
            "{% assign s = 'xxxxxxxxxxxxxxxx' %}{% for i in (1..12) %}{% assign s = s | append: s %}{% endfor %}{{ s | split: '' | join: s }}",
            "{% assign s = 'xxxxxxxxxxxxxxxx' %}{% for i in (1..12) %}{% assign s = s | append: s %}{% endfor %}{% for i in (1..900) %}{{ s }}{% endfor %}",
            "{% for i in (1..12) %}{% capture s %}{{ s }}{{ s }}x{% endcapture %}{% endfor %}{{ s }}",
            "{% for i in (1..1000000000) %}x{% endfor %}",
            "{% assign n = 1000000000 %}{% assign all = (1..n) %}{{ all | size }}",
            "{{ 'now' | date: '%999999999d' }}",
        })
        {
            var (code, page) = await PreviewAsync(marketing, text);
            Assert.Equal(HttpStatusCode.OK, code);
            Assert.True(page.Contains("too long", StringComparison.Ordinal) || page.Contains("cannot be used here", StringComparison.Ordinal) || page.Contains("may count to", StringComparison.Ordinal), $"{text}: {page[..Math.Min(500, page.Length)]}");
        }
        Assert.True(GC.GetTotalAllocatedBytes() - before < 500_000_000);
        Assert.Contains("123 LI NA 2", (await PreviewAsync(marketing, "{% for i in (1..3) %}{{ i }}{% endfor %} {{ contact.name | upcase }} {{ 'a,b' | split: ',' | size }}")).Page, StringComparison.Ordinal);

        // Whoever only reads templates has nothing to try out.
        using var reader = await site.SignInAsNewAsync("reader", "Read-only");
        Assert.Equal(HttpStatusCode.Forbidden, (await PreviewAsync(reader, "Hello")).Code);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task SingleMail_WhoseTemplateOffersToUnsubscribe_HasAWayOut(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        await using (var scope = await site.OpenScopeAsync())
        {
            var contact = await scope.CreateAsync("contacts", ("name", "Li Na"), ("email", "lina@example.com"));
            var template = await scope.CreateAsync("emailTemplates", ("name", "News"), ("subject", "News"), ("html", "<p>Hello</p><p><a href=\"{{ unsubscribe.url }}\">Unsubscribe</a></p>"));
            var mail = await scope.Services.GetRequiredService<MailTemplates>().RenderAsync(template, "contacts", contact, CancellationToken.None);
            var queue = scope.Services.GetRequiredService<MailQueue>();
            Assert.True(await queue.EnqueueAsync("news", new(mail.To!, mail.Subject, mail.Text) { Html = mail.Html }, CancellationToken.None));
            Assert.True(await queue.EnqueueAsync("answer", new("other@example.com", "Answer", "Hello"), CancellationToken.None));
        }
        await Eventually.HoldsAsync(async () => await site.CountMailAsync("state = 'sent'") == 2);
        var mails = await ParsedMail.ReadAsync(Path.Combine(site.DataDirectory, "mail", "outbox"));
        Assert.Null(mails.Single(m => m.To == "other@example.com").ListUnsubscribe);
        var news = mails.Single(m => m.To == "lina@example.com");
        var link = news.ListUnsubscribe!.Trim('<', '>');
        Assert.Equal("List-Unsubscribe=One-Click", news.ListUnsubscribePost);
        Assert.Contains($"href=\"{link}\"", news.Html!, StringComparison.Ordinal);
        Assert.DoesNotContain(".invalid", news.Html + news.Text, StringComparison.Ordinal);
        using var stranger = site.Open();
        var path = new Uri(link).PathAndQuery;
        using (var forged = await stranger.GetAsync(Regex.Replace(path, "[^/]+$", "AAAAAAAAAAAAAAAAAAAAAA")))
            Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
        using (var done = await stranger.Client.PostAsync(path, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")])))
            Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        await using (var scope = await site.OpenScopeAsync())
            await scope.FindAsync("suppressions", "email", "lina@example.com");
    }

    private static async Task<(HttpStatusCode Code, string Page)> PreviewAsync(TestBrowser browser, string text)
    {
        var page = await browser.PageAsync("/contacts");
        var token = page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        using var answer = await browser.Client.PostAsync("/emailTemplates/preview", new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("subject", "Hello"), new("text", text)]));
        return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
    }
}
