using System.Globalization;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Queries;

public sealed class QueryPropertySqliteTests() : QueryPropertyTests(DatabaseProvider.Sqlite);

public sealed class QueryPropertyPostgresTests() : QueryPropertyTests(DatabaseProvider.Postgres);

/// <summary>Random filters, sorts and pages over random records equal a naive evaluation in memory.</summary>
public abstract class QueryPropertyTests(DatabaseProvider provider) : IAsyncLifetime
{
    private const int Records = 120;
    private const int Rounds = 300;
    private const int ChangingRounds = 6;

    private static readonly string?[] Names = ["华新贸易", "中国银行", "acme", "ACME", "Ácme", "Zoë", "straße", "x%y_z", "O'Brien", "a\\b", "ｗｉｄｅ", "表😀情", "北京 Ltd"];

    private static readonly string[] Words = ["VIP", "vip", "Ácme", "acme", "华东", "华 东", "50%", "a_b", "c\\d", "😀", "straße"];

    private readonly int _seed = int.TryParse(Environment.GetEnvironmentVariable("CRM_TEST_SEED"), out var seed) ? seed : Random.Shared.Next();
    private TestPlatform _platform = null!;
    private List<ContentItem> _all = null!;
    private Guid _team;
    private Guid[] _teams = [];
    private Guid[] _users = [];
    private int _made;
    private Random _random = null!;

