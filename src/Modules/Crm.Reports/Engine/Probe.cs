using Crm.Platform.Queries;

namespace Crm.Reports.Engine;

/// <summary>One query of a report, which serves all figures that it can.</summary>
/// <param name="Extra">A key besides those of the slice: the currency of an amount.</param>
/// <param name="Read">Puts a row's values into the tallies of its group.</param>
internal sealed record Probe(Slice Slice, IReadOnlyList<GroupBy> Extra, IReadOnlyList<Aggregate> Aggregates, IReadOnlyList<Figure> Figures, Action<Group, IReadOnlyList<object?>, IReadOnlyList<object?>> Read)
{
    /// <summary>The fewest queries that yield these figures: one for all numbers of a slice, and one for each amount.</summary>
    public static IReadOnlyList<Probe> For(IEnumerable<Figure> figures)
        => [.. figures.GroupBy(f => (f.From, Amount: f.Format == FigureFormat.Money ? f.Path : null)).Select(g => Of(g.Key.From, g.Key.Amount, [.. g]))];

    /// <param name="amount">The field whose amounts are told by currency; null for plain numbers.</param>
    private static Probe Of(Slice slice, string? amount, List<Figure> figures)
    {
        // The first decides which groups are the largest.
        List<Aggregate> aggregates = [amount is null ? new(AggregateFunction.Count) : new(AggregateFunction.Sum, amount)];
        var places = figures.Select(f => (Figure: f, Value: PlaceOf(ValueOf(f)), Count: PlaceOf(new(AggregateFunction.Count, f.Path)))).ToList();
        return new(slice, amount is null ? [] : [new(amount, Currency: true)], aggregates, figures, (group, extra, values) =>
        {
            // Records without an amount have no currency either.
            if (amount is not null && extra[0] is null)
                return;
            foreach (var (figure, value, count) in places)
            {
                var tally = group.Of(figure, amount is null ? null : (string)extra[0]!);
                if (figure.Kind == FigureKind.Median)
                    tally.Median = values[value] as decimal?;
                else
                    tally.Add(Number(values[value]), (long)values[count]!);
            }
        });

        int PlaceOf(Aggregate aggregate)
        {
            if (!aggregates.Contains(aggregate))
                aggregates.Add(aggregate);
            return aggregates.IndexOf(aggregate);
        }
    }

    private static Aggregate ValueOf(Figure figure) => figure switch
    {
        { Path: null } => new(AggregateFunction.Count),
        { Kind: FigureKind.Median } => new(AggregateFunction.Median, figure.Path),
        _ => new(AggregateFunction.Sum, figure.Path, figure.Weight),
    };

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
