using System.Net;
using Crm.Contents.Bulk;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Bulk;

public sealed class BulkSqliteTests() : BulkTests(DatabaseProvider.Sqlite);

public sealed class BulkPostgresTests() : BulkTests(DatabaseProvider.Postgres);

/// <summary>Changes of many records: theirs are kept, rights hold record by record, and undo brings back exactly what was.</summary>
public abstract class BulkTests(DatabaseProvider provider)
{
    private static readonly Dictionary<string, string?> ToLevelA = new() { ["field"] = "level", ["value"] = "a" };

    [Fact]
    public async Task Change_WhileOthersEdit_KeepsTheirsAndUndoBringsBackWhatWas()
    {
        await using var site = await TestSite.StartAsync(provider);
        var ids = await site.CreateCustomersAsync(600);
        using var boss = await site.SignInAsNewAsync("boss", "Manager");
        var before = await site.TableAsync("customers");
        var batch = await site.CollectedAsync(await site.IdOfUserAsync("boss"), ToLevelA);
        var (same, elsewhere, deleted) = (ids[10], ids[20], ids[30]);
        await using (var other = await site.OpenScopeAsync())
        {
            Assert.True((await other.SaveAsync("customers", same, null, ("level", "c"))).Succeeded);
            Assert.True((await other.SaveAsync("customers", elsewhere, null, ("employees", "4711"))).Succeeded);
            Assert.True((await other.Content.DeleteAsync("customers", deleted, null, CancellationToken.None)).Succeeded);
        }

        await boss.PostAsync(batch, "resume");
        var done = await site.OverAsync(batch);

        Assert.Equal((BulkStatus.Done, 598L, 0L, 2L), (done.Status, done.Changed, done.Same, done.LeftOut));
        Assert.Equal(new[] { same, deleted }.Order(), (await site.LeftOutAsync(batch)).Select(l => l.Id).Order());
        Assert.Equal(3, (await (await boss.GetAsync($"/bulk/{batch}/left-out.csv")).Content.ReadAsStringAsync()).Trim().Split('\n').Length);
        Assert.Contains("Somebody changed Level in the meantime", (await boss.PageAsync($"/bulk/{batch}")).Body!.TextContent, StringComparison.Ordinal);
        using (var stranger = await site.SignInAsNewAsync("stranger", "Manager"))
            Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/bulk/{batch}")).StatusCode);

        var since = ids[40];
        await using (var other = await site.OpenScopeAsync())
        {
            Assert.Equal(598, (await other.Queries.CountAsync("customers", Platform.Queries.Filter.Eq("level", "a"), CancellationToken.None)).Count);
            Assert.Equal("c", (await other.Queries.GetAsync("customers", same, CancellationToken.None))!.Get<string>("level"));
            Assert.True((await other.SaveAsync("customers", since, null, ("level", "d"))).Succeeded);
        }

        var undo = await boss.PostAsync(batch, "undo");
        done = await site.OverAsync(undo);

        Assert.Equal((BulkStatus.Done, 597L, 1L), (done.Status, done.Changed, done.LeftOut));
        Assert.Equal(since, Assert.Single(await site.LeftOutAsync(undo)).Id);
        var after = await site.TableAsync("customers");
        var differing = before.Where(r => after[r.Key] != r.Value).Select(r => Guid.Parse(r.Key)).Order();
        Assert.Equal(new[] { same, elsewhere, deleted, since }.Order(), differing);
        Assert.Equal(batch, await boss.PostAsync(batch, "undo"));

        var again = await site.OverAsync(await boss.PostAsync(undo, "undo"));
        Assert.Equal((597L, 0L), (again.Changed, again.LeftOut));
    }

