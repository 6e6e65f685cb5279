using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Settings;

namespace Crm.Platform.Queries;

/// <summary>What records are worth: one sum for each currency, the site's first. Amounts of two currencies are never added up.</summary>
/// <param name="Key">The value that the records share, such as their stage; null for those without one, or when nothing was asked for.</param>
/// <param name="KeyText">Name of the record that the key points to.</param>
/// <param name="Count">All records, those without an amount too.</param>
/// <param name="Weighted">The sums of what the records' weights leave; empty when none was asked for.</param>
public sealed record AmountSum(object? Key, string? KeyText, long Count, IReadOnlyList<Money> Sums, IReadOnlyList<Money> Weighted)
{
    public static AmountSum None { get; } = new(null, null, 0, [], []);

    /// <summary>The sum in one currency; 0 when there is none.</summary>
    public decimal In(string currency) => Sums.FirstOrDefault(m => m.Currency == currency).Amount;
}

/// <summary>Counts and sums of amounts, one statement each.</summary>
public sealed class AmountSums(QueryEngine queries, SettingsStore settings)
{
    /// <param name="groupBy">Path to group by, such as <c>stage</c>.</param>
    /// <param name="weight">Field from 0 to 100 for weighted sums.</param>
    public async Task<IReadOnlyList<AmountSum>> ReadAsync(string type, string amount, Filter? where, string groupBy, string? weight, CancellationToken cancellationToken)
        => [.. (await RowsAsync(type, amount, where, [new(groupBy), new(amount, Currency: true)], weight, cancellationToken))
            .GroupBy(r => r.Keys[0])
            .Select(g => Sum(g.Key, g.First().KeyTexts[0], g, 1))];

    public async Task<AmountSum> ReadAsync(string type, string amount, Filter? where, CancellationToken cancellationToken)
        => Sum(null, null, await RowsAsync(type, amount, where, [new(amount, Currency: true)], null, cancellationToken), 0);

    /// <summary>Amounts as people read them: "$1,200", or "$1,200 + €300"; decimals only where there are some. Empty for none.</summary>
    public static string Text(IEnumerable<Money> amounts)
        => string.Join(" + ", amounts.Select(Text));

    public static string Text(Money money)
        => Currencies.Symbol(money.Currency) + money.Amount.ToString(decimal.Truncate(money.Amount) == money.Amount ? "N0" : "N2", CultureInfo.CurrentCulture);

    private Task<IReadOnlyList<AggregateRow>> RowsAsync(string type, string amount, Filter? where, IReadOnlyList<GroupBy> groupBy, string? weight, CancellationToken cancellationToken)
    {
        List<Aggregate> aggregates = [new(AggregateFunction.Count), new(AggregateFunction.Sum, amount)];
        if (weight is not null)
            aggregates.Add(new(AggregateFunction.Sum, amount, weight));
        return queries.AggregateAsync(new AggregateQuery(type) { Where = where, GroupBy = groupBy, Aggregates = aggregates, Take = 10_000 }, cancellationToken);
    }

    private AmountSum Sum(object? key, string? text, IEnumerable<AggregateRow> rows, int currency)
    {
        // The site's currency first, as what most are in.
        var all = rows.OrderBy(r => (string?)r.Keys[currency] != settings.Site.Currency).ThenBy(r => (string?)r.Keys[currency], StringComparer.Ordinal).ToList();
        return new(key, text, all.Sum(r => (long)r.Values[0]!), Amounts(1), all.Count > 0 && all[0].Values.Count > 2 ? Amounts(2) : []);

        IReadOnlyList<Money> Amounts(int value)
            => [.. all.Where(r => r.Keys[currency] is string && r.Values[value] is decimal).Select(r => new Money((decimal)r.Values[value]!, (string)r.Keys[currency]!))];
    }
}
