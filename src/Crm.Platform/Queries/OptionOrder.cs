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
    /// <param name="read">Reads the first records of a query; without a plan where there is nothing to read.</param>
    public async Task<(ReadPlan? Plan, List<(ContentItem Item, object?[] Keys)> Rows)> ReadAsync(
        Query query, IReadOnlyList<SortKey> sorts, int count, Func<Query, int, Task<(ReadPlan? Plan, List<(ContentItem Item, object?[] Keys)> Rows)>> read, CancellationToken cancellationToken)
    {
        var first = sorts[0];
        var down = first.Descending ^ query.Backwards;
        var from = query.After is null ? null : KeysetCursor.Decode(query.After, sorts);
        // A query with an offset takes it itself; several cannot.
        var skip = from is null ? query.Skip : 0;
        var places = first.Order!.Index().ToDictionary(o => o.Item, o => o.Index);
        var options = (await InUseAsync(first.At, cancellationToken)).Prepend(null).GroupBy(Place).ToDictionary(g => g.Key, g => g.Cast<object?>().ToList());
        var (plan, rows) = ((ReadPlan?)null, new List<(ContentItem Item, object?[] Keys)>());
        foreach (var place in down ? options.Keys.OrderDescending() : options.Keys.Order())
        {
            if (from is not null && (down ? place > Place(from[0]) : place < Place(from[0])))
                continue;
            var here = options[place] is [var only] ? Filter.Eq(first.Path, only) : Filter.In(first.Path, options[place]);
            var (itsPlan, its) = await read(query with
            {
                Where = query.Where is AndFilter and ? Filter.And([.. and.Filters, here]) : Filter.And(query.Where, here),
                Sort = [.. sorts.Skip(1).Select(s => (s.Descending ? "-" : "") + s.Path)],
                After = from is not null && place == Place(from[0]) ? KeysetCursor.Encode(from[1..]) : null,
                Skip = 0,
                Part = here,
            }, skip + count - rows.Count);
            plan ??= itsPlan;
            rows.AddRange(its.Select(r => (r.Item, (object?[])[options[place][0], .. r.Keys])));
            if (rows.Count >= skip + count)
                break;
        }
        rows.RemoveRange(0, Math.Min(skip, rows.Count));
        return (plan, rows);

        // Records without one, then those of what is an option no more, then the options.
        int Place(object? option) => option is null ? -2 : places.GetValueOrDefault((string)option, -1);
    }

    /// <summary>The values that records have in an indexed column, a step into the index each.</summary>
    private Task<List<string>> InUseAsync(QueryCompiler.Resolved at, CancellationToken cancellationToken)
    {
        var next = $"SELECT {at.FilterSql} FROM {Columns.Table(at.Type)} {at.Alias} WHERE {at.Alias}.\"deleted_at\" IS NULL AND {at.FilterSql} > ";
        var first = $" ORDER BY {session.Dialect.OrderBy(at.FilterSql, false)} LIMIT 1";
        return session.ReadAsync(new SqlText($"WITH RECURSIVE v(x) AS (SELECT ({next}''{first}) UNION ALL SELECT ({next}v.x{first}) FROM v WHERE v.x IS NOT NULL) SELECT x FROM v WHERE x IS NOT NULL"), r => r.GetString(0), cancellationToken);
    }
}
