using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Reports.Engine;

/// <summary>Computes a report. Every number that it gives leads to the list of the records behind it.</summary>
public sealed class ReportRunner(Groups groups, KeyTexts texts, ContentDefinitions definitions, ActorContext actor, SettingsStore settings, IStringLocalizer localizer)
{
    /// <summary>Most rows of a report by more than one key.</summary>
    private const int MaxRows = 1000;

    /// <summary>Most columns that a second key makes; what is left is one more.</summary>
    private const int MaxAcross = 12;

    /// <exception cref="QueryException">The reader's condition will not do, or there are too many groups.</exception>
    public async Task<ReportTable> RunAsync(ReportPlan plan, ReportInput input, CancellationToken cancellationToken)
    {
        var figures = plan.Figures.SelectMany(f => f is Computed computed ? computed.Of : [(Figure)f]).Distinct().ToList();
        var lead = figures[0];
        var set = await groups.ReadAsync(figures, lead, input, cancellationToken);
        var layout = new Layout(plan, input, lead, Currencies(figures, set));
        var notes = Notes(plan, layout);
        if (set.Overlap)
            notes.Add(localizer["A record with several values is in the group of each of them, and in the total once."]);
        var rows = Rows(layout, set, notes);
        var total = set.AddsUp ? Together(set.Rows.Select(r => r.Group)) : new Group();
        var apart = set.AddsUp ? figures.FindAll(f => f.Kind == FigureKind.Median) : figures;
        await groups.ReadTogetherAsync(total, apart, input, null, cancellationToken);
        foreach (var rest in rows.Where(r => r.Except is not null))
            await groups.ReadTogetherAsync(rest.Group, apart, input, rest.Except, cancellationToken);
        if (plan.Across)
            return set.AddsUp
                ? Across(layout, rows, By(rows, 0), By(rows, 1), total, notes)
                : Across(layout, rows, await groups.ReadByAsync(0, figures, lead, input, cancellationToken), await groups.ReadByAsync(1, figures, lead, input, cancellationToken), total, notes);
        return new ReportTable(
            [.. lead.From.Keys.Select(k => texts.Head(TypeOf(lead), k))],
            [.. Columns(layout)],
            [.. rows.Select(r => new ReportRow(r.Names, [.. Cells(layout, r.Group, r.Keys, r.Except)], r.Keys is null))],
            rows.Count == 0 ? null : new ReportRow([new(localizer["Total"])], [.. Cells(layout, total, null, null)]),
            notes);
    }

    private ContentTypeDefinition TypeOf(Figure figure) => definitions.Current.Get(figure.From.Type);

    private static Group Together(IEnumerable<Group> groups)
    {
        var sum = new Group();
        foreach (var group in groups)
            sum.Add(group);
        return sum;
    }

    /// <summary>The groups by one of two keys, added up.</summary>
    private static GroupSet By(IEnumerable<Row> rows, int key)
    {
        var set = new GroupSet();
        foreach (var row in rows)
            set.At([row.Keys![key]], []).Add(row.Group);
        return set;
    }

    /// <summary>The site's currency first.</summary>
    private List<string> Currencies(IEnumerable<Figure> figures, GroupSet set)
    {
        var all = set.Rows.SelectMany(r => r.Group.Known).Select(k => k.Currency).OfType<string>().Distinct()
            .OrderBy(c => c != settings.Site.Currency).ThenBy(c => c, StringComparer.Ordinal).ToList();
        return all.Count > 0 || figures.All(f => f.Format != FigureFormat.Money) ? all : [settings.Site.Currency];
    }

    private List<string> Notes(ReportPlan plan, Layout layout)
    {
        var notes = new List<string>();
        if (layout.Currencies.Count < 2)
            return notes;
        notes.Add(localizer["There are amounts in several currencies: {0}. Nothing is converted; each has its own column.", string.Join(localizer[", "], layout.Currencies)]);
        foreach (var figure in plan.Figures.OfType<Computed>().Where(c => c.Of.Any(f => f.Format == FigureFormat.Money)))
            notes.Add(localizer["{0} is of amounts in {1} only.", figure.Label.For(localizer), layout.Currencies[0]]);
        return notes;
    }

