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

        // Hundreds that were chosen one by one; one of them is gone, and one is so already.
        using (var started = await boss.ForceAsync("/customers/bulk", "/customers", [("bulkAction", "change"), ("bulkField", "level"), ("level", "d"), ("bulkStep", "start"), .. ids[..400].Select(id => ("ids", id.ToString("D")))]))
            done = await site.OverAsync(started.Batch());
        Assert.Equal((398L, 1L, 0L), (done.Changed, done.Same, done.LeftOut));
        // None of those chosen is there any more: that is none, not all.
        using (var started = await boss.ForceAsync("/customers/bulk", "/customers", [("bulkAction", "change"), ("bulkField", "level"), ("level", "c"), ("bulkStep", "start"), ("ids", deleted.ToString("D"))]))
        {
            var none = started.Batch();
            Assert.Equal((BulkStatus.Done, 0L), ((await site.OverAsync(none)).Status, (await site.OverAsync(await boss.PostAsync(none, "resume"))).Done));
        }
        // All that match a filter as long as there can be, and a quick search with it.
        done = await site.OverAsync(await boss.StartAsync("customers", "change", ("bulkField", "level"), ("level", "d"), ("filter", $"name ne '{new string('x', 3980)}'"), ("q", "Customer 0005")));
        Assert.Equal((100L, 0L, 0L), (done.Changed, done.Same, done.LeftOut));

        // Half done: the page and its script are told how far it is; paused it waits, and cancelled it stays as it is.
        batch = await site.CollectedAsync(await site.IdOfUserAsync("boss"), new Dictionary<string, string?> { ["field"] = "level", ["value"] = "b" });
        await using (var scope = await site.OpenScopeAsync())
        {
            var store = scope.Services.GetRequiredService<BulkStore>();
            scope.Log.BatchId = batch;
            await store.MoveAsync(batch, [BulkStatus.Paused], BulkStatus.Working, null, CancellationToken.None);
            Assert.True(await scope.Services.GetRequiredService<BulkStep>().RunAsync((await store.FindAsync(batch, CancellationToken.None))!, scope.Services.GetServices<IBulkAction>().Single(a => a.Name == "change"), 250, CancellationToken.None));
        }
        var page = await boss.PageAsync($"/bulk/{batch}");
        Assert.Equal(($"/bulk/{batch}/state", "250", "599"), (page.QuerySelector("[data-bulk-state]")!.GetAttribute("data-bulk-state"), page.QuerySelector("[data-bulk-done-count]")!.TextContent, page.QuerySelector("[data-bulk-total]")!.TextContent));
        Assert.Equal("42%", (await boss.PageAsync("/customers")).QuerySelector("[data-bulk-running] [data-bulk-share]")!.TextContent.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal((true, 250, 599, false), await StateAsync());
        Assert.Equal(batch, await boss.PostAsync(batch, "pause"));
        Assert.Equal((false, 250, 599, false), await StateAsync());
        page = await boss.PageAsync($"/bulk/{batch}");
        Assert.Equal("Paused", page.QuerySelector("main .pill")!.TextContent);
        Assert.Equal([$"/bulk/{batch}/resume", $"/bulk/{batch}/cancel"], page.QuerySelectorAll(".head-end form").Select(f => f.GetAttribute("action")));
        Assert.Null((await boss.PageAsync("/customers")).QuerySelector("[data-bulk-running]"));
        await boss.PostAsync(batch, "cancel");
        done = await site.OverAsync(await boss.PostAsync(batch, "resume"));
        Assert.Equal((BulkStatus.Cancelled, 250L), (done.Status, done.Done));
        Assert.Equal((false, 250, 599, true), await StateAsync());
        Assert.Equal("Canceled", (await boss.PageAsync($"/bulk/{batch}")).QuerySelector("main .pill")!.TextContent);
        Assert.Equal(250L, (await site.OverAsync(await boss.PostAsync(batch, "undo"))).Changed);

        async Task<(bool, int, int, bool)> StateAsync()
        {
            var state = System.Text.Json.Nodes.JsonNode.Parse(await boss.Client.GetStringAsync($"/bulk/{batch}/state"))!;
            return ((bool)state["running"]!, (int)state["done"]!, (int)state["total"]!, (bool)state["canUndo"]!);
        }
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
        // Somebody else goes on editing all the while, from both ends: ahead of the work and behind it, in the same field and in another.
        var (levels, employees) = (new HashSet<Guid>(), new HashSet<Guid>());
        var over = site.OverAsync(batch, 1800);
        var others = Task.Run(async () =>
        {
            for (var i = 0; i < Records / 2 && !over.IsCompleted; i++)
                foreach (var id in new[] { ids[^(i + 1)], ids[i] })
                {
                    await using var other = await site.OpenScopeAsync();
                    var isLevel = i % 2 == 0;
                    Assert.True((await other.SaveAsync("customers", id, null, isLevel ? ("level", "c") : ("employees", "4711"))).Succeeded);
                    (isLevel ? levels : employees).Add(id);
                }
        });
        var slowest = TimeSpan.Zero;
        while (!over.IsCompleted)
        {
            var one = System.Diagnostics.Stopwatch.StartNew();
            Assert.Equal(HttpStatusCode.OK, (await boss.GetAsync("/customers")).StatusCode);
            slowest = one.Elapsed > slowest ? one.Elapsed : slowest;
            await Task.WhenAny(over, Task.Delay(200));
        }
        Say($"changed in {watch.Elapsed.TotalSeconds:0.0} s, {Records / watch.Elapsed.TotalSeconds:0} rows/s; slowest list meanwhile {slowest.TotalMilliseconds:0} ms");
        await others;
        var left = (await site.LeftOutAsync(batch, Records)).Select(l => l.Id).ToHashSet();
        Say($"{levels.Count} + {employees.Count} edited meanwhile, {left.Count} of them before the work came to them");
        Assert.True(levels.Count > 30 && employees.Count > 30 && left.Count > 0 && left.Count < levels.Count, $"{levels.Count}, {employees.Count}, {left.Count}");
        Assert.Equal(((long)Records - left.Count, (long)left.Count), ((await over).Changed, (await over).LeftOut));
        Assert.Subset(levels, left);
        watch.Restart();
        var undo = await site.OverAsync(await boss.PostAsync(batch, "undo"), 1800);
        Say($"undone in {watch.Elapsed.TotalSeconds:0.0} s, {Records / watch.Elapsed.TotalSeconds:0} rows/s");
        // What they have set is theirs, whether the work came before or after; everything else is as it was.
        Assert.Equal(levels.Except(left).Order(), (await site.LeftOutAsync(undo.Id, Records)).Select(l => l.Id).Order());
        var after = await ExportAsync();
        Assert.Equal(before.Count, after.Count);
        foreach (var (id, was) in before)
            Assert.Equal(levels.Contains(id) ? was with { Level = "c" } : employees.Contains(id) ? was with { Employees = "4711" } : was, after[id]);
        watch.Restart();
        var deletion = await site.OverAsync(await boss.StartAsync("customers", "delete"), 1800);
        Say($"deleted in {watch.Elapsed.TotalSeconds:0.0} s, {Records / watch.Elapsed.TotalSeconds:0} rows/s");
        watch.Restart();
        var restored = await site.OverAsync(await boss.PostAsync(deletion.Id, "undo"), 1800);
        Say($"restored in {watch.Elapsed.TotalSeconds:0.0} s, {Records / watch.Elapsed.TotalSeconds:0} rows/s; {System.Diagnostics.Process.GetCurrentProcess().WorkingSet64 >> 20} MB");
        Assert.Equal((long)Records, restored.Changed);
        Assert.Equal(after, await ExportAsync());

        async Task<BulkStatus> StatusAsync(Guid id)
        {
            await using var scope = await site.OpenScopeAsync();
            return (await scope.Services.GetRequiredService<BulkStore>().FindAsync(id, CancellationToken.None))!.Status;
        }

        // When and by whom a record was last changed is no part of what was.
        async Task<Dictionary<Guid, ExportedCustomer>> ExportAsync()
        {
            var file = Path.Combine(site.DataDirectory, $"{Guid.NewGuid():N}.csv");
            var (code, _, error) = await site.RunAsync("export", "customers", file);
            Assert.True(code == 0, error);
            return Transfer.TransferSite.Read(file).ToDictionary(r => Guid.Parse(r["id"]), r => new ExportedCustomer(r["level"], r["employees"],
                string.Join('|', r.Where(c => c.Key is not ("level" or "employees") && !c.Key.StartsWith("modified", StringComparison.Ordinal)).Select(c => c.Value))));
        }

        void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine($"{provider}: {Records} records {text}");
    }

    private sealed record ExportedCustomer(string Level, string Employees, string Rest);
}
