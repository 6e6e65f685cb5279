using System.Globalization;
using Crm.Platform.Queries;

namespace Crm.Reports.Engine;

/// <summary>Reads all groups of a report: a handful of queries, whatever the number of records.</summary>
public sealed class Groups(QueryEngine queries)
{
    /// <summary>Most groups that a query brings; where there are more, only the largest are looked at.</summary>
    public int Limit { get; init; } = 10_000;

    /// <param name="lead">The figure whose largest groups are shown when there are too many.</param>
    internal async Task<GroupSet> ReadAsync(IReadOnlyList<Figure> figures, Figure lead, ReportInput input, CancellationToken cancellationToken)
    {
        var probes = Probe.For(figures);
        var all = new GroupSet();
        if (!await ReadAsync(probes, lead, input, all, null, cancellationToken))
            return all;

        // Too many to add them up here: the largest one by one, and the sum of all by the database.
        if (lead.From.Keys is not [{ Bucket: null }])
            throw new QueryException("There are more than {0} groups. Choose a shorter time range or another grouping", Limit);
        var largest = all.Rows.OrderByDescending(r => r.Group.Known.Where(k => k.Figure == lead).Sum(k => r.Group.ValueOf(k.Figure, k.Currency) ?? 0)).Take(input.Top).Select(r => r.Keys[0]).ToList();
        var shown = new GroupSet { Total = new Group() };
        if (await ReadAsync(probes, lead, input, shown, largest, cancellationToken))
            throw new QueryException("There are more than {0} groups. Choose a shorter time range or another grouping", Limit);
        var total = new GroupSet();
        if (await ReadAsync([.. probes.Select(p => p with { Slice = p.Slice with { Keys = [] } })], lead, input, total, null, cancellationToken))
            throw new QueryException("There are more than {0} groups. Choose a shorter time range or another grouping", Limit);
        foreach (var row in total.Rows)
            shown.Total.Add(row.Group);
        return shown;
    }

    /// <summary>Medians of several groups together, which only the database can tell.</summary>
    /// <param name="except">First keys of the groups that are not meant; null for all groups.</param>
    internal async Task ReadMediansAsync(Group into, IEnumerable<Figure> figures, ReportInput input, IReadOnlyList<object?>? except, CancellationToken cancellationToken)
    {
        foreach (var probe in Probe.For(figures.Where(f => f.Kind == FigureKind.Median)))
        {
            var rows = await queries.AggregateAsync(new AggregateQuery(probe.Slice.Type)
            {
                Where = Conditions.Of(probe.Slice, input, null, Conditions.Without(probe.Slice, except)),
                GroupBy = probe.Extra,
                Aggregates = probe.Aggregates,
            }, cancellationToken);
            foreach (var row in rows)
                probe.Read(into, row.Keys, row.Values);
        }
    }

    /// <returns>Whether there were more groups than could be read.</returns>
    private async Task<bool> ReadAsync(IEnumerable<Probe> probes, Figure lead, ReportInput input, GroupSet into, IReadOnlyList<object?>? only, CancellationToken cancellationToken)
    {
        var cut = false;
        foreach (var probe in probes)
        {
            var keys = probe.Slice.Keys;
            var rows = await queries.AggregateAsync(new AggregateQuery(probe.Slice.Type)
            {
                Where = Conditions.Of(probe.Slice, input, null, only is null ? null : Filter.In(keys[0].Path, only)),
                GroupBy = [.. keys, .. probe.Extra],
                Aggregates = probe.Aggregates,
                Take = Limit,
                LargestFirst = probe.Figures.Contains(lead),
            }, cancellationToken);
            cut |= rows.Count >= Limit;
            foreach (var row in rows)
                probe.Read(into.At([.. row.Keys.Take(keys.Count)], [.. row.KeyTexts.Take(keys.Count)]), [.. row.Keys.Skip(keys.Count)], row.Values);
        }
        return cut;
    }
}

/// <summary>The groups of a report by their keys.</summary>
internal sealed class GroupSet
{
    private readonly Dictionary<string, GroupRow> _rows = new(StringComparer.Ordinal);

    public IReadOnlyCollection<GroupRow> Rows => _rows.Values;

    /// <summary>All groups together, when not all of them are here.</summary>
    public Group? Total { get; init; }

    public Group At(IReadOnlyList<object?> keys, IReadOnlyList<string?> texts)
    {
        var name = string.Join('\u001f', keys.Select(k => k switch
        {
            null => "\0",
            DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
            _ => Convert.ToString(k, CultureInfo.InvariantCulture),
        }));
        if (!_rows.TryGetValue(name, out var row))
            _rows[name] = row = new GroupRow(keys, texts, new Group());
        return row.Group;
    }
}

internal sealed record GroupRow(IReadOnlyList<object?> Keys, IReadOnlyList<string?> Texts, Group Group);
