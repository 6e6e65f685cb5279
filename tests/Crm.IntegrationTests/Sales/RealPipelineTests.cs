using System.Diagnostics;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Queries;

namespace Crm.IntegrationTests.Sales;

/// <summary>
/// Two years of a hardware seller's pipeline (public domain, by Maven Analytics), brought in by the commands of
/// docs/users/real-pipeline.md, and what is known about it.
/// </summary>
public sealed class RealPipelineTests(ITestOutputHelper output)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Sales", "Data");

    [Theory]
    [InlineData(DatabaseProvider.Sqlite, Traits = ["Category", "Nightly"])]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Import_OfTheRealPipeline_GivesTheKnownFigures(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        foreach (var command in Commands())
        {
            var clock = Stopwatch.StartNew();
            var (code, text, error) = await site.RunAsync(command);
            Assert.True(code == 0, $"{string.Join(' ', command)}: {error}");
            output.WriteLine($"{provider} {command[1]}: {text.Trim()} in {clock.Elapsed.TotalSeconds:F1} s");
        }

        await using var scope = await site.OpenScopeAsync();
        var stages = await SumsAsync(scope, "opportunities", "stage");
        Assert.Equal([("engaging", 1589, null), ("lost", 2473, 0m), ("prospecting", 500, null), ("won", 4238, 10_005_534m)],
            stages.Select(s => ((string)s.Keys[0]!, (long)s.Values[0]!, (decimal?)s.Values[1])).OrderBy(s => s.Item1, StringComparer.Ordinal));
        var people = await SumsAsync(scope, "deals", "owner");
        Assert.Equal(10_005_534m, people.Sum(p => (decimal)p.Values[1]!));
        Assert.Equal(4238, people.Sum(p => (long)p.Values[0]!));
        var best = people.MaxBy(p => (decimal)p.Values[1]!)!;
        Assert.Equal(("Darcel Schlecht", 1_153_214m), (best.KeyTexts[0], (decimal)best.Values[1]!));

        // Owners bring their offices' teams, dates are the original ones, and no product is there twice.
        var one = await scope.FindAsync("opportunities", "number", "1C1I7A6R");
        Assert.Equal(("Moses Frase", "Central", "GTX Plus Basic", "Cancity"), (one.DisplayOf("owner"), one.DisplayOf("team"), one.DisplayOf("product"), one.DisplayOf("customer")));
        Assert.Equal((new DateOnly(2016, 10, 20), new DateOnly(2017, 3, 1), new Money(1054, "USD")), (one.Get<DateOnly>("engageDate"), one.Get<DateOnly>("closeDate"), one.Get<Money>("amount")));
        Assert.Equal(1480, (await scope.Queries.CountAsync("opportunities", new CompareFilter("product.name", FilterOperator.Equal, "GTX Pro"), CancellationToken.None)).Count);
        Assert.Equal(1425, (await scope.Queries.CountAsync("opportunities", Filter.Eq("customer", null), CancellationToken.None)).Count);
        Assert.Equal(0, (await scope.Queries.CountAsync("customers", Filter.Eq("industry", "technolgy"), CancellationToken.None)).Count);

        await Reports.RealPipelineReports.CheckAsync(site);

        // Once more changes nothing: no deal is made twice.
        var (again, summary, _) = await site.RunAsync(Commands()[^1]);
        Assert.Equal(0, again);
        Assert.Contains("0 created, 0 updated, 8800 unchanged, 0 failed", summary, StringComparison.Ordinal);
        Assert.Equal(4238, (await scope.Queries.CountAsync("deals", null, CancellationToken.None)).Count);
    }

    /// <summary>The commands of the page for users, with the files where the test has them.</summary>
    private static List<string[]> Commands()
        => [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Sales", "real-pipeline.md"))
            .Select(l => l.Trim()).Where(l => l.StartsWith("import ", StringComparison.Ordinal))
            .Select(l => (string[])[.. Words(l).Select(w => w.EndsWith(".csv", StringComparison.Ordinal) ? Path.Combine(Folder, w) : w)])];

    private static IEnumerable<string> Words(string line)
        => System.Text.RegularExpressions.Regex.Matches(line, "\"([^\"]*)\"|(\\S+)").Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value);

    private static Task<IReadOnlyList<AggregateRow>> SumsAsync(TestScope scope, string type, string by)
        => scope.Queries.AggregateAsync(new AggregateQuery(type)
        {
            GroupBy = [new(by)],
            Aggregates = [new(AggregateFunction.Count), new(AggregateFunction.Sum, "amount")],
        }, CancellationToken.None);
}
