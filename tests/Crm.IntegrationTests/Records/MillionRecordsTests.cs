using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Jobs;
using Crm.Platform.Queries;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Records;

[Trait("Category", "Nightly")]
public sealed class MillionRecordsSqliteTests() : MillionRecordsTests(DatabaseProvider.Sqlite);

[Trait("Category", "Nightly")]
public sealed class MillionRecordsPostgresTests() : MillionRecordsTests(DatabaseProvider.Postgres);

public abstract class MillionRecordsTests(DatabaseProvider provider)
{
    private static readonly int Records = int.Parse(Environment.GetEnvironmentVariable("CRM_TEST_RECORDS") ?? "1000000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task AddField_ToAMillion_IsThereAtOnceAndFilledWhileListsAnswer()
    {
        await using var platform = await TestPlatform.CreateAsync(provider);
        await Timed("seed", () => SeedAsync(platform));
        await using var scope = platform.OpenAsSystem();
        await Timed("add the field", async () => Assert.Null(await scope.Definitions.SaveFieldAsync("companies", "region",
            JsonNode.Parse("""{"kind":"text","label":{"en":"Region","zh-CN":"地区"}}""")!.AsObject(), CancellationToken.None)));
        Assert.Equal(QueryEngine.CountCap, (await scope.Queries.CountAsync("companies", Filter.Eq("region", null), CancellationToken.None)).Count);

        using var filled = new CancellationTokenSource();
        var slowest = TimeSpan.Zero;
        var lists = 0;
        var listing = Task.Run(async () =>
        {
            while (!filled.IsCancellationRequested)
            {
                await using var reader = platform.OpenAsSystem();
                var watch = Stopwatch.StartNew();
                var page = await reader.Queries.ListAsync(new Query("companies") { Columns = ["name", "region"], Sort = ["name"] }, CancellationToken.None);
                Assert.Equal(50, page.Items.Count);
                slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
                lists++;
                await Task.Delay(50);
            }
        });
        var task = scope.Services.GetServices<IBackgroundTask>().Single(t => t.Name == FillFieldTask.TaskName);
        await Timed("fill it", () => task.RunAsync(FillFieldTask.Data("companies", "region", "East"), CancellationToken.None));
        await filled.CancelAsync();
        await listing;
        TestContext.Current.TestOutputHelper?.WriteLine($"{lists} lists meanwhile, the slowest in {slowest.TotalMilliseconds:0} ms");

        // Each condition is frequent, both together are rare: the list's order would be followed far.
        foreach (var employees in new[] { 500, 5000 })
        {
            var rare = Filter.And([new CompareFilter("employees", FilterOperator.Less, employees + 1m), new CompareFilter("employees", FilterOperator.GreaterOrEqual, (decimal)employees)]);
            var found = (IReadOnlyList<ContentItem>)[];
            await Timed("find rare ones", async () => found = (await scope.Queries.ListAsync(new Query("companies") { Where = rare, Sort = ["-code"], Columns = ["code"] }, CancellationToken.None)).Items);
            Assert.Equal(Enumerable.Range(0, Records).Where(i => i % 5000 == employees).Select(i => $"K{i}").OrderDescending(StringComparer.Ordinal).Take(50), found.Select(i => (string)i["code"]!));
        }

        Assert.True(lists > 10);
        if (provider == DatabaseProvider.Postgres)
            await scope.Session.ExecuteAsync("ANALYZE companies", CancellationToken.None);
        // Figures beside a list are near enough, and cost no counting.
        foreach (var (where, share) in new (Filter?, double)[] { (null, 1), (Filter.Eq("level", "a"), 1), (new CompareFilter("employees", FilterOperator.Less, 1000m), 0.2), (Filter.And([Filter.Eq("region", "East"), new CompareFilter("employees", FilterOperator.GreaterOrEqual, 4000m)]), 0.2) })
        {
            var about = await scope.Queries.CountAsync("companies", where, CancellationToken.None, quick: true);
            Assert.True(about.IsEstimate, $"{where}: {about}");
            Assert.InRange(about.Count, Records * share * 0.8, Records * share * 1.2);
        }
        Assert.Equal(0, (await scope.Queries.CountAsync("companies", new CompareFilter("region", FilterOperator.NotEqual, "East"), CancellationToken.None)).Count);
        Assert.Equal(Records * 2L, await scope.Session.CountAsync(new SqlText("SELECT COUNT(*) FROM crm_change_log"), CancellationToken.None));
    }

    private static async Task SeedAsync(TestPlatform platform)
    {
        for (var start = 0; start < Records; start += 1000)
        {
            await using var scope = platform.OpenAsSystem();
            var changes = Enumerable.Range(start, 1000).Select(i => new ContentChange("companies")
            {
                Texts = { ["name"] = $"客户 {i}", ["code"] = $"K{i}", ["employees"] = (i % 5000).ToString(CultureInfo.InvariantCulture), ["level"] = "a" },
            }).ToList();
            var results = await scope.Content.SaveManyAsync("companies", changes, SaveOptions.Default, CancellationToken.None);
            Assert.All(results, r => Assert.Equal(SaveStatus.Created, r.Status));
        }
    }

    private async Task Timed(string what, Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        TestContext.Current.TestOutputHelper?.WriteLine($"{provider}: {what} took {watch.Elapsed.TotalSeconds:0.0} s");
    }
}
