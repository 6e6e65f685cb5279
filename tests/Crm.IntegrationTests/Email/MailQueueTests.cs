using AngleSharp.Dom;
using Crm.Email;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Email;

public sealed class MailQueueTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Enqueue_WithoutAServer_WritesOneFileForEachKeyAndNoneForWhatWasRolledBack(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        var mail = new OutgoingMail("wang@example.com", "春季\r\nBcc: victim@example.com", "您好") { ToName = "王芳\r\nBcc: victim@example.com", Html = "<p>您好</p>" };
        await using (var scope = await site.OpenScopeAsync())
        {
            var queue = scope.Services.GetRequiredService<MailQueue>();
            Assert.True(await queue.EnqueueAsync("once", mail, CancellationToken.None));
            Assert.False(await queue.EnqueueAsync("once", mail, CancellationToken.None));
            Assert.False(await queue.EnqueueAsync("no address", mail with { To = "nobody" }, CancellationToken.None));
            await scope.CreateAsync("suppressions", ("email", "Gone@Example.com"));
            Assert.False(await queue.EnqueueAsync("suppressed", mail with { To = "gone@example.com" }, CancellationToken.None));
            await Assert.ThrowsAsync<InvalidOperationException>(() => scope.Session.TransactAsync(async () =>
            {
                await queue.EnqueueAsync("rolled back", mail, CancellationToken.None);
                throw new InvalidOperationException();
            }, CancellationToken.None));
        }
        await Eventually.HoldsAsync(async () => await site.CountMailAsync("state = 'sent'") == 1);
        Assert.Equal(1, await site.CountMailAsync("state = 'failed' AND reason IS NOT NULL"));
        Assert.Equal(1, await site.CountMailAsync("state = 'suppressed'"));
        Assert.Equal(3, await site.CountMailAsync("1 = 1"));

        var file = Assert.Single(Directory.EnumerateFiles(Path.Combine(site.DataDirectory, "mail", "outbox"), "*.eml"));
        using var browser = await site.SignInAsync();
        var list = await browser.PageAsync("/admin/email/outbox");
        Assert.Contains("春季 Bcc: victim@example.com", list.Body!.TextContent, StringComparison.Ordinal);
        var id = Path.GetFileNameWithoutExtension(file);
        var page = await browser.PageAsync($"/admin/email/outbox/{id}");
        Assert.Contains("wang@example.com", page.Body!.TextContent, StringComparison.Ordinal);
        using var html = await browser.GetAsync($"/admin/email/outbox/{id}/html");
        Assert.Contains("sandbox", string.Join(' ', html.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'self'", string.Join(' ', html.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.DoesNotContain(await File.ReadAllLinesAsync(file), line => line.StartsWith("Bcc:", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Blast_SentByWorkersThatARequestStarted_GoesOut()
    {
        await using var site = await BlastSite.StartAsync(DatabaseProvider.Sqlite);
        using (var administrator = await site.Site.SignInAsync())
        using (var switched = await administrator.SubmitAsync("/admin/features/Crm.Help/disable", []))
            Assert.Equal(System.Net.HttpStatusCode.Redirect, switched.StatusCode);
        await site.AddPeopleAsync(3);
        var blast = await site.CreateBlastAsync();
        await site.ActAsync(blast, "send");
        await Eventually.HoldsAsync(async () => (await site.BlastAsync(blast)).Get<string>("status") == "done", seconds: 30);
        Assert.Equal(3, await site.Site.CountMailAsync("state = 'sent'"));
    }

    [Fact]
    public async Task Account_WithAServer_KeepsItsPasswordSecretAndTestsTheConnection()
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        using var administrator = await site.SignInAsync();
        await administrator.UseServerAsync(sink);
        using (var bad = await administrator.SubmitAsync("/admin/email", new() { ["Port"] = "99999", ["FromAddress"] = "nobody", ["SiteUrl"] = "", ["Password"] = "s3cret" }))
        {
            var page = await TestBrowser.ParseAsync(await bad.Content.ReadAsStringAsync());
            Assert.Equal(3, page.QuerySelectorAll(".field-error").Length);
        }
        using (await administrator.SubmitAsync("/admin/email", new() { ["UserName"] = "crm", ["Password"] = "s3cret" }))
        await using (var scope = await site.OpenScopeAsync())
        {
            var stored = (await scope.Session.ReadAsync(new SqlText("SELECT value FROM crm_settings WHERE name = 'email'"), r => r.GetString(0), CancellationToken.None)).Single();
            Assert.DoesNotContain("s3cret", stored, StringComparison.Ordinal);
            Assert.Contains("protectedPassword", stored, StringComparison.Ordinal);
        }
        // Nobody listens at the first port.
        await AssertTestAsync("1", "The test message was not sent");
        await AssertTestAsync(sink.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "The test message was sent");
        Assert.Single(sink.Messages);

        async Task AssertTestAsync(string port, string expected)
        {
            var page = await administrator.PageAsync("/admin/email");
            var form = page.QuerySelectorAll<AngleSharp.Html.Dom.IHtmlFormElement>("main form").First(f => f.Method == "post");
            form.SetAttribute("action", "/admin/email/test");
            using var answer = await administrator.SubmitAsync(form, new() { ["UserName"] = "", ["Port"] = port, ["TestTo"] = "me@example.com" });
            Assert.Contains(expected, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }
}
