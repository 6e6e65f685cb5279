using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Lists;

/// <param name="HasMore">There are more groups than are shown.</param>
internal sealed record GroupedRows(IReadOnlyList<ListGroup> Groups, bool HasMore);

/// <param name="Key">Names the group in the page.</param>
/// <param name="Sums">Of each column that can be added up, in words.</param>
/// <param name="Condition">What its records have in common, as a filter.</param>
/// <param name="AllUrl">The list of just these records.</param>
/// <param name="Items">The first of them.</param>
internal sealed record ListGroup(string Key, string Label, long Count, IReadOnlyList<(string Label, string Text)> Sums, string Condition, string AllUrl, IReadOnlyList<ContentItem> Items);

/// <summary>
/// Rows by the values of a field, dates by month: a statement for the heads, one for each amount's sums, and one for each
/// group's first rows; at most 20 groups are shown.
/// </summary>
internal sealed class ListGroups(QueryEngine queries, FieldViews views, FieldKinds kinds, IStringLocalizer localizer)
{
    private const int MostGroups = 20;
    private const int Shown = 8;
    private const int MostAmounts = 2;

    public static bool CanGroup(FilterField field) => field.Shape is FilterShape.Choice or FilterShape.Record or FilterShape.Date || field.Kind.Name == "pickList";

    /// <param name="query">What the list reads: its filter, columns and sort.</param>
    /// <param name="filter">The address's own filter, without the quick search.</param>
    public async Task<GroupedRows> ReadAsync(ContentTypeDefinition type, Query query, Filter? filter, FilterField field, IReadOnlyList<ListColumn> columns, ListAddress address, CancellationToken cancellationToken)
    {
        var by = new GroupBy(field.Path, field.Shape == FilterShape.Date ? Platform.Data.DateBucket.Month : null);
        var numbers = columns.Where(c => c.Kind.IsNumeric && c.Field.Kind != "money" && !c.Path.Contains('.', StringComparison.Ordinal)).Take(5).ToList();
        var heads = await queries.AggregateAsync(new AggregateQuery(type.Name)
        {
            Where = query.Where,
            GroupBy = [by],
            Aggregates = [new(AggregateFunction.Count), .. numbers.Select(n => new Aggregate(AggregateFunction.Sum, n.Path))],
            Take = MostGroups + 1,
            LargestFirst = field.Shape == FilterShape.Record,
        }, cancellationToken);
        var amounts = new List<(ListColumn Column, ILookup<string, Money> Sums)>();
        foreach (var column in columns.Where(c => c.Field.Kind == "money" && !c.Path.Contains('.', StringComparison.Ordinal)).Take(MostAmounts))
            amounts.Add((column, (await queries.AggregateAsync(new AggregateQuery(type.Name)
            {
                Where = query.Where,
                GroupBy = [by, new(column.Path, Currency: true)],
                Aggregates = [new(AggregateFunction.Sum, column.Path)],
                Take = 1000,
            }, cancellationToken)).Where(r => r.Keys[1] is string && r.Values[0] is decimal).ToLookup(r => Key(r.Keys[0]), r => new Money((decimal)r.Values[0]!, (string)r.Keys[1]!))));
        var groups = new List<ListGroup>();
        foreach (var row in Ordered(field, heads.Take(MostGroups)))
        {
            var condition = Condition(field, row.Keys[0]);
            var page = await queries.ListAsync(query with { Where = Filter.And(query.Where, condition), Take = Shown, After = null, Backwards = false }, cancellationToken);
            var narrowed = FilterParts.Join([.. FilterParts.Flat(filter), condition]);
            groups.Add(new(Key(row.Keys[0]), Label(field, row), (long)row.Values[0]!,
                [.. numbers.Select((n, i) => (n.Label, Text: row.Values[i + 1] is { } sum ? kinds.Of(n.Field).Format(n.Field, Convert.ToDecimal(sum, CultureInfo.InvariantCulture), views.Context) : "")).Where(s => s.Text.Length > 0),
                    .. amounts.Select(a => (a.Column.Label, Text: AmountSums.Text(a.Sums[Key(row.Keys[0])]))).Where(s => s.Text.Length > 0)],
                FilterWriter.Write(condition), (address with { Filter = narrowed is null ? null : FilterWriter.Write(narrowed), Group = null }).ToString(), page.Items));
        }
        return new(groups, heads.Count > MostGroups);
    }

    /// <summary>Options in their own order, what is empty last.</summary>
    private static IEnumerable<AggregateRow> Ordered(FilterField field, IEnumerable<AggregateRow> rows)
    {
        var options = field.Field.Options.Select(o => o.Key).ToList();
        return rows.OrderBy(r => r.Keys[0] is null).ThenBy(r => r.Keys[0] is string key && options.IndexOf(key) is >= 0 and var at ? at : int.MaxValue);
    }

    private static Filter Condition(FilterField field, object? key) => key is DateOnly month && field.Shape == FilterShape.Date
        ? new AndFilter([new CompareFilter(field.Path, FilterOperator.GreaterOrEqual, month), new CompareFilter(field.Path, FilterOperator.Less, month.AddMonths(1))])
        : Filter.Eq(field.Path, key);

    private string Label(FilterField field, AggregateRow row) => row.Keys[0] switch
    {
        null => localizer["No {0}", field.Field.Label.Inside(localizer)],
        DateOnly month => month.ToString("y", CultureInfo.CurrentCulture),
        bool flag => flag ? localizer["Yes"] : localizer["No"],
        Guid => row.KeyTexts[0] ?? localizer["Not visible to you"],
        string key when field.Field.Options.FirstOrDefault(o => o.Key == key) is { } option => option.Label.For(localizer),
        var other => row.KeyTexts[0] ?? Convert.ToString(other, CultureInfo.CurrentCulture) ?? "",
    };

    private static string Key(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
