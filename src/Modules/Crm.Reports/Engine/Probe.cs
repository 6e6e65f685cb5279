using Crm.Platform.Queries;

namespace Crm.Reports.Engine;

/// <summary>One query of a report, which serves all figures that it can.</summary>
/// <param name="Extra">Keys besides those of the slice: the currency of an amount, or the value itself.</param>
/// <param name="Read">Adds a row's extra keys and values to the tallies of its group.</param>
internal sealed record Probe(Slice Slice, IReadOnlyList<GroupBy> Extra, IReadOnlyList<Aggregate> Aggregates, IReadOnlyList<Figure> Figures, Action<Group, IReadOnlyList<object?>, IReadOnlyList<object?>> Read)
{
    /// <summary>The fewest queries that yield these figures.</summary>
    public static IReadOnlyList<Probe> For(IEnumerable<Figure> figures)
        => [.. figures.GroupBy(f => (f.From, Way: WayOf(f))).Select(g => g.Key.Way.Kind switch
        {
            FigureKind.Median => Spread(g.Key.From, [.. g]),
            FigureKind.Sum => Amounts(g.Key.From, [.. g]),
            _ => Plain(g.Key.From, [.. g]),
        })];

    /// <summary>Figures with the same way can share a query.</summary>
    private static (FigureKind Kind, string? Path) WayOf(Figure figure) => figure switch
    {
        { Kind: FigureKind.Median } => (figure.Kind, figure.Path),
        { Format: FigureFormat.Money } => (FigureKind.Sum, figure.Path),
        _ => (FigureKind.Count, null),
    };

    private static Probe Plain(Slice slice, List<Figure> figures)
    {
        var paths = figures.Select(f => f.Path).OfType<string>().Distinct().ToList();
        Aggregate[] aggregates = [new(AggregateFunction.Count), .. paths.SelectMany(p => SumAndCount(p))];
        return new(slice, [], aggregates, figures, (group, _, values) =>
        {
            foreach (var figure in figures)
            {
                var at = figure.Path is null ? -1 : 1 + (2 * paths.IndexOf(figure.Path));
                group.Of(figure).Add(at < 0 ? 0 : Number(values[at]), (long)values[Math.Max(at + 1, 0)]!);
            }
        });
    }

    private static Probe Amounts(Slice slice, List<Figure> figures)
    {
        var path = figures[0].Path!;
        var weights = figures.Select(f => f.Weight).OfType<string>().Distinct().ToList();
        Aggregate[] aggregates = [.. SumAndCount(path), .. weights.Select(w => new Aggregate(AggregateFunction.Sum, path, w))];
        return new(slice, [new(path, Currency: true)], aggregates, figures, (group, extra, values) =>
        {
            if (extra[0] is string currency)
                foreach (var figure in figures)
                    group.Of(figure, currency).Add(Number(values[figure.Weight is null ? 0 : 2 + weights.IndexOf(figure.Weight)]), (long)values[1]!);
        });
    }

    private static Probe Spread(Slice slice, List<Figure> figures)
        => new(slice, [new(figures[0].Path!)], [new(AggregateFunction.Count)], figures, (group, extra, values) =>
        {
            if (extra[0] is not null)
                foreach (var figure in figures)
                    group.Of(figure).AddValue(Number(extra[0]), (long)values[0]!);
        });

    private static Aggregate[] SumAndCount(string path) => [new(AggregateFunction.Sum, path), new(AggregateFunction.Count, path)];

    private static decimal Number(object? value) => value is null ? 0 : Convert.ToDecimal(value, System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What one row of a report, or several together, has of each figure.</summary>
internal sealed class Group
{
    private readonly Dictionary<(Figure, string?), Tally> _tallies = [];

    public IEnumerable<(Figure Figure, string? Currency)> Known => _tallies.Keys;

    /// <param name="currency">Of amounts.</param>
    public Tally Of(Figure figure, string? currency = null)
        => _tallies.TryGetValue((figure, currency), out var tally) ? tally : _tallies[(figure, currency)] = new Tally();

    public void Add(Group other)
    {
        foreach (var ((figure, currency), tally) in other._tallies)
            Of(figure, currency).Add(tally);
    }

    public decimal? ValueOf(Figure figure, string? currency)
        => (_tallies.GetValueOrDefault((figure, currency)) ?? new Tally()).ValueOf(figure.Kind);
}