    [Fact]
    public async Task Delete_OfAllThatMatch_TouchesOnlyWhatRightsReachAndUndoRestores()
    {
        await using var site = await TestSite.StartAsync(provider);
        using var seller = await site.SignInAsNewAsync("seller", "Sales");
        var mine = await site.CreateCustomersAsync(40, await site.IdOfUserAsync("seller"), "Mine");
        var others = await site.CreateCustomersAsync(10, name: "Other");
        await using (var scope = await site.OpenScopeAsync())
            await scope.CreateAsync("contacts", ("name", "Ann"), ("customer", mine[0].ToString("D")));
        var (customers, contacts) = (await site.TableAsync("customers"), await site.TableAsync("contacts"));

        var batch = await seller.StartAsync("customers", "delete");
        var done = await site.OverAsync(batch);

        Assert.Equal((40L, 10L), (done.Changed, done.LeftOut));
        Assert.Equal(others.Order(), (await site.LeftOutAsync(batch)).Select(l => l.Id).Order());
        var after = await site.TableAsync("customers");
        Assert.All(others, id => Assert.Equal(customers[id.ToString("D")], after[id.ToString("D")]));

        done = await site.OverAsync(await seller.PostAsync(batch, "undo"));

        Assert.Equal((40L, 0L), (done.Changed, done.LeftOut));
        Assert.Equal(customers, await site.TableAsync("customers"));
        Assert.Equal(contacts, await site.TableAsync("contacts"));

        // Managers may delete the products, but one is in an opportunity.
        using var boss = await site.SignInAsNewAsync("boss", "Manager");
        Guid sold;
        await using (var scope = await site.OpenScopeAsync())
        {
            sold = await scope.CreateAsync("products", ("name", "Sold"));
            await scope.CreateAsync("products", ("name", "Unsold"));
            await scope.CreateAsync("opportunities", ("name", "A sale"), ("customer", mine[1].ToString("D")), ("product", sold.ToString("D")));
        }
        // What that does to others is said before it starts, of those that one may delete.
        Assert.Equal(["Contacts: “Customer” is emptied1", "Opportunities: “Customer” is emptied1"], await seller.EffectsAsync("customers"));
        Assert.Equal(["Opportunities: keep their “Product” from being deleted1"], await boss.EffectsAsync("products"));
        batch = await boss.StartAsync("products", "delete");
        done = await site.OverAsync(batch);
        Assert.Equal((1L, 1L), (done.Changed, done.LeftOut));
        Assert.Equal(sold, Assert.Single(await site.LeftOutAsync(batch)).Id);

        // Edit reaches a salesperson's own and team's records only; and whoever may no longer sign in changes nothing more.
        var change = await site.OverAsync(await seller.StartAsync("customers", "change", ("bulkField", "level"), ("level", "a")));
        Assert.Equal((40L, 10L), (change.Changed, change.LeftOut));
        var waiting = await site.CollectedAsync(await site.IdOfUserAsync("seller"), new Dictionary<string, string?> { ["field"] = "level", ["value"] = "c" });
        await using (var scope = await site.OpenScopeAsync())
            Assert.True((await scope.SaveAsync("users", await site.IdOfUserAsync("seller"), null, ("isActive", "false"))).Succeeded);
        await using (var scope = await site.OpenScopeAsync())
        {
            var store = (BulkStore)scope.Services.GetService(typeof(BulkStore))!;
            await store.MoveAsync(waiting, [BulkStatus.Paused], BulkStatus.Working, null, CancellationToken.None);
            var task = ((IEnumerable<Platform.Jobs.IBackgroundTask>)scope.Services.GetService(typeof(IEnumerable<Platform.Jobs.IBackgroundTask>))!).Single(t => t.Name == BulkTask.TaskName);
            await task.RunAsync(new Dictionary<string, string> { ["batch"] = waiting.ToString("D"), ["culture"] = "en" }, CancellationToken.None);
        }
        Assert.Equal((BulkStatus.Stopped, 0L), ((await site.OverAsync(waiting)).Status, (await site.OverAsync(waiting)).Done));
    }

