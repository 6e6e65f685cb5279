using System.Globalization;
using System.Text;
using Crm.DataTransfer;
using Crm.DataTransfer.Export;
using Crm.DataTransfer.Import;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Hosting;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Transfer;

public sealed class RoundTripSqliteTests() : RoundTripTests(DatabaseProvider.Sqlite);

public sealed class RoundTripPostgresTests() : RoundTripTests(DatabaseProvider.Postgres);

/// <summary>Random records of all kinds of fields, out of one site, into an empty one, and out again.</summary>
public abstract class RoundTripTests(DatabaseProvider provider)
{
    /// <summary>More than one batch of an import, so that links lead to rows that come later.</summary>
    private const int Records = 600;

    private static readonly string[] Types = ["users", "teams", "things"];

    /// <summary>What spreadsheets, CSV, XML and look-ups take for something else.</summary>
    private static readonly string[] Odd =
    [
        "=1+1", "+86", "-5", "@me", "＝SUM(A1)", "'", "''=x", "'plain", "a,b;c", "\"quoted\"", "\"", ";", "a\\;b\\", "中文，逗号；分号", "表😀情", "ｗｉｄｅ", "e\u0301", "é", "_x000D_", "_x0041_B",
        "_x0041_", "null", "true", "1e5", "00123", "2026-01-01", "1/2", "zero\u200Bwidth", "x\u00A0y", "K7", "T00003", "things:K7", "&amp; & > <", "#REF!", "\uFFFD\uFFFF", "Twin", "Twin", "Twin",
    ];

    private readonly int _seed = int.TryParse(Environment.GetEnvironmentVariable("CRM_TEST_SEED"), out var seed) ? seed : Random.Shared.Next();
    private Random _random = null!;

