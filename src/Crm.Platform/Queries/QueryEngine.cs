using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Records;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Platform.Queries;

/// <summary>The one way to read records. What the scope's actor may not see is not there.</summary>
public sealed class QueryEngine(
    DbSession session,
    ContentDefinitions definitions,
    FieldKinds kinds,
    SettingsStore settings,
    ActorContext actor,
    TimeProvider clock,
    IStringLocalizer localizer,
    QueryLimits limits)
{
    public const int MaxTake = 1000;

    /// <summary>Counts stop here unless an exact one is asked for.</summary>
    public const int CountCap = 10_000;

    /// <summary>What is expected to be more than this is not counted for a figure beside a list: counting would cost more than the list.</summary>
    private const double CertainUpTo = 2_000;

    /// <summary>SQLite expects nothing: so many records from all over a large table are looked at instead, more where the fewer tell nothing.</summary>
    private static readonly int[] Samples = [200, 1_000];

    /// <summary>Smaller tables are counted.</summary>
    private const int WorthSampling = 20_000;

    /// <summary>So many of a sample tell how many there are within a fifth or so.</summary>
    private const int Telling = 20;

    /// <summary>How long a list's order is followed where there is another way.</summary>
    private readonly ReadLimit _tryFor = new(limits.StepsTried, limits.TimeTried);

    /// <summary>How long it is on SQLite where another way has to be looked for.</summary>
    private readonly ReadLimit _tryLong = new(limits.StepsInVain, Timeout.InfiniteTimeSpan);

    /// <summary>A first page starts nowhere in particular.</summary>
    private static readonly SqlText[] Whole = [new()];

    /// <summary>A page and its count ask the same.</summary>
    private (string Type, Filter? Where, Actor Reader, AccessPath Path)? _path;

    /// <summary>
    /// One page of records. A page costs one statement, whatever its columns, one more for each type that its links
    /// to any record lead to, and where a pick-list sorts it some for each option (<see cref="OptionOrder"/>).
    /// </summary>
    /// <exception cref="QueryException">The query names what is not there or cannot be compared.</exception>
    public async Task<QueryPage> ListAsync(Query query, CancellationToken cancellationToken)
    {
        var take = Math.Clamp(query.Take, 1, MaxTake);
        // After a cursor there may be two stretches to skip in.
        var skip = query.After is null ? 0 : query.Skip;
        var (plan, read) = await ReadAsync(query, skip + take + 1, cancellationToken);
        var rows = read!;
        rows.RemoveRange(0, Math.Min(skip, rows.Count));
        var more = rows.Count > take;
        if (more)
            rows.RemoveAt(take);
        if (query.Backwards)
            rows.Reverse();
        if (rows.Count == 0)
            return new QueryPage([], null, null);
        await NameLinksAsync(plan!, rows.ConvertAll(r => r.Item), cancellationToken);
        var hasNext = query.Backwards || more;
        var hasPrevious = query.Backwards ? more : query.After is not null;
        return new QueryPage([.. rows.Select(r => r.Item)],
            hasNext ? KeysetCursor.Encode(rows[^1].Keys) : null,
            hasPrevious ? KeysetCursor.Encode(rows[0].Keys) : null);
    }

    /// <summary>The first records of a query and their sort keys. No plan where there is nothing to read; no rows where a part's order was followed in vain.</summary>
    private async Task<(ReadPlan? Plan, List<(ContentItem Item, object?[] Keys)>? Rows)> ReadAsync(Query query, int count, CancellationToken cancellationToken)
    {
        var sorts = Sorts(Compiler(query.Type, query.WithHidden), query);
        var path = query.Bin == RecycleBin.Without ? await AccessPathAsync(query, sorts[0], cancellationToken) : AccessPath.Free;
        // No index has the order of options.
        if (path.IsChosen && sorts[0].Order is not null)
        {
            // Some ten thousands that are found otherwise are sorted sooner than each option's are found.
            path = path.Otherwise ?? path;
            if (query.Part is null && !path.IsDriven && !await AreFewAsync(query, cancellationToken))
            {
                var last = _path;
                var byOption = await new OptionOrder(session).ReadAsync(query, sorts, count, (part, most) => ReadAsync(part, most, cancellationToken), cancellationToken);
                _path = last;
                if (byOption.Rows is not null)
                    return byOption;
                path = await OtherwiseAsync(query, cancellationToken);
            }
            path = path.IsDriven ? path : AccessPath.Free;
        }
        var (plan, rows) = await ReadAsync(query, count, path, cancellationToken);
        if (rows is null && (path.Otherwise is not null || query.Part is null))
            (plan, rows) = await ReadAsync(query, count, path.Otherwise ?? await OtherwiseAsync(query, cancellationToken), cancellationToken);
        return (plan, rows);
    }

    /// <summary>Whether PostgreSQL expects so few records that they are best sorted; SQLite has been asked already.</summary>
    private async Task<bool> AreFewAsync(Query query, CancellationToken cancellationToken)
    {
        var compiler = Compiler(query.Type, query.WithHidden);
        var condition = compiler.Where(query.Where, query.Bin);
        return session.Database.Provider == DatabaseProvider.Postgres && (query.Where is not null || compiler.IsScoped)
            && await session.EstimateAsync(new SqlText("SELECT 1").Append(compiler.From()).Append(condition), cancellationToken) <= limits.Few;
    }

    /// <param name="path">How the records are reached.</param>
    /// <returns>No rows when the path took too long and there is another one.</returns>
    private async Task<(ReadPlan Plan, List<(ContentItem Item, object?[] Keys)>? Rows)> ReadAsync(Query query, int count, AccessPath path, CancellationToken cancellationToken)
    {
        var compiler = Compiler(query.Type, query.WithHidden);
        var plan = new ReadPlan(compiler, query.Columns ?? AllFields(compiler));
        var sorts = Sorts(compiler, query);
        var keyStart = plan.ColumnCount;
        var noIndex = path.IsDriven ? session.Dialect.NoIndex : "";
        var select = new SqlText("SELECT ").Append(plan.Select).Append(string.Concat(sorts.Select(s => $", {s.At.FilterSql}")));
        var order = new SqlText();
        foreach (var sort in sorts)
            order.Append(order.ToString().Length == 0 ? " ORDER BY " : ", ").Append(Order(sort));
        // What is to be sorted carries its id and no more; the page's records are read afterwards.
        var which = path.IsDriven && sorts.All(s => s.At.Alias == "t") ? Compiler(query.Type, query.WithHidden) : compiler;
        which.Path = path;
        var where = which.Where(query.Where, query.Bin);
        if (which != compiler && which.HasJoins)
        {
            (which, compiler.Path) = (compiler, path);
            where = compiler.Where(query.Where, query.Bin);
        }
        var rows = new List<(ContentItem Item, object?[] Keys)>();
        foreach (var stretch in query.After is null ? Whole : KeysetCursor.Stretches(query.After, sorts, query.Backwards, noIndex, session.Dialect))
        {
            var page = which.From().Append(where);
            if (stretch.ToString().Length > 0)
                page.Append(" AND ").Append(stretch);
            page.Append(order).Append(" LIMIT ").Append(ColumnType.Integer, (long)count - rows.Count);
            if (query.After is null && query.Skip > 0)
                page.Append(" OFFSET ").Append(ColumnType.Integer, (long)query.Skip);
            var sql = new SqlText().Append(select);
            if (which == compiler)
                sql.Append(page);
            else
                sql.Append(compiler.From()).Append(" WHERE t.\"id\" IN (SELECT t.\"id\"").Append(page).Append(")").Append(order);
            if (!await session.ReadWithinAsync(sql, Row, path.Otherwise is not null ? _tryFor : path.MayBeInVain && query.Take < MaxTake && query.Skip == 0 ? _tryLong : null, cancellationToken))
                return (plan, null);
            if (rows.Count >= count)
                break;
        }
        return (plan, rows);

        // Told where empty ones are to stand, PostgreSQL would not use an index of ids, which are never empty.
        SqlText Order(SortKey sort)
        {
            var (column, down) = (path.IsDriven ? session.Dialect.Unindexed(sort.At.FilterSql) : sort.At.FilterSql, sort.Descending ^ query.Backwards);
            return sort.At.IsId ? new SqlText($"{column} {(down ? "DESC" : "ASC")}")
                : new SqlText().Append(sort.Compared(new SqlText(column), session.Dialect)).Append($" {session.Dialect.Direction(down)}");
        }

        void Row(DbDataReader reader) => rows.Add((plan.Read(reader, session.Dialect), [.. sorts.Select((s, i) => session.Dialect.Read(reader, keyStart + i, s.At.FilterType))]));
    }

    /// <summary>
    /// Gives links to any record, and to several, their names, as far as the actor may see them; those in the recycle bin
    /// too, as they may come back.
    /// </summary>
    private async Task NameLinksAsync(ReadPlan plan, List<ContentItem> items, CancellationToken cancellationToken)
    {
        var links = plan.Unnamed.SelectMany(f => items, (f, item) => (f.Path, Item: item, Ids: item[f.Path] is RecordLink link ? [link.Id] : LinkedRecords.IdsOf(item[f.Path]), Type: f.Field.Target ?? (item[f.Path] as RecordLink)?.Type)).Where(l => l.Ids.Count > 0).ToList();
        foreach (var group in links.GroupBy(l => l.Type!, StringComparer.OrdinalIgnoreCase).Where(g => definitions.Current.Find(g.Key) is not null))
        {
            var names = new Dictionary<Guid, string>();
            foreach (var ids in group.SelectMany(l => l.Ids).Distinct().Chunk(MaxTake))
                foreach (var item in (await ListAsync(new Query(group.Key) { Where = Filter.In(SystemFields.Id, ids.Cast<object?>()), Columns = [], Sort = [SystemFields.Id], Take = MaxTake, Bin = RecycleBin.With }, cancellationToken)).Items)
                    names[item.Id] = item.DisplayText;
            foreach (var (path, item, ids, _) in group)
                item.SetNames(path, [.. ids.Where(names.ContainsKey).Select(id => (id, names[id]))]);
        }
    }

    /// <summary>One record with all its fields, or null when there is none that the actor may see.</summary>
    public async Task<ContentItem?> GetAsync(string type, Guid id, CancellationToken cancellationToken, RecycleBin bin = RecycleBin.Without)
        => (await ListAsync(new Query(type) { Where = Filter.Eq(SystemFields.Id, id), Take = 1, Bin = bin }, cancellationToken)).Items is [var item] ? item : null;

    /// <summary>How many records there are, up to <see cref="CountCap"/> unless an exact count is asked for.</summary>
    /// <param name="quick">For a figure beside a list: estimates what may be many, or gives up early where counting is slow, and says how many it met, which is then capped.</param>
    public async Task<QueryCount> CountAsync(string type, Filter? where, CancellationToken cancellationToken, bool exact = false, RecycleBin bin = RecycleBin.Without, bool quick = false)
    {
        var compiler = Compiler(type);
        if (!exact && bin == RecycleBin.Without)
            compiler.Path = await AccessPathAsync(new Query(type) { Where = where }, null, cancellationToken);
        var condition = compiler.Where(where, bin);
        var rows = new SqlText("SELECT 1").Append(compiler.From()).Append(condition);
        if (quick && !exact && compiler.IsScoped && compiler.Root.ScopedBy is null && where is null && bin == RecycleBin.Without)
            return await CountReachAsync(compiler, cancellationToken);
        // What is expected is expected of everybody's records: it says nothing to a reader who sees some of them only.
        if (quick && !exact && !compiler.IsScoped && compiler.Root.ScopedBy is null && await EstimateAsync(compiler, where, bin, rows, cancellationToken) is > CertainUpTo and var about)
            return new QueryCount(Rounded(about), true, true);
        if (!exact)
            rows.Append(" LIMIT ").Append(ColumnType.Integer, CountCap + 1L);
        if (quick && !exact)
            return await session.CountWithinAsync(rows, cancellationToken);
        var count = await session.CountAsync(new SqlText("SELECT COUNT(*) FROM (").Append(rows).Append(") c"), cancellationToken);
        return !exact && count > CountCap ? new QueryCount(CountCap, true) : new QueryCount(count, false);
    }

    /// <summary>All that a limited reader may see, from the indexes of owners and teams. A record may be of both: then it is met twice.</summary>
    private async Task<QueryCount> CountReachAsync(QueryCompiler compiler, CancellationToken cancellationToken)
    {
        var met = new SqlText("SELECT COUNT(*), COUNT(DISTINCT id) FROM (SELECT id FROM (").Append(compiler.Scope.Reach(compiler.Root)).Append(") r LIMIT ").Append(ColumnType.Integer, CountCap + 1L).Append(") m");
        var (rows, records) = (await session.ReadAsync(met, r => (r.GetInt64(0), r.GetInt64(1)), cancellationToken))[0];
        return rows > CountCap ? new(Math.Min(records, CountCap), true) : new(records, false);
    }

    /// <summary>About how many records there are; 0 where nothing tells, or where counting is as quick.</summary>
    private async Task<double> EstimateAsync(QueryCompiler compiler, Filter? where, RecycleBin bin, SqlText rows, CancellationToken cancellationToken)
    {
        if (session.Database.Provider == DatabaseProvider.Postgres)
            return await session.EstimateAsync(rows, cancellationToken);
        // An index of words would be read whole, to look a few records up in it.
        if (bin != RecycleBin.Without || compiler.Path.IsDriven || where is QuickSearchFilter || (where is AndFilter and && and.Filters.Any(f => f is QuickSearchFilter)))
            return 0;
        var last = await session.CountAsync(new SqlText($"SELECT MAX(_rowid_) FROM {Columns.Table(compiler.Root)}"), cancellationToken);
        foreach (var size in last < WorthSampling ? [] : Samples)
        {
            var sample = Compiler(compiler.Root.Name);
            sample.Path = AccessPath.Sample(last, size);
            var condition = sample.Where(where, bin);
            // Records beyond a look-up would have to be read one by one.
            if (sample.HasJoins)
                break;
            var found = 0L;
            if (!await session.ReadWithinAsync(new SqlText("SELECT COUNT(*)").Append(sample.From()).Append(condition), row => found = row.GetInt64(0), _tryFor, cancellationToken))
                break;
            if (found >= Telling)
                return (double)last * found / size;
        }
        return 0;
    }

    private static long Rounded(double about)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(about)) - 1);
        return (long)(Math.Round(about / unit) * unit);
    }

    /// <summary>Where an index gives few records, reading starts there; else it follows the sort's index until the page is full.</summary>
    private async Task<AccessPath> AccessPathAsync(Query query, SortKey? sort, CancellationToken cancellationToken)
    {
        if (_path is not { } last || last.Type != query.Type || !ReferenceEquals(last.Where, query.Where) || last.Reader != actor.Current)
            _path = last = (query.Type, query.Where, actor.Current, await PathFinder(query).FindAsync(query.Where, query.Part, cancellationToken));
        return sort is null ? last.Path : last.Path.SortedBy(sort.At, kinds);
    }

    private async Task<AccessPath> OtherwiseAsync(Query query, CancellationToken cancellationToken)
    {
        _path = (query.Type, query.Where, actor.Current, await PathFinder(query).FindOtherwiseAsync(query.Where, cancellationToken));
        return await AccessPathAsync(query, Sorts(Compiler(query.Type, query.WithHidden), query)[0], cancellationToken);
    }

    private AccessPathFinder PathFinder(Query query) => new(session, limits, () => Compiler(query.Type, query.WithHidden));

    /// <summary>
    /// All records, page by page; for exports and jobs. Unless the query says otherwise in the order of their ids, which
    /// nobody changes: one that is saved meanwhile would else jump over the place that was reached.
    /// </summary>
    public async IAsyncEnumerable<ContentItem> StreamAsync(Query query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (query.Sort.Count == 0)
            query = query with { Sort = [SystemFields.Id] };
        for (string? after = query.After; ;)
        {
            var page = await ListAsync(query with { Take = MaxTake, After = after }, cancellationToken);
            // What is done with a page may take its time.
            await session.ReleaseAsync();
            foreach (var item in page.Items)
                yield return item;
            if ((after = page.Next) is null)
                yield break;
        }
    }

    public async Task<IReadOnlyList<AggregateRow>> AggregateAsync(AggregateQuery query, CancellationToken cancellationToken)
    {
        var plan = new AggregatePlan(query, Compiler(query.Type), session.Dialect, actor.Current.TimeZone);
        return await session.ReadAsync(plan.Sql, plan.Read, cancellationToken);
    }

    internal QueryCompiler Compiler(string type, bool withHidden = false)
    {
        var set = definitions.Current;
        var definition = set.Find(type) ?? throw new QueryException("There is no content type {0}", type);
        var site = settings.Site;
        var literals = new ParseContext(CultureInfo.InvariantCulture, actor.Current.TimeZone, site.Currency, site.Region, clock.Now(), localizer);
        return new QueryCompiler(set, kinds, session.Dialect, actor.Current, literals, definition) { WithHidden = withHidden };
    }

    private static IReadOnlyList<string> AllFields(QueryCompiler compiler)
        => [.. compiler.Root.Fields.Where(f => (!f.Hidden || compiler.WithHidden) && compiler.IsThere(compiler.Root, f)).Select(f => f.Name)];

    private static List<SortKey> Sorts(QueryCompiler compiler, Query query)
    {
        var sorts = new List<SortKey>();
        foreach (var path in query.Sort.Count > 0 ? query.Sort : compiler.Root.DefaultSort.Where(p => compiler.Root.Find(p.TrimStart('-')) is { } field && compiler.IsThere(compiler.Root, field)))
        {
            var descending = path.StartsWith('-');
            var name = descending ? path[1..] : path;
            var at = compiler.Resolve(name);
            if (!at.Kind.IsSortable && at.Field.Name != SystemFields.Id)
                throw new QueryException("{0} cannot be sorted by", at.Field.Label) { Field = at.Field.Name };
            sorts.Add(new SortKey(name, at, descending));
        }
        if (sorts.Count > 5)
            throw new QueryException("At most {0} fields to sort by", 5);
        // The id follows the last key's direction, so that one index answers either way.
        if (sorts.Count == 0 || !sorts[^1].At.IsId)
            sorts.Add(new SortKey(SystemFields.Id, compiler.Resolve(SystemFields.Id), sorts.Count > 0 && sorts[^1].Descending));
        return sorts;
    }
}

/// <summary>What queries may take before they try something else.</summary>
public sealed record QueryLimits
{
    /// <summary>So many records are sorted more quickly than a page of them is found by walking a million.</summary>
    public long Few { get; init; } = 4000;

    /// <summary>So many take a fifth of a second to sort. Words that more records have are found soonest in the order of the list.</summary>
    public long Many { get; init; } = 60_000;

    /// <summary>So many of SQLite's steps a page's order is followed where there is another way, known beforehand.</summary>
    public int StepsTried { get; init; } = 60_000;

    /// <summary>The same of a PostgreSQL server's time.</summary>
    public TimeSpan TimeTried { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>So many of SQLite's steps, some fifty thousand records, a page's order is followed where conditions may be rare together.</summary>
    public int StepsInVain { get; init; } = 600_000;
}
