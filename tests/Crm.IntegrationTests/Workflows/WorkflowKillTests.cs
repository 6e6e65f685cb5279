using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Workflows;

namespace Crm.IntegrationTests.Workflows;

public sealed class WorkflowKillSqliteTests() : WorkflowKillTests(DatabaseProvider.Sqlite);

[Trait("Category", "Nightly")]
public sealed class WorkflowKillPostgresTests() : WorkflowKillTests(DatabaseProvider.Postgres);

/// <summary>Killed between any two activities, a workflow goes on where it was: no task, mail or notification is missing or there twice.</summary>
public abstract class WorkflowKillTests(DatabaseProvider provider)
{
    private const int Activities = 5;

    [Fact]
    public Task Instances_KilledTwice_DoEverythingOnce() => RunAsync(records: 200, kills: 2);

    [Fact, Trait("Category", "Nightly")]
    public Task Instances_KilledManyTimes_DoEverythingOnce() => RunAsync(records: 1000, kills: 15);

    [Fact, Trait("Category", "Nightly")]
    public async Task Campaigns_KilledManyTimes_AreEachSentOnce()
    {
        const int Campaigns = 80, People = 3;
        await using var files = await TestFiles.SetUpAsync(provider);
        var database = files.Database;
        await files.ImportAsync("contacts", "name,email\n" + Lines(People, i => $"Reader {i},r{i}@example.com"));
        await files.ImportAsync("segments", "name,type\nReaders,contacts\n");
        await files.ImportAsync("emailTemplates", "name,subject,text\nOffer,Hello,Hello\n");
        var definition = Define.Line(Define.Trigger("created", ("type", "campaigns"), ("imports", "true")),
            Define.Step("a1", "sendBlast"), Define.Step("a2", "forMembers", ("members", "everybody")), Define.Step("a3", "createTask", ("title", "{{ record.campaign }}: {{ record.name }}")));
        await files.ImportAsync("workflows", $"name,isActive,definition\nKilled,true,\"{definition.Write().Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");
        await files.ImportAsync("campaigns", "name,segment,template\n" + Lines(Campaigns, i => $"Campaign {i},Readers,Offer"));
        await files.ImportAsync("campaignMembers", "campaign,contact\n" + string.Concat(Enumerable.Range(0, Campaigns).Select(c => Lines(People, i => $"Campaign {c},Reader {i}"))));

        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var interrupted = 0;
        for (var i = 0; i < 10; i++)
        {
            await using var server = await ProductProcess.ServeAsync(database, files.Directory, Address());
            await Task.Delay(random.Next(0, 800));
            await server.KillAsync();
            interrupted += await CountAsync(database, "SELECT COUNT(*) FROM crm_workflow_instances WHERE state = 'Done'") is > 0 and < Campaigns * (1 + People) ? 1 : 0;
            foreach (var effects in new[] { "email_blasts", "crm_mailings" })
                Assert.True(await CountAsync(database, $"SELECT COUNT(*) FROM {effects}") == await CountAsync(database, "SELECT COUNT(*) FROM crm_workflow_trace t JOIN crm_workflow_instances i ON i.id = t.instance AND i.record_type = 'campaigns' WHERE t.activity = 'a1'"), $"seed {seed}, kill {i}: {effects} and the trace disagree");
        }
        Assert.True(interrupted > 0, $"seed {seed}: everything was done before it was killed, or nothing.");
        await using (await ProductProcess.ServeAsync(database, files.Directory, Address()))
            await Eventually.HoldsAsync(async () => await CountAsync(database, "SELECT COUNT(*) FROM crm_workflow_instances WHERE state = 'Done'") == Campaigns * (1 + People)
                && await CountAsync(database, "SELECT COUNT(*) FROM crm_mail") == Campaigns * People, seconds: 120);
        Assert.True(await CountAsync(database, "SELECT COUNT(DISTINCT campaign) FROM email_blasts") == Campaigns, $"seed {seed}");
        Assert.True(await CountAsync(database, "SELECT COUNT(*) FROM email_blasts") == Campaigns, $"seed {seed}");
        Assert.True(await CountAsync(database, "SELECT COUNT(DISTINCT subject) FROM activities") == Campaigns * People, $"seed {seed}");
        Assert.True(await CountAsync(database, "SELECT COUNT(*) FROM activities") == Campaigns * People, $"seed {seed}");
    }

    private static string Lines(int count, Func<int, FormattableString> line) => string.Concat(Enumerable.Range(0, count).Select(i => FormattableString.Invariant(line(i)) + "\n"));

