using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Email;

/// <summary>20,000 messages, the process killed five times: ledger, server and audience agree, nobody gets two.</summary>
public sealed class BlastKillTests
{
    private const int People = 20_000;
    private const int Kills = 5;

    [Theory, Trait("Category", "Nightly")]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Blast_KilledFiveTimes_ReachesEachOnceButThoseMarkedUnknown(DatabaseProvider provider)
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var files = await TestFiles.SetUpAsync(provider);
        var database = files.Database;
        await files.ImportAsync("contacts", Enumerable.Range(0, People).Aggregate(new StringBuilder("name,email\n"), (csv, i) => csv.Append(CultureInfo.InvariantCulture, $"客户 {i},p{i}@example.com\n")).ToString());
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var clock = new Stopwatch();
        for (var kill = 0; kill <= Kills; kill++)
        {
            var address = new Uri($"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}");
            await using var server = await ProductProcess.ServeAsync(database, files.Directory, address);
            if (kill == 0)
                await BeginAsync(address, sink);
            clock.Start();
            var before = await CountAsync(database, "state = 'sent'");
            var until = kill == Kills ? 0 : Math.Max(before + 200, (kill + 1) * People / (Kills + 2)) + random.Next(0, 500);
            await Eventually.HoldsAsync(async () => kill < Kills
                ? await CountAsync(database, "state = 'sent'") >= until
                : await CountAsync(database, "1 = 1") == People && await CountAsync(database, "state IN ('queued', 'sending')") == 0, seconds: 600);
            clock.Stop();
            if (kill < Kills)
                await server.KillAsync();
        }
        await ReconcileAsync(database, sink, $"seed {seed}");
        var unknown = await CountAsync(database, "state = 'unknown'");
        TestContext.Current.TestOutputHelper?.WriteLine($"{provider}: {People} recipients, {Kills} kills, {unknown} unknown, {People / clock.Elapsed.TotalSeconds:N0} messages a second over {clock.Elapsed.TotalSeconds:N0} s, waiting for what the killed had in hand included");
    }

    private static async Task ReconcileAsync(TestDatabase database, SmtpSink sink, string because)
    {
        var received = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in sink.Messages)
        {
            var text = await File.ReadAllTextAsync(file.FullName);
            var recipient = Regex.Match(text, "^X-Rcpt-Args: <(.+)>", RegexOptions.Multiline).Groups[1].Value;
            received[recipient] = received.GetValueOrDefault(recipient) + 1;
            // The row's id is in the message's, so the server's log names the row.
            Assert.Matches("Message-Id: <[0-9a-f]{32}@example.com>", text);
        }
        await using var opened = new Database(database.Provider, database.ConnectionString);
        await using var session = new DbSession(opened);
        var ledger = await session.ReadAsync(new SqlText("SELECT address, state FROM crm_mail"), r => (Address: r.GetString(0), State: r.GetString(1)), CancellationToken.None);
        Assert.Equal(People, ledger.Select(r => r.Address).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(People, ledger.Count);
        foreach (var (address, state) in ledger)
        {
            var count = received.GetValueOrDefault(address);
            Assert.True(state == "sent" ? count == 1 : state == "unknown" && count <= 1, $"{because}: {address} is {state} and was received {count} times");
        }
        Assert.Empty(received.Keys.Except(ledger.Select(r => r.Address), StringComparer.Ordinal));
    }

    private static async Task BeginAsync(Uri address, SmtpSink sink)
    {
        using var administrator = new TestBrowser(address, "en");
        Assert.Equal(HttpStatusCode.Redirect, (await administrator.SignInAsync(TestSite.AdminName, TestSite.AdminPassword)).StatusCode);
        await administrator.UseServerAsync(sink, connections: 10);
        var segment = await CreateAsync("segments", new() { ["name"] = "Everybody", ["type"] = "contacts" });
        var template = await CreateAsync("emailTemplates", new() { ["name"] = "Spring", ["subject"] = "春季优惠：{{ contact.name }}", ["html"] = "<p>您好，{{ contact.name }}</p><p><a href=\"https://example.com/offer\">查看优惠</a></p>" });
        var blast = await CreateAsync("emailBlasts", new() { ["name"] = "Everybody", ["segment"] = segment, ["template"] = template });
        using var sent = await administrator.SubmitAsync($"/emailBlasts/{blast}", [], $"form[action='/emailBlasts/{blast}/send']");
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);

        async Task<string> CreateAsync(string type, Dictionary<string, string> values)
        {
            using var answer = await administrator.SubmitAsync($"/{type}/new", values);
            Assert.True(answer.StatusCode == HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync());
            return answer.Headers.Location!.OriginalString.Split('/')[^1];
        }
    }

    private static async Task<long> CountAsync(TestDatabase database, string condition)
    {
        await using var opened = new Database(database.Provider, database.ConnectionString);
        await using var session = new DbSession(opened);
        return await session.CountAsync(new SqlText($"SELECT COUNT(*) FROM crm_mail WHERE {condition}"), CancellationToken.None);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
