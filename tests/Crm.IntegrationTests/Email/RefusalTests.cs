using System.Collections.Concurrent;
using Crm.Email;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Email;

public sealed class RefusalSqliteTests() : RefusalTests(DatabaseProvider.Sqlite);

[Trait("Category", "Nightly")]
public sealed class RefusalPostgresTests() : RefusalTests(DatabaseProvider.Postgres);

/// <summary>What servers refuse: one address, a sender, or everything.</summary>
public abstract class RefusalTests(DatabaseProvider provider) : IAsyncLifetime
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
    public async Task Recipient_Refused_IsABounceOnlyWhenTheMailboxDoesNotExist()
    {
        var answers = new (string Answer, string State)[]
        {
            ("550 5.1.1 User unknown", "bounced"),
            ("550 5.1.10 Null MX", "bounced"),
            ("550 No such user here", "bounced"),
            ("550 Mailbox not found", "bounced"),
            ("550 5.7.1 Relaying denied", "failed"),
            ("550 relay not permitted", "failed"),
            ("553 sorry, that domain isn't in my list of allowed rcpthosts", "failed"),
            ("550 5.1.8 Sender address rejected: domain does not exist", "failed"),
            ("550 5.7.1 Service unavailable; client blocked using bl.example.org", "failed"),
            ("551 we do not relay", "failed"),
            ("451 4.7.1 Greylisted, try again later", "queued"),
            ("250 2.1.5 fine", "sent"),
        };
        _server.Answer = (_, line) => line.StartsWith("RCPT", StringComparison.Ordinal) ? answers[int.Parse(line.Split('<', '@')[1][1..], System.Globalization.CultureInfo.InvariantCulture)].Answer : null;
        for (var i = 0; i < answers.Length; i++)
            await EnqueueAsync($"r{i}@example.com");
        await Eventually.HoldsAsync(async () => await CountAsync("state IN ('queued', 'sending') AND attempts = 0 OR state = 'sending'") == 0);
        for (var i = 0; i < answers.Length; i++)
            Assert.True(await CountAsync($"address = 'r{i}@example.com' AND state = '{answers[i].State}'") == 1, answers[i].Answer);
        Assert.Equal(1, await CountAsync("state = 'queued' AND attempts = 1 AND reason LIKE '451%'"));
        // Who bounced is not written to again; the others are.
        await Eventually.HoldsAsync(async () => await _site.CountAsync("suppressions") == 4);
    }

    [Fact]
    public async Task Account_Refused_KeepsAllWaitingAndSaysWhy()
    {
        using var administrator = await _site.Site.SignInAsync();
        var round = 0;
        foreach (var (command, answer) in new[]
        {
            ("MAIL", "553 5.7.1 Sender address rejected: not owned by user"),
            ("MAIL", "530 5.7.0 Authentication required"),
            ("RCPT", "530 5.7.0 Sign in first"),
            ("MAIL", "421 4.7.0 Too many messages today"),
        })
        {
            _server.Answer = (_, line) => line.StartsWith(command, StringComparison.Ordinal) ? answer : null;
            for (var i = 0; i < 4; i++)
                await EnqueueAsync($"r{round}p{i}@example.com");
            await Eventually.HoldsAsync(async () => (await administrator.PageAsync("/admin/email")).Body!.TextContent.Contains(answer[4..], StringComparison.Ordinal));
            await Eventually.HoldsAsync(async () => await CountAsync("state = 'queued' AND attempts = 0") == 4);

            _server.Answer = (_, _) => null;
            _site.Wait(TimeSpan.FromMinutes(6));
            round++;
            await Eventually.HoldsAsync(async () => await CountAsync("state = 'sent' AND attempts = 1") == 4 * round);
            Assert.DoesNotContain("Nothing can be sent", (await administrator.PageAsync("/admin/email")).Body!.TextContent, StringComparison.Ordinal);
        }

        // A connection that ends may end because of the message: it has had its try, and gets others, but is not lost.
        _server.Answer = (_, line) => line.StartsWith("MAIL", StringComparison.Ordinal) ? "" : null;
        await EnqueueAsync("dropped@example.com");
        await Eventually.HoldsAsync(async () => (await administrator.PageAsync("/admin/email")).QuerySelector(".banner[data-tone=warn]")?.TextContent.Contains("momentThe connection ended: ", StringComparison.Ordinal) == true);
        Assert.Equal(1, await CountAsync("address = 'dropped@example.com' AND state = 'queued' AND attempts = 1"));
        _server.Answer = (_, _) => null;
        _site.Wait(TimeSpan.FromMinutes(6));
        await Eventually.HoldsAsync(async () => await CountAsync("address = 'dropped@example.com' AND state = 'sent' AND attempts = 2") == 1);
        Assert.DoesNotContain("Nothing can be sent", (await administrator.PageAsync("/admin/email")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mailing_RefusedForTheSameReasonAgainAndAgain_StopsAndSpendsNobody()
    {
        await _site.AddPeopleAsync(40);
        _server.Answer = (_, line) => line.StartsWith("RCPT", StringComparison.Ordinal) ? $"550 {line[8..]}: relay not permitted" : null;
        var blast = await _site.CreateBlastAsync();
        Assert.Equal(System.Net.HttpStatusCode.Redirect, await _site.ActAsync(blast, "send"));
        await Eventually.HoldsAsync(async () => await _site.StatusAsync(blast) == "paused");
        Assert.Equal(35, await CountAsync("state = 'queued'"));
        Assert.Equal(0, await _site.CountAsync("suppressions"));
        Assert.Contains("relay not permitted", (await _site.Marketing.PageAsync($"/emailBlasts/{blast}")).QuerySelector(".banner")!.TextContent, StringComparison.Ordinal);

        _server.Answer = (_, _) => null;
        Assert.Equal(System.Net.HttpStatusCode.Redirect, await _site.ActAsync(blast, "resume"));
        await Eventually.HoldsAsync(async () => await _site.StatusAsync(blast) == "done");
        Assert.Equal(40, _server.Received.Distinct().Count());
        Assert.Equal(40, _server.Received.Count);
        Assert.Null((await _site.BlastAsync(blast)).Get<string>("problem"));
    }

    [Fact]
    public async Task Sender_OfOneBlastRefused_StopsThatBlastAlone()
    {
        await _site.AddPeopleAsync(3);
        var senders = new ConcurrentQueue<string>();
        _server.Answer = (_, line) =>
        {
            if (line.StartsWith("MAIL FROM", StringComparison.Ordinal))
                senders.Enqueue(line);
            return line.StartsWith("MAIL FROM:<news@example.org>", StringComparison.Ordinal) ? "553 5.7.1 not your address" : null;
        };
        var blast = await _site.CreateBlastAsync(new() { ["fromAddress"] = "news@example.org" });
        // The test message goes out as the blast would, and so shows what would become of it.
        await _site.ActAsync(blast, "test");
        await Eventually.HoldsAsync(async () => await CountAsync("mailing_id IS NULL AND state = 'failed' AND reason LIKE '553%'") == 1);
        await _site.ActAsync(blast, "send");
        await Eventually.HoldsAsync(async () => await _site.StatusAsync(blast) == "paused");
        Assert.Equal(3, await CountAsync("mailing_id IS NOT NULL AND state = 'queued' AND attempts = 0"));
        Assert.Contains("news@example.org", (await _site.Marketing.PageAsync($"/emailBlasts/{blast}")).QuerySelector(".banner")!.TextContent, StringComparison.Ordinal);
        await EnqueueAsync("other@example.com");
        await Eventually.HoldsAsync(() => Task.FromResult(_server.Received.Contains("other@example.com")));
        Assert.Equal(2, senders.Count(s => s.Contains("news@example.org", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Connection_OneOfTwoRefused_TheOtherGoesOn()
    {
        await _site.UseServerAsync(_server, connections: 2);
        _server.Answer = (connection, line) => line.Length == 0 && connection > 1 ? "421 4.7.0 Too many connections" : null;
        await _site.AddPeopleAsync(120);
        var blast = await _site.CreateBlastAsync();
        await _site.ActAsync(blast, "send");
        await Eventually.HoldsAsync(async () => await _site.StatusAsync(blast) == "done");
        Assert.Equal(120, _server.Received.Count);
        using var administrator = await _site.Site.SignInAsync();
        Assert.DoesNotContain("Nothing can be sent", (await administrator.PageAsync("/admin/email")).Body!.TextContent, StringComparison.Ordinal);
    }

    private async Task EnqueueAsync(string address)
    {
        await using var scope = await _site.Site.OpenScopeAsync();
        Assert.True(await scope.Services.GetRequiredService<MailQueue>().EnqueueAsync(address, new(address, "Hello", "Hello"), CancellationToken.None));
    }

    private Task<long> CountAsync(string condition) => _site.Site.CountMailAsync(condition);
}
