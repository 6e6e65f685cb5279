using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;

namespace Crm.Opportunities.Targets;

/// <param name="TargetId">Null for somebody who sold without a target.</param>
/// <param name="Target">In the currency that attainment is measured in; null without one.</param>
/// <param name="Won">What was sold in that currency.</param>
/// <param name="Other">What was sold in other currencies, which is not part of the attainment.</param>
/// <param name="DealsUrl">The deals behind it.</param>
internal sealed record AttainmentRow(string Person, Guid? TargetId, Money? Target, Money Won, IReadOnlyList<Money> Other, long Deals, string DealsUrl)
{
    /// <summary>In per cent.</summary>
    public decimal? Attained => Target is { Amount: > 0 } target ? 100 * Won.Amount / target.Amount : null;
}

internal sealed record AttainmentPage(DateOnly Month, IReadOnlyList<AttainmentRow> Rows, AttainmentRow? Total)
{
    public bool HasOtherCurrencies => Rows.Any(r => r.Other.Count > 0);
}

/// <summary>Targets of a month beside what was sold in it: two statements, however many people.</summary>
internal sealed class Attainment(QueryEngine queries, AmountSums sums, ContentDefinitions definitions, SettingsStore settings, ActorContext actor)
{
    public async Task<AttainmentPage> ReadAsync(DateOnly month, CancellationToken cancellationToken)
    {
        var currency = settings.Site.Currency;
        var targets = new Query(TargetType.Name)
        {
            Where = Filter.Eq(TargetType.Month, month),
            Columns = [TargetType.Person, TargetType.Amount],
            Sort = [$"{TargetType.Person}.{SystemFields.DisplayText}"],
        };
        var sold = (await sums.ReadAsync(DealType.Name, DealType.Amount, InMonth(month), SystemFields.Owner, null, cancellationToken)).Where(s => s.Key is Guid).ToDictionary(s => (Guid)s.Key!);
        var rows = new List<AttainmentRow>();
        await foreach (var target in queries.StreamAsync(targets, cancellationToken))
        {
            var person = target.Get<Guid>(TargetType.Person);
            sold.Remove(person, out var sum);
            rows.Add(Row(target.DisplayOf(TargetType.Person) ?? "", target.Id, target.Get<Money>(TargetType.Amount), sum ?? AmountSum.None, month, person, currency));
        }
        // Those who sell without a target are of the month too, for whoever sees all targets.
        if (actor.Current.ScopeOf(definitions.Current.Get(TargetType.Name).Permission(ContentActions.View)) == PermissionScope.All)
            rows.AddRange(sold.Values.OrderByDescending(s => s.In(currency)).Select(s => Row(s.KeyText ?? "", null, null, s, month, (Guid)s.Key!, currency)));
        return new(month, rows, Total(rows, currency));
    }

    private AttainmentRow Row(string person, Guid? id, Money? target, AmountSum sum, DateOnly month, Guid owner, string siteCurrency)
    {
        var currency = target?.Currency ?? siteCurrency;
        return new(person, id, target, new Money(sum.In(currency), currency), [.. sum.Sums.Where(m => m.Currency != currency)], sum.Count, Url(month, owner));
    }

    /// <summary>Only of targets in the site's currency: two currencies do not add up.</summary>
    private static AttainmentRow? Total(List<AttainmentRow> rows, string currency)
    {
        var counted = rows.Where(r => (r.Target?.Currency ?? currency) == currency).ToList();
        return counted.Count < 2 || counted.All(r => r.Target is null) ? null
            : new("", null, new Money(counted.Sum(r => r.Target?.Amount ?? 0), currency), new Money(counted.Sum(r => r.Won.Amount), currency), [], counted.Sum(r => r.Deals), "");
    }

    private string Url(DateOnly month, Guid owner)
        => ListLinks.Of(definitions.Current.Get(DealType.Name), Filter.And([Filter.Eq(SystemFields.Owner, owner), .. ((AndFilter)InMonth(month)).Filters]));

    private static Filter InMonth(DateOnly month) => Filter.And(
        new CompareFilter(DealType.DealDate, FilterOperator.GreaterOrEqual, month),
        new CompareFilter(DealType.DealDate, FilterOperator.Less, month.AddMonths(1)));
}
