using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Queries;

namespace Crm.Reports.Engine;

/// <summary>Reads all groups of a report: a handful of queries, whatever the number of records.</summary>
public sealed class Groups(QueryEngine queries, ContentDefinitions definitions, FieldKinds kinds)
{
    /// <summary>Most groups that a query brings; where there are more, only the largest are looked at.</summary>
    public int Limit { get; init; } = 10_000;

    /// <param name="lead">The figure whose largest groups are shown when there are too many.</param>
    internal async Task<GroupSet> ReadAsync(IReadOnlyList<Figure> figures, Figure lead, ReportInput input, CancellationToken cancellationToken)
    {
        var probes = Probe.For(figures);
        var all = new GroupSet { Overlap = figures.Any(f => f.From.Keys.Any(k => IsSeveral(f.From.Type, k))) };
        if (!await ReadAsync(probes, lead, input, all, null, cancellationToken))
            return all;

        // Too many to add them up here: only the largest are told one by one.
        if (lead.From.Keys is not [{ Bucket: null }])
            throw TooMany();
        var largest = all.Rows.OrderByDescending(r => r.Group.Known.Where(k => k.Figure == lead).Sum(k => r.Group.ValueOf(k.Figure, k.Currency) ?? 0)).Take(input.Top).Select(r => r.Keys[0]).ToList();
        var shown = new GroupSet { IsCut = true, Overlap = all.Overlap };
        if (await ReadAsync(probes, lead, input, shown, largest, cancellationToken))
            throw TooMany();
        return shown;
    }

    /// <summary>The groups by one of the keys alone, where those by all of them do not add up to these.</summary>
    internal async Task<GroupSet> ReadByAsync(int key, IReadOnlyList<Figure> figures, Figure lead, ReportInput input, CancellationToken cancellationToken)
    {
        var set = new GroupSet();
        if (await ReadAsync([.. Probe.For(figures).Select(p => p with { Slice = p.Slice with { Keys = [p.Slice.Keys[key]] } })], lead, input, set, null, cancellationToken))
            throw TooMany();
        return set;
    }

    /// <summary>Figures of several groups together that do not add up from those of each, which only the database can tell.</summary>
    /// <param name="except">First keys of the groups that are not meant; null for all groups.</param>
    internal async Task ReadTogetherAsync(Group into, IEnumerable<Figure> figures, ReportInput input, IReadOnlyList<object?>? except, CancellationToken cancellationToken)
    {
        foreach (var probe in Probe.For(figures))
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

    private QueryException TooMany() => new("There are more than {0} groups. Choose a shorter time range or another grouping", Limit);

    /// <summary>Whether a record can be in several groups of a key.</summary>
    private bool IsSeveral(string type, GroupBy key) => definitions.Current.Get(type).Find(key.Path) is { } field && kinds.Of(field).IsSeveral;

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

    /// <summary>Whether there are more than these.</summary>
    public bool IsCut { get; init; }

    /// <summary>Whether a record may be in several groups.</summary>
    public bool Overlap { get; init; }

    /// <summary>Whether what groups have together is the sum of what they have.</summary>
    public bool AddsUp => !IsCut && !Overlap;

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
