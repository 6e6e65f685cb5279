using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Records;

namespace Crm.Platform.Queries;

/// <summary>
/// Lists sorted first by a pick-list. No index has the records in the order of its options: they are read option by option, each a
/// query of its own that an index answers, sorted by what else the list is sorted by, until there are enough.
/// </summary>
internal sealed class OptionOrder(DbSession session)
{
    private const int NoOption = -1;

    /// <param name="read">Reads the first records of a query: no rows where its order was followed in vain, no plan where there is nothing to read.</param>
    /// <returns>No rows where an option's were looked for in vain: others would take as long.</returns>
    public async Task<(ReadPlan? Plan, List<(ContentItem Item, object?[] Keys)>? Rows)> ReadAsync(
        Query query, IReadOnlyList<SortKey> sorts, int count, Func<Query, int, Task<(ReadPlan? Plan, List<(ContentItem Item, object?[] Keys)>? Rows)>> read, CancellationToken cancellationToken)
    {
        var first = sorts[0];
        var down = first.Descending ^ query.Backwards;
        // How many each option leaves out is known when they are read; their values need not be.
        if (query is { After: null, Skip: > 0 })
        {
            var (_, leftOut) = await ReadAsync(query with { Columns = [], Skip = 0 }, sorts, query.Skip, read, cancellationToken);
            if (leftOut is null || leftOut.Count < query.Skip)
                return (null, leftOut is null ? null : []);
            query = query with { After = KeysetCursor.Encode(leftOut[^1].Keys) };
        }
        var from = query.After is null ? null : KeysetCursor.Decode(query.After, sorts);
        var places = first.Order!.Index().ToDictionary(o => o.Item, o => o.Index);
        var options = (await InUseAsync(first.At, cancellationToken)).Prepend(null).GroupBy(Place).ToDictionary(g => g.Key, g => g.ToList());
        var (plan, rows) = ((ReadPlan?)null, new List<(ContentItem Item, object?[] Keys)>());
        foreach (var place in down ? options.Keys.OrderDescending() : options.Keys.Order())
        {
            if (from is not null && (down ? place > Place((string?)from[0]) : place < Place((string?)from[0])))
                continue;
            var here = Filter.In(first.Path, options[place].Select(o => o is null ? null : (object)new StoredValue(o)));
            var (itsPlan, its) = await read(query with
            {
                Where = query.Where is AndFilter and ? Filter.And([.. and.Filters, here]) : Filter.And(query.Where, here),
                Sort = [.. sorts.Skip(1).Select(s => (s.Descending ? "-" : "") + s.Path)],
                After = from is not null && place == Place((string?)from[0]) ? KeysetCursor.Encode(from[1..]) : null,
                Skip = 0,
                Part = here,
            }, count - rows.Count);
            if (its is null)
                return (null, null);
            plan ??= itsPlan;
            // What is an option no more may be of records out of reach: its place is all that the cursor tells.
            rows.AddRange(its.Select(r => (r.Item, (object?[])[place == NoOption ? SortKey.Mark : options[place][0], .. r.Keys])));
            if (rows.Count >= count)
                break;
        }
        return (plan, rows);

        // Records without one, then those of what is an option no more, then the options.
        int Place(string? option) => option is null ? -2 : places.GetValueOrDefault(option, NoOption);
    }

    /// <summary>The values that records have in an indexed column, a step into the index each.</summary>
    private Task<List<string>> InUseAsync(QueryCompiler.Resolved at, CancellationToken cancellationToken)
    {
        var next = $"SELECT {at.FilterSql} FROM {Columns.Table(at.Type)} {at.Alias} WHERE {at.Alias}.\"deleted_at\" IS NULL AND {at.FilterSql} > ";
        var first = $" ORDER BY {session.Dialect.OrderBy(at.FilterSql, false)} LIMIT 1";
        return session.ReadAsync(new SqlText($"WITH RECURSIVE v(x) AS (SELECT ({next}''{first}) UNION ALL SELECT ({next}v.x{first}) FROM v WHERE v.x IS NOT NULL) SELECT x FROM v WHERE x IS NOT NULL"), r => r.GetString(0), cancellationToken);
    }
}