    /// <summary>Rows in order, and at the end one for all that are too many.</summary>
    private List<Row> Rows(Layout layout, GroupSet set, List<string> notes)
    {
        var keys = layout.Lead.From.Keys;
        var type = TypeOf(layout.Lead);
        var named = set.Rows.Select(r => new Row([.. keys.Select((k, i) => texts.Name(type, k, r.Keys[i], r.Texts[i]))], r.Keys, r.Group)).ToList();
        var orders = keys.Select((k, i) => texts.Order(type, k, [.. named.Select(r => r.Keys![i]).Distinct()], layout.Input.Range, layout.Lead.From.Date)).ToList();
        if (keys.Count > 1)
        {
            var sorted = Sorted(named, orders);
            if (sorted.Count > MaxRows && !layout.Plan.Across)
                notes.Add(localizer["Only the first {0} rows are shown; the total is of all.", MaxRows]);
            return [.. layout.Plan.Across ? sorted : sorted.Take(MaxRows)];
        }
        if (orders[0] is { } order)
        {
            var known = named.ToDictionary(r => r.Keys![0] ?? DBNull.Value);
            return [.. order.Select(value => known.GetValueOrDefault(value ?? DBNull.Value) ?? new Row([texts.Name(type, keys[0], value, null)], [value], new Group()))];
        }
        var first = layout.Currencies is [var main, ..] && layout.Lead.Format == FigureFormat.Money ? main : null;
        var largest = named.OrderBy(r => r.Keys![0] is null).ThenByDescending(r => r.Group.ValueOf(layout.Lead, first)).ThenBy(r => r.Names[0].Text, StringComparer.CurrentCulture).ToList();
        var shown = largest.Take(layout.Input.Top).ToList();
        var rest = new Group();
        if (set.IsCut)
            notes.Add(localizer["There are more groups than can be read at once; the {0} largest are shown.", shown.Count]);
        else if (set.AddsUp)
            foreach (var row in largest.Skip(shown.Count))
                rest.Add(row.Group);
        if (!set.IsCut && largest.Count > shown.Count)
            shown.Add(new Row([new(localizer["The other {0}", largest.Count - shown.Count])], null, rest, [.. shown.Select(r => r.Keys![0])]));
        return shown;
    }

    private static List<Row> Sorted(List<Row> rows, List<IReadOnlyList<object?>?> orders)
    {
        var places = orders.Select(o => o?.Select((value, place) => (value, place)).ToDictionary(p => p.value ?? DBNull.Value, p => p.place)).ToList();
        IOrderedEnumerable<Row> sorted = rows.OrderBy(_ => 0);
        for (var i = 0; i < orders.Count; i++)
        {
            var (at, place) = (i, places[i]);
            sorted = sorted.ThenBy(r => r.Keys![at] is null);
            sorted = place is not null ? sorted.ThenBy(r => place[r.Keys![at] ?? DBNull.Value]) : sorted.ThenBy(r => r.Names[at].Text, StringComparer.CurrentCulture);
        }
        return [.. sorted];
    }

    private IEnumerable<ReportColumn> Columns(Layout layout)
        => layout.Plan.Figures.SelectMany((figure, at) => Split(layout, figure).Select(currency => new ReportColumn(
            figure is Figure { Format: FigureFormat.Money } && layout.Currencies.Count > 1 ? $"{figure.Label.For(localizer)} ({currency})" : figure.Label.For(localizer),
            figure.Format, figure.Format == FigureFormat.Money ? currency ?? layout.Currencies[0] : null, at, figure is Figure { Kind: FigureKind.Count })));

    /// <summary>Currencies that a figure has columns for.</summary>
    private static IEnumerable<string?> Split(Layout layout, ReportFigure figure)
        => figure is Figure { Format: FigureFormat.Money } ? layout.Currencies : (IEnumerable<string?>)[null];

    private IEnumerable<ReportCell> Cells(Layout layout, Group group, IReadOnlyList<object?>? keys, IReadOnlyList<object?>? except)
    {
        foreach (var figure in layout.Plan.Figures)
            foreach (var currency in Split(layout, figure))
                yield return figure is Computed computed
                    ? new(computed.Formula([.. computed.Of.Select(f => group.ValueOf(f, f.Format == FigureFormat.Money ? layout.Currencies[0] : null))]), Link(layout, computed.Of[computed.Basis], null, keys, except))
                    : new(group.ValueOf((Figure)figure, currency), Link(layout, (Figure)figure, currency, keys, except));
    }