    private async Task RunAsync(int records, int kills)
    {
        await using var files = await TestFiles.SetUpAsync(provider);
        var database = files.Database;
        await files.ImportAsync("users", "userName,name,roles\ns1,S1,Service\ns2,S2,Service\ns3,S3,Service\ns4,S4,Service\n");
        var role = await ReadAsync(database, "SELECT id FROM roles WHERE name = 'Service'", (d, r) => (Guid)d.Read(r, 0, ColumnType.Uuid)!);
        var definition = Define.Line(Define.Trigger("created", ("type", "customers"), ("imports", "true")),
            Define.Step("a1", "assign", ("who", "role"), ("role", role.Single().ToString())),
            Define.Step("a2", "createTask", ("title", "Call {{ record.name }}"), ("who", "owner")),
            Define.Step("a3", "sendMail", ("who", "address"), ("address", "all@example.com"), ("subject", "{{ record.name }}"), ("text", "x")),
            Define.Step("a4", "notify", ("text", "{{ record.name }}"), ("who", "owner")),
            Define.Step("a5", "setField", ("field", "notes"), ("value", "done")));
        await files.ImportAsync("workflows", $"name,isActive,definition\nKilled,true,\"{definition.Write().Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");
        await files.ImportAsync("customers", "name\n" + string.Concat(Enumerable.Range(0, records).Select(i => $"Customer {i.ToString(CultureInfo.InvariantCulture)}\n")));

        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var interrupted = 0;
        for (var i = 0; i < kills; i++)
        {
            await using var server = await ProductProcess.ServeAsync(database, files.Directory, Address());
            // After a share of what is left, not of time: so it is interrupted on a fast machine and on a slow one.
            var before = await CountAsync(database, "SELECT COUNT(*) FROM crm_workflow_trace");
            var target = before + random.Next(1, Math.Max(2, (records * Activities - (int)before) / (kills - i + 1)));
            await Eventually.HoldsAsync(async () => await CountAsync(database, "SELECT COUNT(*) FROM crm_workflow_trace") is var now && (now >= target || now == records * Activities), seconds: 60, everyMilliseconds: 5);
            await server.KillAsync();
            interrupted += await CountAsync(database, "SELECT COUNT(*) FROM crm_workflow_instances WHERE state = 'Done'") < records ? 1 : 0;
            await CheckAsync(database, $"seed {seed}, kill {i}");
        }
        Assert.True(interrupted > 0, "Everything was done before it was killed: give it more records.");
        await using (await ProductProcess.ServeAsync(database, files.Directory, Address()))
            await Eventually.HoldsAsync(async () => await CountAsync(database, "SELECT COUNT(*) FROM crm_workflow_instances WHERE state = 'Done'") == records, seconds: 120);
        await CheckAsync(database, $"seed {seed}, at the end");
        var because = $"seed {seed}";
        Assert.True(await CountAsync(database, "SELECT COUNT(*) FROM activities WHERE subject LIKE 'Call %'") == records, because);
        Assert.True(await CountAsync(database, "SELECT COUNT(DISTINCT subject) FROM activities WHERE subject LIKE 'Call %'") == records, because);
        Assert.True(await CountAsync(database, "SELECT COUNT(DISTINCT subject) FROM crm_mail") == records, because);
        Assert.True(await CountAsync(database, "SELECT COUNT(*) FROM crm_mail") == records, because);
        Assert.True(await CountAsync(database, "SELECT COUNT(DISTINCT text) FROM crm_notifications WHERE text LIKE 'Customer %'") == records, because);
        Assert.True(await CountAsync(database, "SELECT COUNT(*) FROM crm_notifications WHERE text LIKE 'Customer %'") == records, because);
        Assert.True(await CountAsync(database, "SELECT COUNT(*) FROM customers WHERE notes = 'done'") == records, because);
        // In turn, and no turn was lost with a kill.
        Assert.All(await ReadAsync(database, "SELECT COUNT(*) FROM customers GROUP BY owner", (_, r) => r.GetInt64(0)), count => Assert.Equal(records / 4, count));
    }

    /// <summary>At any moment what is noted as done is done, and what is done is noted.</summary>
    private static async Task CheckAsync(TestDatabase database, string because)
    {
        foreach (var (id, effects) in new[] { ("a2", "SELECT COUNT(*) FROM activities WHERE subject LIKE 'Call %'"), ("a3", "SELECT COUNT(*) FROM crm_mail"), ("a4", "SELECT COUNT(*) FROM crm_notifications WHERE text LIKE 'Customer %'"), ("a5", "SELECT COUNT(*) FROM customers WHERE notes = 'done'") })
            Assert.True(await CountAsync(database, effects) == await CountAsync(database, $"SELECT COUNT(*) FROM crm_workflow_trace WHERE activity = '{id}'"), $"{because}: {id} and its trace disagree");
        Assert.True(await CountAsync(database, "SELECT COUNT(*) FROM (SELECT instance, activity FROM crm_workflow_trace GROUP BY instance, activity HAVING COUNT(*) > 1) d") == 0, $"{because}: an activity is there twice");
        Assert.True(await CountAsync(database, "SELECT COUNT(*) FROM crm_workflow_instances WHERE state = 'Failed'") == 0, $"{because}: one failed");
    }

    private static Uri Address()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}");
    }

    private static async Task<long> CountAsync(TestDatabase database, string sql)
    {
        await using var opened = new Database(database.Provider, database.ConnectionString);
        await using var session = new DbSession(opened);
        return await session.CountAsync(new SqlText(sql), CancellationToken.None);
    }

    private static async Task<List<T>> ReadAsync<T>(TestDatabase database, string sql, Func<Dialect, System.Data.Common.DbDataReader, T> row)
    {
        await using var opened = new Database(database.Provider, database.ConnectionString);
        await using var session = new DbSession(opened);
        return await session.ReadAsync(new SqlText(sql), r => row(session.Dialect, r), CancellationToken.None);
    }
}