    [Fact, Trait("Category", "Nightly")]
    public async Task Change_OfAHundredThousandWhileOthersEdit_KeepsTheirsAndUndoBringsBackTheSameExport()
    {
        const int Records = 100_000;
        await using var site = await TestSite.StartAsync(provider);
        var ids = await site.CreateCustomersAsync(Records);
        using var boss = await site.SignInAsNewAsync("boss", "Manager");
        var before = await ExportAsync();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var batch = await boss.StartAsync("customers", "change", ("bulkField", "level"), ("level", "a"));
        await Eventually.HoldsAsync(async () => (await StatusAsync(batch)) == BulkStatus.Working, 120, everyMilliseconds: 20);
        // Theirs are among the last that the work comes to: some in the same field, some in another.
        var theirs = ids[^60..^30].ToHashSet();
        await using (var other = await site.OpenScopeAsync())
            foreach (var id in ids[^60..])
                Assert.True((await other.SaveAsync("customers", id, null, theirs.Contains(id) ? ("level", "c") : ("employees", "4711"))).Succeeded);
        var slowest = TimeSpan.Zero;
        var over = site.OverAsync(batch, 600);
        while (!over.IsCompleted)
        {
            var one = System.Diagnostics.Stopwatch.StartNew();
            Assert.Equal(HttpStatusCode.OK, (await boss.GetAsync("/customers")).StatusCode);
            slowest = one.Elapsed > slowest ? one.Elapsed : slowest;
            await Task.WhenAny(over, Task.Delay(200));
        }
        Say($"changed in {watch.Elapsed.TotalSeconds:0.0} s, {Records / watch.Elapsed.TotalSeconds:0} rows/s; slowest list meanwhile {slowest.TotalMilliseconds:0} ms");
        Assert.Equal((Records - 30L, 30L), ((await over).Changed, (await over).LeftOut));
        Assert.Equal(theirs.Order(), (await site.LeftOutAsync(batch)).Select(l => l.Id).Order());
        watch.Restart();
        var undo = await site.OverAsync(await boss.PostAsync(batch, "undo"), 600);
        Say($"undone in {watch.Elapsed.TotalSeconds:0.0} s, {Records / watch.Elapsed.TotalSeconds:0} rows/s");
        Assert.Equal((Records - 30L, 0L), (undo.Changed, undo.LeftOut));
        await using (var other = await site.OpenScopeAsync())
        {
            foreach (var id in ids[^60..^30])
                Assert.Equal("c", (await other.Queries.GetAsync("customers", id, CancellationToken.None))!.Get<string>("level"));
            for (var i = Records - 60; i < Records; i++)
                Assert.True((await other.SaveAsync("customers", ids[i], null, ("level", "b"), ("employees", i.ToString(System.Globalization.CultureInfo.InvariantCulture)))).Succeeded);
        }
        Assert.Equal(before, await ExportAsync());
        watch.Restart();
        var deletion = await site.OverAsync(await boss.StartAsync("customers", "delete"), 900);
        Say($"deleted in {watch.Elapsed.TotalSeconds:0.0} s, {Records / watch.Elapsed.TotalSeconds:0} rows/s");
        watch.Restart();
        var restored = await site.OverAsync(await boss.PostAsync(deletion.Id, "undo"), 900);
        Say($"restored in {watch.Elapsed.TotalSeconds:0.0} s, {Records / watch.Elapsed.TotalSeconds:0} rows/s; {System.Diagnostics.Process.GetCurrentProcess().WorkingSet64 >> 20} MB");
        Assert.Equal((long)Records, restored.Changed);
        Assert.Equal(before, await ExportAsync());

        async Task<BulkStatus> StatusAsync(Guid id)
        {
            await using var scope = await site.OpenScopeAsync();
            return (await scope.Services.GetRequiredService<BulkStore>().FindAsync(id, CancellationToken.None))!.Status;
        }

        // When and by whom a record was last changed is no part of what was.
        async Task<List<string>> ExportAsync()
        {
            var file = Path.Combine(site.DataDirectory, $"{Guid.NewGuid():N}.csv");
            var (code, _, error) = await site.RunAsync("export", "customers", file);
            Assert.True(code == 0, error);
            return Transfer.TransferSite.Read(file).ConvertAll(r => string.Join('|', r.Where(c => !c.Key.StartsWith("modified", StringComparison.Ordinal)).Select(c => c.Value)));
        }

        void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine($"{provider}: {Records} records {text}");
    }
}