    /// <param name="keys">The group's; null for all, or all but some.</param>
    /// <param name="except">First keys of the groups that are not meant.</param>
    private string? Link(Layout layout, Figure figure, string? currency, IReadOnlyList<object?>? keys, IReadOnlyList<object?>? except)
    {
        var type = TypeOf(figure);
        if (!actor.Current.CanOpen(type))
            return null;
        return ListLinks.Of(type, Conditions.Of(figure.From, layout.Input, keys,
            Conditions.Without(figure.From, except),
            figure.Kind is FigureKind.Average or FigureKind.Median ? new CompareFilter(figure.Path!, Platform.Fields.FilterOperator.NotEqual, null) : null,
            currency is null || layout.Currencies.Count < 2 ? null : Filter.Eq($"{figure.Path}Currency", currency)));
    }

    /// <summary>The second key's values as columns of the first figure.</summary>
    /// <param name="lines">The groups by the first key alone.</param>
    /// <param name="heads">The groups by the second key alone.</param>
    private ReportTable Across(Layout layout, List<Row> rows, GroupSet lines, GroupSet heads, Group total, List<string> notes)
    {
        var (lead, type) = (layout.Lead, TypeOf(layout.Lead));
        var currency = lead.Format == FigureFormat.Money ? layout.Currencies[0] : null;
        if (lead.Format == FigureFormat.Money && layout.Currencies.Count > 1)
            notes.Add(localizer["{0} is of amounts in {1} only.", lead.Label.For(localizer), currency!]);
        var order = texts.Order(type, lead.From.Keys[1], [.. rows.Select(r => r.Keys![1]).Distinct()], layout.Input.Range, lead.From.Date);
        var columns = rows.GroupBy(r => r.Keys![1] ?? DBNull.Value).Select(g => (Key: g.First().Keys![1], Name: g.First().Names[1].Text, Sum: heads.At([g.First().Keys![1]], [])))
            .OrderBy(c => order is null ? 0 : order.ToList().IndexOf(c.Key)).ThenByDescending(c => c.Sum.ValueOf(lead, currency)).Take(MaxAcross).ToList();
        var firsts = rows.Select(r => r.Keys![0]).Distinct().ToList();
        var down = texts.Order(type, lead.From.Keys[0], firsts, layout.Input.Range, lead.From.Date)
            ?? [.. firsts.OrderByDescending(k => lines.At([k], []).ValueOf(lead, currency)).Take(layout.Input.Top)];
        var body = down.Select(key =>
        {
            var line = rows.Where(r => Equals(r.Keys![0], key)).ToList();
            var name = line.Count > 0 ? line[0].Names[0] : texts.Name(type, lead.From.Keys[0], key, null);
            var cells = columns.Select(c => new ReportCell(
                (line.FirstOrDefault(r => Equals(r.Keys![1], c.Key))?.Group ?? new Group()).ValueOf(lead, currency), Link(layout, lead, currency, [key, c.Key], null)));
            return new ReportRow([name], [.. cells, new(lines.At([key], []).ValueOf(lead, currency), Link(layout, lead, currency, [key], null))]);
        });
        if (down.Count < firsts.Count)
            notes.Add(localizer["Only the first {0} rows are shown; the total is of all.", down.Count]);
        if (rows.Select(r => r.Keys![1] ?? DBNull.Value).Distinct().Count() > columns.Count)
            notes.Add(localizer["Only the {0} largest columns are shown; the totals are of all.", columns.Count]);
        return new ReportTable(
            [texts.Head(type, lead.From.Keys[0])],
            [.. columns.Select(c => new ReportColumn(c.Name, lead.Format, currency, 0, lead.Kind == FigureKind.Count)), new(localizer["Total"], lead.Format, currency, 0, lead.Kind == FigureKind.Count)],
            [.. body],
            rows.Count == 0 ? null : new ReportRow([new(localizer["Total"])],
                [.. columns.Select(c => new ReportCell(c.Sum.ValueOf(lead, currency), Link(layout, lead with { From = lead.From with { Keys = [lead.From.Keys[1]] } }, currency, [c.Key], null))), new(total.ValueOf(lead, currency), Link(layout, lead, currency, null, null))]),
            notes);
    }

    private sealed record Layout(ReportPlan Plan, ReportInput Input, Figure Lead, IReadOnlyList<string> Currencies);

    /// <param name="Keys">Null for the row of all that are not shown.</param>
    /// <param name="Except">What that row is without.</param>
    private sealed record Row(IReadOnlyList<ReportKey> Names, IReadOnlyList<object?>? Keys, Group Group, IReadOnlyList<object?>? Except = null);
}
