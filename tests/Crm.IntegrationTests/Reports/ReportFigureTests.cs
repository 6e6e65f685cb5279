using System.Globalization;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Reports.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Reports;

public sealed class ReportFigureSqliteTests() : ReportFigureTests(DatabaseProvider.Sqlite);

public sealed class ReportFigurePostgresTests() : ReportFigureTests(DatabaseProvider.Postgres);

/// <summary>Figures over random records equal those counted in memory, and every number's list has exactly its records.</summary>
public abstract class ReportFigureTests(DatabaseProvider provider) : IAsyncLifetime
{
    private const int Records = 150;

    /// <summary>Two changes of the clocks a year, and a day that begins twice or not at all.</summary>
    private static readonly string[] Zones = ["America/New_York", "America/Havana", "Asia/Shanghai", "Australia/Lord_Howe"];

    private readonly int _seed = int.TryParse(Environment.GetEnvironmentVariable("CRM_TEST_SEED"), out var seed) ? seed : Random.Shared.Next();
    private TestPlatform _platform = null!;
    private List<ContentItem> _all = null!;

    public async ValueTask InitializeAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"CRM_TEST_SEED={_seed}");
        var random = new Random(_seed);
        _platform = await TestPlatform.CreateAsync(provider, services => services.AddReportEngine());
        await using var scope = _platform.OpenAsSystem();
        var ids = new List<Guid>();
        string? Maybe(Func<string?> text) => random.Next(4) == 0 ? null : text();
        for (var i = 0; i < Records; i++)
            ids.Add(await scope.CreateAsync("companies",
                ("name", $"Company {i}"),
                ("employees", Maybe(() => random.Next(6).ToString(CultureInfo.InvariantCulture))),
                ("score", Maybe(() => (random.Next(-200, 200) / 100m).ToString(CultureInfo.InvariantCulture))),
                ("revenue", Maybe(() => $"{random.Next(1000)}.25 {(random.Next(3) == 0 ? "EUR" : "USD")}")),
                ("active", Maybe(() => random.Next(2) == 0 ? "true" : "false")),
                ("founded", Maybe(() => $"2025-{random.Next(1, 13):00}-{random.Next(1, 29):00}")),
                // Around the hours at which clocks are changed.
                ("contacted", Maybe(() => $"{(random.Next(2) == 0 ? "2025-03-09" : "2025-11-02")}T{random.Next(24):00}:{random.Next(60):00}:00Z")),
                ("tags", Maybe(() => string.Join("; ", Enumerable.Range(0, 14).Where(_ => random.Next(5) == 0).Select(t => $"Tag {t}")))),
                ("channels", Maybe(() => string.Join("; ", new[] { "web", "fair", "phone" }.Where(_ => random.Next(2) == 0)))),
                ("partners", Maybe(() => string.Join("; ", ids.Take(6).Where(_ => random.Next(3) == 0)))),
                ("level", Maybe(() => random.Next(3) switch { 0 => "a", 1 => "b", _ => "c" })),
                ("parent", Maybe(() => ids.Count == 0 ? null : ids[random.Next(Math.Min(8, ids.Count))].ToString()))));
        var items = new List<ContentItem>();
        await foreach (var item in scope.Queries.StreamAsync(new Query("companies"), CancellationToken.None))
            items.Add(item);
        _all = items;
    }

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public async Task Report_EveryGroupingMeasureAndZone_EqualsNaiveEvaluationAndItsLinks()
    {
        var random = new Random(_seed);
        foreach (var zone in Zones)
        {
            await using var scope = _platform.Open(Actor.System("test") with { TimeZone = TimeZoneInfo.FindSystemTimeZoneById(zone) });
            var report = scope.Services.GetServices<IReportType>().Single(r => r.Type is null);
            var (_, form) = scope.Inputs().Read(report, new() { Type = "companies" });
            Assert.Contains(form.Groups, g => g.Value == "contacted:month");
            Assert.Contains(form.Groups, g => g.Value == "parent.level");
            foreach (var by in form.Groups.Where(g => random.Next(3) == 0 || g.Value is "contacted:day" or "partners"))
            {
                var parameters = new ReportParameters
                {
                    Type = "companies",
                    By = by.Value,
                    Measure = form.Measures[random.Next(form.Measures.Count)].Value,
                    Filter = random.Next(2) == 0 ? "employees ge 2 or level eq 'a'" : null,
                };
                var (plan, table, _) = await scope.RunAsync(report, parameters);
                var because = $"seed {_seed}, {zone}, {parameters}";
                await scope.CheckLinksAsync(plan, table, because);
                // Nothing is left out, and nothing is counted twice but what is in several groups.
                var counts = plan.Figures.Count - 1;
                if (plan.Figures[counts] is Figure { Kind: FigureKind.Count })
                    Assert.True(Counted(table, counts, by.Value is "tags" or "channels" or "partners") == _all.Count(i => parameters.Filter is null || i["employees"] is decimal and >= 2 || (string?)i["level"] == "a"), because);
            }
        }
    }

    [Fact]
    public async Task Report_SideBySide_EqualsItsLinks()
    {
        var random = new Random(_seed);
        await using var scope = _platform.Open(Actor.System("test") with { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York") });
        var report = scope.Services.GetServices<IReportType>().Single(r => r.Type is null);
        var (_, form) = scope.Inputs().Read(report, new() { Type = "companies" });
        foreach (var (by, then) in new[] { ("contacted:day", "level"), ("founded:quarter", "active"), ("level", "parent"), ("parent", "founded:month"), ("channels", "tags"), ("partners", "level") })
        {
            var parameters = new ReportParameters { Type = "companies", By = by, Then = then, Measure = form.Measures[random.Next(form.Measures.Count)].Value };
            var (plan, table, _) = await scope.RunAsync(report, parameters);
            Assert.True(await scope.CheckLinksAsync(plan, table, $"seed {_seed}, {parameters}") > 0);
        }
    }

    [Fact]
    public async Task Report_InRange_CutsTheGroupsAtItsEdges()
    {
        await using var scope = _platform.OpenAsSystem();
        var report = scope.Services.GetServices<IReportType>().Single(r => r.Type is null);
        var parameters = new ReportParameters { Type = "companies", By = "founded:month", Date = "founded", Range = "custom", From = "2025-02-10", To = "2025-04-20" };
        var (plan, table, _) = await scope.RunAsync(report, parameters);
        await scope.CheckLinksAsync(plan, table, $"seed {_seed}");
        Assert.Equal(3, table.Rows.Count);
        Assert.Equal(_all.Count(i => i["founded"] is DateOnly day && day >= new DateOnly(2025, 2, 10) && day <= new DateOnly(2025, 4, 20)), (int)table.Total!.Cells[0].Value!);
    }

    [Fact]
    public async Task Report_MoreGroupsThanRows_AddsUpTheRest()
    {
        await using var scope = _platform.OpenAsSystem();
        var report = scope.Services.GetServices<IReportType>().Single(r => r.Type is null);
        // The names of 150 companies are 150 groups; ten are shown, and one row has the others.
        var input = scope.Inputs().Read(report, new() { Type = "companies" }).Input with { By = [new(SystemFields.Id)], Top = 10 };
        var plan = report.Plan(input);
        var all = await scope.Runner().RunAsync(plan, input, CancellationToken.None);
        Assert.Equal(11, all.Rows.Count);
        Assert.True(all.Rows[^1].IsRest);
        Assert.Equal(Records - 10, all.Rows[^1].Cells[0].Value);
        await scope.CheckLinksAsync(plan, all, $"seed {_seed}");

        // Of tags, fourteen and none, the row of the others has the records that have none of those shown.
        var byTags = input with { By = [new("tags")] };
        var tags = await scope.Runner().RunAsync(Medians(byTags), byTags, CancellationToken.None);
        Assert.True(tags.Rows[^1].IsRest);
        Assert.Equal(Records, tags.Total!.Cells[0].Value);
        await scope.CheckLinksAsync(Medians(byTags), tags, $"seed {_seed}");

        // More than can be read at once: the database adds up.
        var few = ActivatorUtilities.CreateInstance<ReportRunner>(scope.Services, new Groups(scope.Queries, scope.Definitions, scope.Services.GetRequiredService<FieldKinds>()) { Limit = 40 });
        var amount = new Figure("Revenue", plan.Figures.OfType<Figure>().First().From, FigureKind.Sum, FigureFormat.Money, "revenue");
        var cut = new ReportPlan { Figures = [amount, Figure.Count("Records", amount.From)], Chart = new(ChartKind.Bar, 0) };
        var table = await few.RunAsync(cut, input, CancellationToken.None);
        Assert.Equal(10, table.Rows.Count);
        Assert.NotEmpty(table.Notes);
        await scope.CheckLinksAsync(cut, table, $"seed {_seed}");
        Assert.Equal(Records, table.Total!.Cells[^1].Value);
        var largest = _all.Max(i => i["revenue"] is Money { Currency: "USD" } money ? money.Amount : 0);
        Assert.Contains(table.Rows, r => r.Cells.Any(c => c.Value == largest));
    }

    [Fact]
    public async Task Report_Medians_AreOfTheRecords_HoweverManyValuesThereAre()
    {
        await using var scope = _platform.OpenAsSystem();
        var report = scope.Services.GetServices<IReportType>().Single(r => r.Type is null);
        // Four levels, none among them, in two currencies: far fewer groups than the score has values.
        var few = ActivatorUtilities.CreateInstance<ReportRunner>(scope.Services, new Groups(scope.Queries, scope.Definitions, scope.Services.GetRequiredService<FieldKinds>()) { Limit = 20 });
        var byLevel = scope.Inputs().Read(report, new() { Type = "companies", By = "level" }).Input;
        var table = await few.RunAsync(Medians(byLevel), byLevel, CancellationToken.None);
        Assert.Equal(4, table.Rows.Count);
        Assert.True(await scope.CheckLinksAsync(Medians(byLevel), table, $"seed {_seed}") > 0);
        // The row of all other groups has a median of its own.
        var byParent = scope.Inputs().Read(report, new() { Type = "companies" }).Input with { By = [new("name")], Top = 10 };
        table = await scope.Runner().RunAsync(Medians(byParent), byParent, CancellationToken.None);
        Assert.True(table.Rows[^1].IsRest);
        await scope.CheckLinksAsync(Medians(byParent), table, $"seed {_seed}");
    }

    private static ReportPlan Medians(ReportInput input)
    {
        var all = input.Slice(null);
        return new()
        {
            Figures = [Figure.Count("Records", all), new Figure("Score", all, FigureKind.Median, Path: "score"), new Figure("Average", all, FigureKind.Average, Path: "score"), Figure.Money("Revenue", all, "revenue", FigureKind.Median)],
            Chart = new(ChartKind.Bar, 0),
        };
    }

    [Fact]
    public async Task Report_OfWhoSeesTheirOwn_CountsTheirOwn()
    {
        var me = Guid.CreateVersion7();
        await using (var scope = _platform.OpenAsSystem())
        {
            await scope.Content.SaveAsync(new ContentChange("users") { Id = me, IsNew = true, Texts = { ["name"] = "Me" } }, SaveOptions.Default, CancellationToken.None);
            foreach (var item in _all.Take(7))
                Assert.True((await scope.Content.SaveAsync(new ContentChange("companies") { Id = item.Id, Values = { ["owner"] = me } }, SaveOptions.Default, CancellationToken.None)).Succeeded);
        }
        await using var own = _platform.Open(TestActors.User(me, PermissionScope.Own));
        var report = own.Services.GetServices<IReportType>().Single(r => r.Type is null);
        var (_, table, _) = await own.RunAsync(report, new() { Type = "companies", By = "level" });
        Assert.Equal(7, table.Total!.Cells[0].Value);
        Assert.Equal(7, table.Rows.Sum(r => r.Cells[0].Value));
    }

    private static int Counted(ReportTable table, int figure, bool overlap)
    {
        var at = table.Columns.ToList().FindIndex(c => c.Figure == figure);
        var (sum, total) = (table.Rows.Sum(r => r.Cells[at].Value), table.Total!.Cells[at].Value);
        Assert.True(overlap ? sum > total : sum == total, $"{sum} in groups, {total} in all");
        return (int)total!;
    }
}