    public async ValueTask InitializeAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"CRM_TEST_SEED={_seed}");
        _random = new Random(_seed);
        // The order of a page is followed to its end, or given up after a record or two for an index that begins elsewhere.
        _platform = await TestPlatform.CreateAsync(provider, _random.Next(2) == 0 ? null : services => services.AddSingleton(new QueryLimits { Few = 10, Many = _random.Next(2) == 0 ? 10 : 60_000, StepsInVain = 50, StepsTried = 50, TimeTried = TimeSpan.Zero }));
        await using var scope = _platform.OpenAsSystem();
        _team = await scope.CreateAsync("teams", ("name", "North"));
        _teams = [_team, await scope.CreateAsync("teams", ("name", "South"))];
        _users = [await scope.CreateAsync("users", ("name", "Ann")), await scope.CreateAsync("users", ("name", "Bob"))];
        var ids = new List<Guid>();
        for (var i = 0; i < Records; i++)
            ids.Add(await scope.CreateAsync("companies", RandomTexts(ids)));
        // Options that are none any more.
        await scope.Session.ExecuteAsync("UPDATE companies SET level = 'y' WHERE employees = 3", CancellationToken.None);
        await scope.Session.ExecuteAsync("UPDATE companies SET level = 'z' WHERE employees = 4", CancellationToken.None);
        var items = new List<ContentItem>();
        await foreach (var item in scope.Queries.StreamAsync(new Query("companies"), CancellationToken.None))
            items.Add(item);
        _all = items;
    }

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public async Task List_RandomFilterSortAndPage_EqualsNaiveEvaluation()
    {
        await using var scope = _platform.OpenAsSystem();
        await CompareAsync(scope, Rounds);
    }

    [Fact]
    public async Task List_WithinTheScopeOfATeam_EqualsNaiveEvaluation()
    {
        _all = [.. _all.Where(i => i.Team == _team)];
        await using var scope = _platform.Open(TestActors.User(Guid.CreateVersion7(), PermissionScope.Team, _team));
        await CompareAsync(scope, Rounds / 3);
    }

    [Theory]
    [InlineData(PermissionScope.Own)]
    [InlineData(PermissionScope.Team)]
    public async Task Reads_ThroughLookUpsWithinAScope_EqualNaiveEvaluation(PermissionScope reach)
    {
        await using var scope = _platform.OpenAsSystem();
        var users = new List<Guid> { await scope.CreateAsync("users", ("name", "Ann")), await scope.CreateAsync("users", ("name", "Bob")) };
        foreach (var company in _all)
            await scope.SaveAsync("companies", company.Id, null, ("owner", Maybe(() => users[_random.Next(2)].ToString())));
        for (var i = 0; i < Records; i++)
            await scope.CreateAsync("people", ("name", Pick(Names)), ("owner", Maybe(() => users[_random.Next(2)].ToString())), ("team", Maybe(() => _team.ToString())), ("company", Maybe(() => _all[_random.Next(_all.Count)].Id.ToString())));
        var reader = TestActors.User(users[0], reach, _team);
        var companies = (await AllAsync(scope, "companies")).Where(Sees).ToDictionary(i => i.Id);
        var people = (await AllAsync(scope, "people")).Where(Sees).ToList();

        await using var limited = _platform.Open(reader);
        Assert.Equal(new QueryCount(people.Count, false), await limited.Queries.CountAsync("people", null, CancellationToken.None, quick: true));
        var rows = await limited.Queries.ListAsync(new Query("people") { Columns = ["company", "company.name", "company.level", "company.employees"], Sort = ["company.employees", "company.name"], Take = 1000 }, CancellationToken.None);
        Assert.True(people.Select(p => p.Id).ToHashSet().SetEquals(rows.Items.Select(i => i.Id)), $"seed {_seed}");
        foreach (var row in rows.Items)
        {
            var company = Of(row);
            Assert.True(((string?)company?["name"], (string?)company?["level"], (decimal?)company?["employees"], company?.DisplayText)
                == ((string?)row["company.name"], (string?)row["company.level"], (decimal?)row["company.employees"], row.DisplayOf("company")), $"seed {_seed}: {row.DisplayText}");
        }
        var groups = await limited.Queries.AggregateAsync(new AggregateQuery("people") { GroupBy = [new("company.level")], Aggregates = [new(AggregateFunction.Count), new(AggregateFunction.Sum, "company.employees")] }, CancellationToken.None);
        Assert.Equal(people.GroupBy(p => (string?)Of(p)?["level"]).Select(g => (g.Key, Count: (long)g.Count(), Sum: g.Sum(p => (decimal?)Of(p)?["employees"] ?? 0))).OrderBy(g => g.Key, StringComparer.Ordinal),
            groups.Select(g => ((string?)g.Keys[0], (long)g.Values[0]!, g.Values[1] is { } sum ? Convert.ToDecimal(sum, CultureInfo.InvariantCulture) : 0)).OrderBy(g => g.Item1, StringComparer.Ordinal));
        foreach (var level in new[] { "a", "b", "c" })
            Assert.Equal(people.Count(p => (string?)Of(p)?["level"] == level), (await limited.Queries.CountAsync("people", Filter.Eq("company.level", level), CancellationToken.None)).Count);
        var set = limited.Definitions.Current;
        var any = FilterParser.Parse("people_company/any(p: p/name ge 'm')", set.Get("companies"), set);
        var matching = people.Where(p => Evaluate(new CompareFilter("name", FilterOperator.GreaterOrEqual, "m"), p)).Select(p => p.Get<Guid?>("company")).OfType<Guid>().Distinct().Count(companies.ContainsKey);
        Assert.Equal(matching, (await limited.Queries.CountAsync("companies", any, CancellationToken.None)).Count);

        bool Sees(ContentItem item) => item.Owner == users[0] || (reach == PermissionScope.Team && item.Team == _team);

        ContentItem? Of(ContentItem person) => person["company"] is Guid id ? companies.GetValueOrDefault(id) : null;

        static async Task<List<ContentItem>> AllAsync(TestScope scope, string type)
        {
            var items = new List<ContentItem>();
            await foreach (var item in scope.Queries.StreamAsync(new Query(type), CancellationToken.None))
                items.Add(item);
            return items;
        }
    }

    private async Task CompareAsync(TestScope scope, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            var filter = RandomFilter(3);
            var sort = RandomSort();
            var because = $"seed {_seed}, round {round}: {filter} sorted by {string.Join(",", sort)}";
            var expected = _all.Where(i => Evaluate(filter, i)).OrderBy(i => i, new NaiveOrder(sort, Value)).Select(i => i.Id).ToList();

            var query = new Query("companies") { Where = filter, Sort = sort, Columns = ["name"], Take = _random.Next(1, 40) };
            var (forwards, last) = await WalkAsync(scope, query);
            Assert.True(expected.SequenceEqual(forwards), because);
            Assert.True(expected.Count == (await scope.Queries.CountAsync("companies", filter, CancellationToken.None, quick: _random.Next(2) == 0)).Count, because);
            var skip = _random.Next(30);
            var page = await scope.Queries.ListAsync(query with { Skip = skip }, CancellationToken.None);
            Assert.True(expected.Skip(skip).Take(query.Take).SequenceEqual(page.Items.Select(i => i.Id)), because + " (skip)");
            if (last is not null)
            {
                var before = await scope.Queries.ListAsync(query with { After = last, Backwards = true, Take = 1000 }, CancellationToken.None);
                Assert.True(expected.Take(before.Items.Count).SequenceEqual(before.Items.Select(i => i.Id)), because + " (backwards)");
            }
        }
    }

    /// <summary>
    /// Between one page and the next, records come, go and change places on both sides, the cursor's own among them: each page
    /// goes on from where the last one ended, so that whoever stays where he is comes exactly once.
    /// </summary>
    [Fact]
    public async Task List_WhileRecordsChangeBetweenPages_GivesEachThatStaysOnce()
    {
        await using var scope = _platform.OpenAsSystem();
        for (var round = 0; round < ChangingRounds; round++)
        {
            var query = new Query("companies") { Where = _random.Next(2) == 0 ? null : RandomFilter(2), Sort = RandomSort(), Columns = [], Take = _random.Next(4, 40) };
            if (await WalkWhileChangingAsync(scope, query, null, round) is { } end)
                await WalkWhileChangingAsync(scope, query with { Backwards = true }, end, round);
        }
    }

    /// <returns>Where the last page begins; null when there was only one.</returns>
    private async Task<(string Cursor, object?[] Keys)?> WalkWhileChangingAsync(TestScope scope, Query query, (string Cursor, object?[] Keys)? from, int round)
    {
        var order = new NaiveOrder([.. query.Sort], Value);
        var because = $"seed {_seed}, round {round}: {query.Where} sorted by {string.Join(",", query.Sort)}, {(query.Backwards ? "backwards" : "forwards")} from {string.Join("|", from?.Keys ?? [])}";
        var places = Matching().ToDictionary(m => m.Id, m => m.Keys);
        var start = Beyond(Matching(), from?.Keys).Select(m => m.Id).ToList();
        var seen = new List<Guid>();
        (string, object?[])? begin = null;
        for (var place = from; ;)
        {
            var page = await scope.Queries.ListAsync(query with { After = place?.Cursor }, CancellationToken.None);
            var rest = Beyond(Matching(), place?.Keys);
            var expected = query.Backwards ? rest.TakeLast(query.Take) : rest.Take(query.Take);
            Assert.True(expected.Select(m => m.Id).SequenceEqual(page.Items.Select(i => i.Id)), because);
            var cursor = query.Backwards ? page.Previous : page.Next;
            Assert.True(rest.Count > page.Items.Count == cursor is not null, because);
            seen.InsertRange(query.Backwards ? 0 : seen.Count, page.Items.Select(i => i.Id));
            if (page.Previous is { } previous)
                begin = (previous, rest.First(m => m.Id == page.Items[0].Id).Keys);
            if (cursor is null)
                break;
            var edge = (query.Backwards ? page.Items[0] : page.Items[^1]).Id;
            place = (cursor, rest.First(m => m.Id == edge).Keys);
            for (var change = _random.Next(1, 4); change > 0; change--)
                await ChangeAsync(scope, _random.Next(2) == 0 ? edge : Pick([.. _all.Select(i => i.Id)]));
            var now = Matching().ToDictionary(m => m.Id, m => m.Keys);
            foreach (var id in places.Where(p => !now.TryGetValue(p.Key, out var keys) || order.Compare(keys, p.Value) != 0).Select(p => p.Key).ToList())
                places.Remove(id);
        }
        Assert.True(start.Where(places.ContainsKey).SequenceEqual(seen.Where(places.ContainsKey)), because);
        return begin;

        List<(Guid Id, object?[] Keys)> Matching() => [.. _all.Where(i => query.Where is null || Evaluate(query.Where, i)).Select(i => (i.Id, Keys: order.KeysOf(i))).OrderBy(m => m.Keys, Comparer<object?[]>.Create(order.Compare))];

        List<(Guid Id, object?[] Keys)> Beyond(List<(Guid Id, object?[] Keys)> all, object?[]? place)
            => place is null ? all : [.. all.Where(m => order.Compare(m.Keys, place) is var side && (query.Backwards ? side < 0 : side > 0))];
    }

    /// <summary>One record more, one fewer, or this one with some other values.</summary>
    private async Task ChangeAsync(TestScope scope, Guid id)
    {
        List<Guid> others = [.. _all.Select(i => i.Id).Where(other => other != id)];
        // It may have gone a moment ago.
        if (others.Count == _all.Count)
            return;
        switch (_random.Next(4))
        {
            case 0:
                id = await scope.CreateAsync("companies", RandomTexts(others));
                break;
            case 1 when _all.All(i => !Equals(i["parent"], id) && !LinkedRecords.IdsOf(i["partners"]).Contains(id)):
                Assert.True((await scope.Content.DeleteAsync("companies", id, null, CancellationToken.None)).Succeeded);
                break;
            default:
                var texts = RandomTexts(others);
                _random.Shuffle(texts);
                var saved = await scope.SaveAsync("companies", id, null, texts[..8]);
                Assert.True(saved.Succeeded, string.Join("; ", saved.Errors.Select(e => e.Message)));
                break;
        }
        _all = [.. _all.Where(i => i.Id != id)];
        if (await scope.Queries.GetAsync("companies", id, CancellationToken.None) is { } item)
            _all.Add(item);
    }

    [Fact]
    public async Task Aggregate_ByFieldAndMonth_EqualsNaiveEvaluation()
    {
        await using var scope = _platform.OpenAsSystem();
        var byLevel = await scope.Queries.AggregateAsync(new AggregateQuery("companies")
        {
            GroupBy = [new("level")],
            Aggregates = [new(AggregateFunction.Count), new(AggregateFunction.Sum, "score"), new(AggregateFunction.Average, "employees"), new(AggregateFunction.Max, "founded"), new(AggregateFunction.CountDistinct, "employees"), new(AggregateFunction.Sum, "revenue"),
                new(AggregateFunction.Median, "score"), new(AggregateFunction.Median, "employees"), new(AggregateFunction.Median, "revenue")],
        }, CancellationToken.None);
        foreach (var group in _all.GroupBy(i => (string?)i["level"]))
        {
            var row = Assert.Single(byLevel, r => (string?)r.Keys[0] == group.Key);
            Assert.Equal((long)group.Count(), row.Values[0]);
            Assert.Equal(group.Sum(i => i["score"] as decimal?), row.Values[1] as decimal? ?? 0m);
            Assert.Equal(group.Average(i => i["employees"] as decimal?), row.Values[2] as decimal?);
            Assert.Equal(group.Max(i => i["founded"] as DateOnly?), row.Values[3] as DateOnly?);
            Assert.Equal((long)group.Select(i => i["employees"]).Where(v => v is not null).Distinct().Count(), row.Values[4]);
            Assert.Equal(group.Sum(i => (i["revenue"] as Money?)?.Amount), row.Values[5] as decimal? ?? 0m);
            Assert.Equal(Median(group.Select(i => i["score"] as decimal?)), row.Values[6] as decimal?);
            Assert.Equal(Median(group.Select(i => i["employees"] as decimal?)), row.Values[7] as decimal?);
            Assert.Equal(Median(group.Select(i => (i["revenue"] as Money?)?.Amount)), row.Values[8] as decimal?);
        }
        foreach (var bucket in Enum.GetValues<DateBucket>())
        {
            var rows = await scope.Queries.AggregateAsync(new AggregateQuery("companies") { GroupBy = [new("contacted", bucket)], Aggregates = [new(AggregateFunction.Count)] }, CancellationToken.None);
            var expected = _all.GroupBy(i => i["contacted"] is DateTime at ? Start(DateOnly.FromDateTime(at), bucket) : (DateOnly?)null).ToDictionary(g => (object?)g.Key ?? "none", g => (long)g.Count());
            Assert.Equal(expected.OrderBy(e => e.Key.ToString(), StringComparer.Ordinal), rows.ToDictionary(r => r.Keys[0] ?? "none", r => (long)r.Values[0]!).OrderBy(e => e.Key.ToString(), StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Aggregate_BySeveralValues_CountsARecordInEachOfItsGroups()
    {
        await using var scope = _platform.OpenAsSystem();
        foreach (var path in new[] { "channels", "tags", "partners" })
        {
            var rows = await scope.Queries.AggregateAsync(new AggregateQuery("companies") { GroupBy = [new(path)], Aggregates = [new(AggregateFunction.Count), new(AggregateFunction.Sum, "score")] }, CancellationToken.None);
            var expected = _all.SelectMany(i => Keys(i, path).DefaultIfEmpty(null), (i, k) => (Item: i, Key: k)).GroupBy(p => p.Key, p => p.Item).ToList();
            Assert.Equal(expected.Count, rows.Count);
            foreach (var group in expected)
            {
                var row = Assert.Single(rows, r => Equals(r.Keys[0], group.Key));
                Assert.Equal((long)group.Count(), row.Values[0]);
                Assert.Equal(group.Sum(i => i["score"] as decimal?), row.Values[1] as decimal? ?? 0m);
                if (path == "tags" && group.Key is not null)
                    Assert.Equal(group.Key, FieldKind.Fold(row.KeyTexts[0]!));
                if (path == "partners")
                    Assert.Equal(_all.Find(i => Equals(i.Id, group.Key))?.DisplayText, row.KeyTexts[0]);
            }
        }
    }

    private static decimal? Median(IEnumerable<decimal?> values)
    {
        var sorted = values.OfType<decimal>().Order().ToList();
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static DateOnly Start(DateOnly day, DateBucket bucket) => bucket switch
    {
        DateBucket.Day => day,
        DateBucket.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        DateBucket.Month => new(day.Year, day.Month, 1),
        DateBucket.Quarter => new(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1),
        _ => new(day.Year, 1, 1),
    };

    private static async Task<(List<Guid> Ids, string? LastCursor)> WalkAsync(TestScope scope, Query query)
    {
        var ids = new List<Guid>();
        string? lastCursor = null;
        for (string? after = null; ;)
        {
            var page = await scope.Queries.ListAsync(query with { After = after }, CancellationToken.None);
            ids.AddRange(page.Items.Select(i => i.Id));
            if (page.Previous is not null)
                lastCursor = page.Previous;
            if ((after = page.Next) is null)
                return (ids, lastCursor);
        }
    }

    /// <summary>Something of everything; the code is nobody else's.</summary>
    /// <param name="others">Records that it may lead to.</param>
    private (string Field, string? Text)[] RandomTexts(List<Guid> others)
    {
        _made++;
        return
        [
            ("name", Pick(Names) + (_random.Next(3) == 0 ? _made.ToString(CultureInfo.InvariantCulture) : "")),
            ("code", Maybe(() => $"K{_made}")),
            ("employees", Maybe(() => _random.Next(5).ToString(CultureInfo.InvariantCulture))),
            ("score", Maybe(() => (_random.Next(-200, 200) / 100m).ToString(CultureInfo.InvariantCulture))),
            ("revenue", Maybe(() => $"{_random.Next(4)}.5 CNY")),
            ("active", Maybe(() => Pick(["true", "false"]))),
            ("founded", Maybe(() => $"20{_random.Next(10, 14)}-0{_random.Next(1, 4)}-11")),
            ("contacted", Maybe(() => $"2026-01-0{_random.Next(1, 9)}T0{_random.Next(0, 9)}:30:00Z")),
            ("level", Maybe(() => Pick(["a", "b", "c"]))),
            ("notes", Maybe(() => Pick(Names))),
            ("channels", Maybe(() => string.Join("; ", Some(["web", "fair", "phone"])))),
            ("tags", Maybe(() => string.Join("; ", Some(Words)))),
            ("team", Maybe(() => Pick(_teams).ToString())),
            ("emails", Maybe(() => string.Join("; ", Some(["home: Ann@Example.com", "ÁNN@example.com", "b@例子.中国"])))),
            ("phones", Maybe(() => string.Join("; ", Some(["+86 138 0013 8000", "mobile: +86 10 6552 9988"])))),
            ("partners", Maybe(() => string.Join("; ", Some([.. others.Take(4).Select(p => p.ToString())])))),
            ("discount", Maybe(() => $"{_random.Next(5)}.5%")),
            ("rating", Maybe(() => $"{_random.Next(1, 6)}")),
            ("effort", Maybe(() => $"{_random.Next(3)}h {_random.Next(3)}m")),
            ("terms", Maybe(() => $"<p>{System.Net.WebUtility.HtmlEncode(Pick(Names))}</p><ul><li>b</li></ul>")),
            ("email", Maybe(() => Pick(["Ann@Example.com", "ann@example.com", "b@例子.中国"]))),
            ("phone", Maybe(() => Pick(["+86 138 0013 8000", "+86 10 6552 9988"]))),
            ("website", Maybe(() => Pick(["a.example/Path", "https://例子.中国", "http://a.example/path"]))),
            ("data", Maybe(() => Pick(["{\"a\":\"中\"}", "{\"A\":[1,2.50]}", "\"50%\""]))),
            ("desk", Maybe(() => Pick(_teams).ToString())),
            ("owner", Maybe(() => Pick(_users).ToString())),
            ("about", Maybe(() => $"teams/{Pick(_teams)}")),
            ("billing", Maybe(() => Pick(Names))), ("billingCity", Maybe(() => Pick(["上海市", "Berlin", "berlin"]))),
            ("parent", Maybe(() => others.Count == 0 ? null : others[_random.Next(others.Count)].ToString())),
        ];
    }

    private Filter RandomFilter(int depth)
    {
        switch (depth == 0 ? 9 : _random.Next(10))
        {
            case 0 or 1:
                return new AndFilter([.. Enumerable.Range(0, _random.Next(3)).Select(_ => RandomFilter(depth - 1))]);
            case 2 or 3:
                return new OrFilter([.. Enumerable.Range(0, _random.Next(3)).Select(_ => RandomFilter(depth - 1))]);
            case 4:
                return new NotFilter(RandomFilter(depth - 1));
            case 5:
                return new InFilter("level", Pick<object?[]>([["a"], ["a", null], [], [null], ["b", "c"]]));
            case 6:
                return new QuickSearchFilter(Pick(["acme", "中国", "国", "%", "K1", "1", "x%y_", "o'b", "", "b l"])!);
            default:
                var ordered = Pick([FilterOperator.Equal, FilterOperator.NotEqual, FilterOperator.Greater, FilterOperator.GreaterOrEqual, FilterOperator.Less, FilterOperator.LessOrEqual]);
                var equality = Pick([FilterOperator.Equal, FilterOperator.NotEqual]);
                return Pick<Func<Filter>>(
                [
                    () => new CompareFilter("name", Pick([FilterOperator.Contains, FilterOperator.StartsWith, FilterOperator.EndsWith]), Pick(["a", "中", "ACME", "e", "%", "_", "\\", "Z", "", "ß", "wide"])),
                    () => new CompareFilter("name", ordered, Pick(Names)),
                    () => new CompareFilter("code", equality, Pick(["K1", "k2", null])),
                    () => new CompareFilter("employees", ordered, (decimal)_random.Next(5)),
                    () => new CompareFilter("score", ordered, _random.Next(-200, 200) / 100m),
                    () => new CompareFilter("revenue", ordered, _random.Next(4) + 0.5m),
                    () => new CompareFilter("active", equality, Pick<object?>([true, false, null])),
                    () => new CompareFilter("founded", ordered, new DateOnly(2010 + _random.Next(5), 2, 11)),
                    () => new CompareFilter("contacted", ordered, new DateTime(2026, 1, _random.Next(1, 9), 4, 30, 0, DateTimeKind.Utc)),
                    () => new CompareFilter("level", equality, Pick(["a", "b", null])),
                    () => new CompareFilter("notes", FilterOperator.Contains, Pick(["中", "me", "O'", "Á", "ácME", "ＷＩＤＥ"])),
                    () => new CompareFilter("channels", equality, Pick(["web", "fair", null])),
                    () => new InFilter("channels", Pick<object?[]>([["web", "phone"], ["fair", null], [], [null]])),
                    () => new CompareFilter("tags", equality, Pick(["VIP", "acme", "华东", "none", null])),
                    () => new CompareFilter("tags", Pick([FilterOperator.Contains, FilterOperator.StartsWith, FilterOperator.EndsWith]), Pick(["vi", "华", "%", "_", "\\", "ME", "ß", ""])),
                    () => new InFilter("tags", Pick<object?[]>([["ÁCME", "😀"], ["vip", null]])),
                    () => new CompareFilter("emails", equality, Pick(["ann@example.com", "B@例子.中国", null])),
                    () => new CompareFilter("emails", FilterOperator.EndsWith, "@Example.com"),
                    () => new CompareFilter("phones", equality, Pick(["+8613800138000", null])),
                    () => new CompareFilter("phones", FilterOperator.Contains, Pick(["0013", "6552"])),
                    () => new CompareFilter("partners", equality, Pick<object?>([SomePartner(), SomePartner().ToString(), null])),
                    () => new InFilter("partners", Pick<object?[]>([[SomePartner(), SomePartner()], [SomePartner(), null]])),
                    () => new HasFilter("companies", "partners", _random.Next(2) == 0 ? null : new CompareFilter("level", FilterOperator.Equal, "a")),
                    () => new CompareFilter("email", equality, Pick(["ANN@example.com", "b@例子.中国", null])),
                    () => new CompareFilter("email", FilterOperator.Contains, Pick(["@Example", "ann", "%"])),
                    () => new CompareFilter("phone", equality, Pick(["+8613800138000", null])),
                    () => new CompareFilter("phone", FilterOperator.Contains, Pick(["0013", "6552"])),
                    () => new CompareFilter("website", Pick([FilterOperator.Equal, FilterOperator.NotEqual, FilterOperator.StartsWith, FilterOperator.Less]), Pick(["http://a.example/PATH", "https://a.example/path", "https://例子"])),
                    () => new CompareFilter("data", FilterOperator.Contains, Pick(["中", "\"A\"", "2.50", "50%", "{"])),
                    () => new CompareFilter("data", equality, Pick(["{\"a\":\"中\"}", "{\"a\":[1,2.50]}", null])),
                    () => new CompareFilter("desk", equality, Pick<object?>([_team, _teams[1], null])),
                    () => new CompareFilter("owner", equality, Pick<object?>([_users[0], _users[1], null])),
                    () => new CompareFilter("about", equality, Pick<object?>([new RecordLink("teams", _team), new RecordLink("teams", _teams[1]), null])),
                    () => new CompareFilter("discount", ordered, _random.Next(5) + 0.5m),
                    () => new CompareFilter("rating", ordered, (decimal)_random.Next(1, 6)),
                    () => new CompareFilter("effort", ordered, Pick<object>(["1h", "1:01", 2m])),
                    () => new CompareFilter("terms", FilterOperator.Contains, Pick(["acme", "<", "x%y", "中国", "p>"])),
                    () => new CompareFilter("billing", FilterOperator.Contains, Pick(["ACME", "berlin", "上海市", "a\\"])),
                    () => new CompareFilter("billing", equality, null),
                    () => new CompareFilter("billingCity", equality, Pick(["Berlin", "上海市", null])),
                    () => new CompareFilter("parent.tags", FilterOperator.Equal, "vip"),
                    () => new CompareFilter("parent", equality, Pick<object?>([_all[_random.Next(_all.Count)].Id, null])),
                    () => new CompareFilter("parent.name", FilterOperator.Contains, Pick(["a", "中"])),
                    () => new HasFilter("companies", "parent", _random.Next(2) == 0 ? null : new CompareFilter("level", FilterOperator.Equal, "a")),
                ])();
        }
    }

    private string[] RandomSort()
        => [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Pick(["name", "employees", "score", "revenue", "active", "founded", "contacted", "level", "code", "discount", "rating", "effort", "parent.name", "parent.displayText", "parent.rating", "parent.level", "id"])).Distinct().Select(f => (_random.Next(2) == 0 ? "-" : "") + f)];

    private bool Evaluate(Filter filter, ContentItem item) => filter switch
    {
        AndFilter and => and.Filters.All(f => Evaluate(f, item)),
        OrFilter or => or.Filters.Any(f => Evaluate(f, item)),
        NotFilter not => !Evaluate(not.Inner, item),
        InFilter { Path: "channels" or "tags" or "partners" } list => list.Values.Any(v => v is null ? item[list.Path] is null : Keys(item, list.Path).Contains(list.Path == "tags" ? Key(v) : v)),
        InFilter list => list.Values.Any(v => Equals(v, item[list.Path])),
        QuickSearchFilter search => new[] { "name", "code" }.Any(f => Key(item[f]) is string key && key.Contains(FieldKind.Fold(search.Text), StringComparison.Ordinal)),
        HasFilter has => _all.Any(i => LinkedRecords.IdsOf(i[has.LookUp]).Contains(item.Id) && (has.Where is null || Evaluate(has.Where, i))),
        CompareFilter { Path: "parent.name" or "parent.tags" } path => Parent(item) is { } parent && Evaluate(path with { Path = path.Path[7..] }, parent),
        CompareFilter { Path: "partners", Value: string id } partner => Evaluate(partner with { Value = Guid.Parse(id) }, item),
        CompareFilter { Path: "channels" or "tags" or "emails" or "phones" or "partners", Value: not null } has => Keys(item, has.Path).Any(k => Compare(has with { Operator = has.Operator == FilterOperator.NotEqual ? FilterOperator.Equal : has.Operator }, k)) != (has.Operator == FilterOperator.NotEqual),
        CompareFilter { Path: "billingCity" } city => Equals((item["billing"] as Address)?.City, city.Value) == (city.Operator == FilterOperator.Equal),
        CompareFilter { Path: "effort", Value: string time } effort => Compare(effort with { Value = time == "1h" ? 60m : 61m }, item["effort"]),
        CompareFilter { Path: "billing", Operator: FilterOperator.Contains } part => item["billing"] is Address { Street: var street, City: var city } && Compare(part, FieldKind.Fold($"{city}{street} {city} {street}")),
        CompareFilter { Path: "terms" } words => Compare(words, item["terms"] is string html ? FieldKind.Fold(RichText.ToPlain(html)) : null),
        CompareFilter { Path: "notes" or "data" } notes => Compare(notes, item[notes.Path]),
        CompareFilter compare => Compare(compare, Key(item[compare.Path])),
        _ => throw new NotSupportedException(filter.ToString()),
    };

    private static bool Compare(CompareFilter filter, object? key)
    {
        var value = filter.Path is "level" or "notes" or "data" or "channels" ? filter.Value : Key(filter.Value);
        if (filter.Operator is FilterOperator.Equal or FilterOperator.NotEqual)
            return Equals(key, value) == (filter.Operator == FilterOperator.Equal);
        if (key is null || value is null)
            return false;
        if (filter.Operator is FilterOperator.Contains or FilterOperator.StartsWith or FilterOperator.EndsWith)
        {
            var (text, part) = filter.Path is "notes" or "data" ? (((string)key).ToLowerInvariant(), ((string)value).ToLowerInvariant()) : ((string)key, (string)value);
            return filter.Operator switch
            {
                FilterOperator.StartsWith => text.StartsWith(part, StringComparison.Ordinal),
                FilterOperator.EndsWith => text.EndsWith(part, StringComparison.Ordinal),
                _ => text.Contains(part, StringComparison.Ordinal),
            };
        }
        var order = NaiveOrder.CompareKeys(key, value);
        return filter.Operator switch
        {
            FilterOperator.Greater => order > 0,
            FilterOperator.GreaterOrEqual => order >= 0,
            FilterOperator.Less => order < 0,
            _ => order <= 0,
        };
    }

    private object? Value(ContentItem item, string path)
        => path == "displayText" ? item.DisplayText : path == "id" ? item.Id : path.StartsWith("parent.", StringComparison.Ordinal) ? Parent(item) is { } parent ? Value(parent, path[7..]) : null : item[path];

    private ContentItem? Parent(ContentItem item) => _all.FirstOrDefault(i => Equals(i.Id, item["parent"]));

    private static IEnumerable<object?> Keys(ContentItem item, string path)
        => path == "partners" ? LinkedRecords.IdsOf(item[path]).Cast<object?>() : path is "emails" or "phones" ? (item[path] as ValueList<Labelled> ?? new ValueList<Labelled>([])).Select(v => Key(v.Value)) : (item[path] as ValueList<string> ?? new ValueList<string>([])).Select(v => path == "tags" ? Key(v) : v);

    /// <summary>Text without case, width and accents; an amount without its currency.</summary>
    private static object? Key(object? value) => value switch
    {
        string text => FieldKind.Fold(text),
        Money money => money.Amount,
        _ => value,
    };

    private Guid SomePartner() => Pick([.. _all.SelectMany(i => LinkedRecords.IdsOf(i["partners"])).Distinct(), Guid.Empty]);

    private T Pick<T>(params T[] from) => from[_random.Next(from.Length)];

    private IEnumerable<string> Some(string[] from) => from.Where(_ => _random.Next(3) == 0);

    private string? Maybe(Func<string?> text) => _random.Next(4) == 0 ? null : text();

    /// <summary>Empty first, text by code point, options as they are listed, the id between equals in the direction of the last key.</summary>
    private sealed class NaiveOrder(string[] sort, Func<ContentItem, string, object?> value) : IComparer<ContentItem>
    {
        public object?[] KeysOf(ContentItem item)
            => [.. sort.Select(path => path.TrimStart('-')).Select(field => value(item, field) is string option && field.EndsWith("level", StringComparison.Ordinal) ? "cab".IndexOf(option, StringComparison.Ordinal) : Key(value(item, field))), item.Id.ToString()];

        public int Compare(object?[] x, object?[] y)
        {
            for (var i = 0; i < x.Length; i++)
                if (CompareKeys(x[i], y[i]) is not 0 and var by)
                    return sort[Math.Min(i, sort.Length - 1)].StartsWith('-') ? -by : by;
            return 0;
        }

        public int Compare(ContentItem? x, ContentItem? y) => Compare(KeysOf(x!), KeysOf(y!));

        public static int CompareKeys(object? x, object? y) => (x, y) switch
        {
            (null, null) => 0,
            (null, _) => -1,
            (_, null) => 1,
            (string a, string b) => CompareCodePoints(a, b),
            _ => Comparer<object>.Default.Compare(x, y),
        };

        private static int CompareCodePoints(string a, string b)
            => System.Text.Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b));
    }
}