    [Fact]
    public async Task Export_IntoAnEmptySiteAndOutAgain_IsIdentical()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"CRM_TEST_SEED={_seed}");
        _random = new Random(_seed);
        await using var source = await StartAsync();
        await FillAsync(source);
        var csv = await ExportAsync(source, isWorkbook: false);

        foreach (var isWorkbook in new[] { false, true })
        {
            var files = isWorkbook ? await ExportAsync(source, isWorkbook) : csv;
            await using var empty = await StartAsync();
            await ImportAsync(empty, files, dryRun: true, result => Assert.Equal((result.Created + result.Updated, 0L), (result.Created, result.Failed)), ["users", "teams"]);
            await ImportAsync(empty, files, dryRun: false, result => Assert.Equal((0L, 0L, 0L), (result.Updated, result.Unchanged, result.Failed)), Types);
            foreach (var (type, file) in await ExportAsync(empty, isWorkbook: false))
                Assert.Equal(Encoding.UTF8.GetString(csv[type]), Encoding.UTF8.GetString(file));
            await using var scope = empty.OpenAsSystem();
            var last = await scope.Log.LastSequenceAsync(CancellationToken.None);
            await ImportAsync(empty, files, dryRun: false, result => Assert.Equal((0L, 0L, 0L), (result.Created, result.Updated, result.Failed)), Types);
            Assert.Equal(last, await scope.Log.LastSequenceAsync(CancellationToken.None));
        }
    }

    [Fact]
    public async Task Import_GoneOnAfterAKill_LeavesWhatPeopleChangedMeanwhile()
    {
        await using var platform = await StartAsync();
        foreach (var key in new[] { null, "code" })
        {
            var import = Guid.CreateVersion7();
            Assert.Equal((2L, 0L), await RunAsync("name,code,notes\nA,a,as imported\nB,b,as imported\n"));
            await using (var scope = platform.OpenAsSystem())
            {
                var items = (await scope.Queries.ListAsync(new Query("companies") { Sort = ["name"] }, CancellationToken.None)).Items;
                await scope.SaveAsync("companies", items[0].Id, null, ("notes", "corrected"));
                // Its key leads nowhere any more.
                await scope.SaveAsync("companies", items[1].Id, null, ("code", "corrected"));
            }
            Assert.Equal((3L, 0L), await RunAsync("name,code,notes\nA,a,as imported\nB,b,as imported\nC,c,as imported\n"));
            await using var reading = platform.OpenAsSystem();
            var after = (await reading.Queries.ListAsync(new Query("companies") { Sort = ["name"] }, CancellationToken.None)).Items;
            Assert.Equal([("A", "a", "corrected"), ("B", "corrected", "as imported"), ("C", "c", "as imported")], after.Select(i => ((string?)i["name"], (string?)i["code"], (string?)i["notes"])));
            foreach (var item in after)
                Assert.True((await reading.Content.DeleteAsync("companies", item.Id, null, CancellationToken.None)).Succeeded);

            async Task<(long Created, long Failed)> RunAsync(string text)
            {
                await using var scope = platform.OpenAsSystem();
                using var file = new MemoryStream(Encoding.UTF8.GetBytes(text));
                var result = await scope.Services.GetRequiredService<RecordImport>().RunAsync(new ImportRequest("companies", file) { Id = import, Key = key }, problem => Assert.Fail(problem.ToString()), CancellationToken.None);
                return (result.Created, result.Failed);
            }
        }
    }

    private Task<TestPlatform> StartAsync() => TestPlatform.CreateAsync(provider, services =>
    {
        services.AddContentTypes<ThingTypes>();
        services.AddScoped<CellValues>().AddScoped<ImportMapper>().AddScoped<RecordImport>().AddScoped<RecordExport>();
    });

    private static async Task<Dictionary<string, byte[]>> ExportAsync(TestPlatform platform, bool isWorkbook)
    {
        await using var scope = platform.OpenAsSystem();
        var export = scope.Services.GetRequiredService<RecordExport>();
        var files = new Dictionary<string, byte[]>();
        foreach (var type in Types)
        {
            using var file = new MemoryStream();
            _ = isWorkbook ? await export.RunAsWorkbookAsync(type, null, file, CancellationToken.None) : await export.RunAsync(type, null, file, CancellationToken.None);
            files[type] = file.ToArray();
        }
        return files;
    }

    private async Task ImportAsync(TestPlatform platform, Dictionary<string, byte[]> files, bool dryRun, Action<ImportResult> check, string[] types)
    {
        foreach (var type in types)
        {
            await using var scope = platform.OpenAsSystem();
            using var file = new MemoryStream(files[type]);
            var problems = new List<string>();
            var result = await scope.Services.GetRequiredService<RecordImport>().RunAsync(new ImportRequest(type, file) { AsExported = true, DryRun = dryRun },
                problem => problems.Add($"row {problem.Row}: {problem.Message}"), CancellationToken.None);
            Assert.True(problems.Count == 0, $"seed {_seed}, {type}: {string.Join("; ", problems.Take(5))}");
            check(result);
        }
    }

    private async Task FillAsync(TestPlatform platform)
    {
        await using var scope = platform.OpenAsSystem();
        var missing = scope.Services.GetRequiredService<FieldKinds>().All.Where(k => k.IsTransferred && k.CanBeAdded).Select(k => k.Name).Except(scope.Definitions.Current.Get("things").Fields.Select(f => f.Kind));
        Assert.Empty(missing);
        var (users, teams) = (new List<Guid>(), new List<Guid>());
        foreach (var name in new[] { "Ann", "=Ann", "安", "Twin", "Twin" })
        {
            users.Add(await scope.CreateAsync("users", ("name", name)));
            teams.Add(await scope.CreateAsync("teams", ("name", name)));
        }
        var ids = Enumerable.Range(0, Records).Select(_ => Guid.CreateVersion7()).ToArray();
        _random.Shuffle(ids);
        foreach (var batch in ids.Chunk(200))
        {
            // Several people, and nobody: each stands in the stamps of some.
            scope.Services.GetRequiredService<ActorContext>().Current = Actor.System("test") with { UserId = _random.Next(4) == 0 ? null : Pick(users) };
            await SaveAsync(scope, [.. batch.Select(id => new ContentChange("things") { Id = id, IsNew = true, Texts = RandomTexts(id, users, teams) })]);
        }
        scope.Services.GetRequiredService<ActorContext>().Current = Actor.System("test") with { UserId = Pick(users) };
        await SaveAsync(scope, [.. ids.Where(_ => _random.Next(3) > 0).Select(id => new ContentChange("things")
        {
            Id = id,
            Texts = { ["notes"] = RandomText(), ["parent"] = Other(ids, id)?.ToString("D"), ["friends"] = string.Join("; ", Enumerable.Range(0, _random.Next(4)).Select(_ => Other(ids, id)).OfType<Guid>()), ["about"] = Pick([$"users/{Pick(users)}", $"teams/{Pick(teams)}", Other(ids, id) is { } thing ? $"things/{thing}" : null]) },
        })]);
        await scope.Content.DeleteAsync("things", await scope.CreateAsync("things", ("name", "In the recycle bin")), null, CancellationToken.None);
    }

    private async Task SaveAsync(TestScope scope, List<ContentChange> changes)
    {
        var results = await scope.Content.SaveManyAsync("things", changes, SaveOptions.Default, CancellationToken.None);
        var refused = results.FirstOrDefault(r => !r.Succeeded);
        Assert.True(refused is null, $"seed {_seed}: {string.Join("; ", refused?.Errors.Select(e => e.Message) ?? [])}");
    }

    private Dictionary<string, string?> RandomTexts(Guid id, List<Guid> users, List<Guid> teams) => new()
    {
        ["name"] = Pick(Odd),
        ["code"] = Maybe(() => _random.Next(40) == 0 ? null : $"K{id.ToString("N")[12..]}"),
        ["notes"] = Maybe(RandomText),
        ["count"] = Maybe(() => Number(0)),
        ["size"] = Maybe(() => Number(4)),
        ["price"] = Maybe(() => Number(2)),
        ["priceCurrency"] = Pick(["CNY", "USD", "JPY", null]),
        ["active"] = Maybe(() => Pick(["true", "false"])),
        ["day"] = Maybe(() => new DateOnly(1900, 1, 1).AddDays(_random.Next(90_000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        ["moment"] = Maybe(() => DateTime.UnixEpoch.AddMilliseconds(_random.NextInt64(4_000_000_000_000)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
        ["level"] = Maybe(() => Pick(["a;b", "c, d", "=e", "级"])),
        ["branch"] = Maybe(() => Pick(["retail", "=new", "新，选项", "two words", "-1"])),
        ["channels"] = Maybe(() => TextList.Join(Some(["a;b", "c, d", "=e", "级"]))),
        ["tags"] = Maybe(() => string.Join(";", Some(["=VIP", "-", "@home", "华东", "a b", "it's"]))),
        ["email"] = Maybe(() => "Ann.O'Hara+x@Example.com"),
        ["emails"] = Maybe(() => string.Join("; ", Some(["home: =ann@example.com", "b@例子.中国", "mobile: O'Hara@example.com"]))),
        ["phone"] = Maybe(() => Pick(["+8613812345678", "+1 206 555 0100 ext. 5", "+86 10 6277 1234"])),
        ["phones"] = Maybe(() => string.Join("; ", Some(["mobile: +86 138 1234 5678", "+1 206 555 0100 ext. 5", "家庭: +86 10 6277 1234"]))),
        ["website"] = Maybe(() => Pick(["https://example.com/a?b=1,2&c=\"%22;#x", "例子.中国/路径"])),
        ["place"] = Maybe(() => Pick(["=1 Road, \"Annex\"", "南京西路１２号；3楼", "-"])),
        ["placeCountry"] = Pick(["CN", "DE", null]),
        ["placeCity"] = Maybe(() => Pick(["上海市", "=Köln"])),
        ["placePostalCode"] = Maybe(() => "00123"),
        ["terms"] = Maybe(() => Pick(["=1+1", "<p>a &amp; b</p><ul><li>=c</li></ul>", "<h2>标题</h2><p>x<br>y <a href=\"https://example.com/?a=1&amp;b=2\">z</a></p>", "two\n\nparagraphs & \"more\"", RandomText()])),
        ["share"] = Maybe(() => $"{_random.Next(-50, 150)}.{_random.Next(10)}%"),
        ["stars"] = Maybe(() => $"{_random.Next(1, 6)}"),
        ["effort"] = Maybe(() => $"{_random.Next(2000)}h {_random.Next(60)}m"),
        ["data"] = Maybe(() => Pick(["{\"a\":[1,2.50,null,\"=x\\n\"],\"中\":\"文\"}", "-5", "\"=1+1\"", "123.450", "true", "[]"])),
        ["assignee"] = Maybe(() => Pick(users).ToString("D")),
        ["desk"] = Maybe(() => Pick(teams).ToString("D")),
        ["owner"] = Maybe(() => Pick(users).ToString("D")),
        ["team"] = Maybe(() => Pick(teams).ToString("D")),
    };

    private Guid? Other(Guid[] ids, Guid id) => Pick(ids) is var other && other != id ? other : null;

    private string RandomText() => string.Concat(Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Pick(Odd) + Pick(["", " ", "\n", "\r\n", "\n\n", "\t"])));

    private string Number(int decimals)
    {
        var whole = _random.NextInt64((long)Math.Pow(10, _random.Next(1, 15)));
        var number = whole + (decimals == 0 ? 0 : _random.Next(10_000) / 10_000m);
        return ((_random.Next(4) == 0 ? -1 : 1) * decimal.Round(number, decimals)).ToString(CultureInfo.InvariantCulture);
    }

    private T Pick<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];

    private IEnumerable<string> Some(IReadOnlyList<string> values) => values.Where(_ => _random.Next(2) == 0);

    private T? Maybe<T>(Func<T> value) => _random.Next(4) == 0 ? default : value();

    private sealed class ThingTypes : IContentTypeProvider
    {
        private static readonly PickListOption[] Options = [new("a;b", "A"), new("c, d", "C"), new("=e", "E"), new("级", "Level")];

        public IEnumerable<ContentTypeDefinition> Types =>
        [
            new()
            {
                Name = "things", Label = "Thing", PluralLabel = "Things", DisplayField = "name", DefaultSort = ["name"],
                Fields =
                [
                    Field.Text("name", "Name") with { Required = true },
                    Field.AutoNumber("number", "Number", "T{00000}"),
                    Field.Text("code", "Code") with { Unique = true },
                    Field.LongText("notes", "Notes"),
                    Field.Number("count", "Count"),
                    Field.Number("size", "Size", 4),
                    Field.Money("price", "Price"),
                    Field.YesNo("active", "Active"),
                    Field.Date("day", "Day"),
                    Field.DateTime("moment", "Moment"),
                    Field.PickList("level", "Level", Options),
                    Field.PickList("branch", "Branch", new PickListOption("retail", "Retail")) with { Open = true },
                    Field.MultiPickList("channels", "Channels", Options),
                    Field.Tags("tags", "Tags"),
                    Field.Email("email", "E-mail"),
                    Field.Emails("emails", "E-mails"),
                    Field.Phone("phone", "Phone"),
                    Field.Phones("phones", "Phones"),
                    Field.Url("website", "Web site"),
                    Field.Address("place", "Place"),
                    Field.RichText("terms", "Terms"),
                    Field.Percent("share", "Share", 1),
                    Field.Rating("stars", "Stars"),
                    Field.Duration("effort", "Effort"),
                    Field.Json("data", "Data"),
                    Field.LookUp("parent", "Parent", "things"),
                    Field.LookUps("friends", "Friends", "things"),
                    Field.Record("about", "About"),
                    Field.User("assignee", "Assignee"),
                    Field.Team("desk", "Desk"),
                ],
            },
        ];
    }
}
