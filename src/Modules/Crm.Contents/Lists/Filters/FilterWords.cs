using System.Globalization;
using Crm.Contents.LookUps;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Lists;

/// <summary>Says in words what a filter asks for.</summary>
internal sealed class FilterWords(FieldKinds kinds, FieldViews views, RecordNames names, ContentDefinitions definitions, IStringLocalizer localizer)
{
    /// <summary>The names of the records that filters of a type speak of, as far as the reader may see them.</summary>
    public Task<IReadOnlyDictionary<Guid, string>> NamesAsync(ContentTypeDefinition type, IEnumerable<Filter> filters, CancellationToken cancellationToken)
        => names.FindAsync(filters.SelectMany(f => Ids(type, f)), cancellationToken);

    /// <summary>What a part is about and what it asks for; the first is null for what is about several fields.</summary>
    public (string? Label, string Text) Part(ContentTypeDefinition type, Filter filter, IReadOnlyDictionary<Guid, string> known) => filter switch
    {
        CompareFilter compare => (Label(type, compare.Path), Compare(type, compare, known)),
        InFilter list => (Label(type, list.Path), IsSeveral(type, list.Path) ? localizer["includes {0}", Values(type, list, known)] : Values(type, list, known)),
        NotFilter { Inner: InFilter list } => (Label(type, list.Path), localizer[IsSeveral(type, list.Path) ? "does not include {0}" : "not {0}", Values(type, list, known)]),
        _ when FilterParts.Range(filter) is var (from, until) => (Label(type, from.Path), Range(type, from, until, known)),
        QuickSearchFilter search => (localizer["Search"], $"“{search.Text}”"),
        _ => (null, Say(type, filter, known)),
    };

    /// <summary>In one sentence.</summary>
    public string Say(ContentTypeDefinition type, Filter filter, IReadOnlyDictionary<Guid, string> known)
    {
        switch (filter)
        {
            case OrFilter or:
                return string.Join(localizer[" or "], or.Filters.Select(f => Inside(type, f, known)));
            case AndFilter when FilterParts.Range(filter) is null:
                return string.Join(localizer[" and "], FilterParts.Of(filter).Select(f => Inside(type, f, known)));
            case NotFilter { Inner: HasFilter has }:
                return Has(localizer["has no {0}", Plural(has)], has, known);
            case HasFilter has:
                return Has(localizer["has {0}", Plural(has)], has, known);
            case NotFilter { Inner: not InFilter } not:
                return localizer["not ({0})", Say(type, not.Inner, known)];
        }
        var (label, text) = Part(type, filter, known);
        return label is null ? text : localizer["{0}: {1}", label, text];
    }

    private string Inside(ContentTypeDefinition type, Filter filter, IReadOnlyDictionary<Guid, string> known)
        => filter is OrFilter || filter is AndFilter && FilterParts.Range(filter) is null ? $"({Say(type, filter, known)})" : Say(type, filter, known);

    private string Has(string text, HasFilter has, IReadOnlyDictionary<Guid, string> known)
        => has.Where is not null && definitions.Current.Find(has.Type) is { } type ? localizer["{0} where {1}", text, Say(type, has.Where, known)] : text;

    private string Plural(HasFilter has) => definitions.Current.Find(has.Type)?.PluralLabel.Inside(localizer) ?? has.Type;

    private IEnumerable<(string, Guid)> Ids(ContentTypeDefinition type, Filter filter)
    {
        switch (filter)
        {
            case AndFilter and:
                return and.Filters.SelectMany(f => Ids(type, f));
            case OrFilter or:
                return or.Filters.SelectMany(f => Ids(type, f));
            case NotFilter not:
                return Ids(type, not.Inner);
            case HasFilter { Where: { } where } has when definitions.Current.Find(has.Type) is { } other:
                return Ids(other, where);
        }
        var (path, values) = filter switch
        {
            CompareFilter compare => (compare.Path, [compare.Value]),
            InFilter list => (list.Path, list.Values),
            _ => ("", (IReadOnlyList<object?>)[]),
        };
        var target = path == SystemFields.Id ? type.Name : path.Length > 0 ? views.FieldAt(type, path).Target : null;
        return [.. values.OfType<Guid>().Where(_ => target is not null).Select(id => (target!, id)),
            .. values.OfType<string>().Select(RecordLink.Read).OfType<RecordLink>().Where(_ => views.FieldAt(type, path).Kind == "record").Select(l => (l.Type, l.Id))];
    }

    private bool IsSeveral(ContentTypeDefinition type, string path) => kinds.Of(views.FieldAt(type, path)).IsSeveral;

    private string Label(ContentTypeDefinition type, string path)
        => views.LabelAt(type, path.EndsWith($".{SystemFields.DisplayText}", StringComparison.Ordinal) ? path[..^(SystemFields.DisplayText.Length + 1)] : path);

    private string Range(ContentTypeDefinition type, CompareFilter from, CompareFilter until, IReadOnlyDictionary<Guid, string> known)
    {
        var (first, end) = (from.Value as string, until.Value as string);
        if (FilterPeriods.Find(first, end) is { } period && until.Operator == FilterOperator.Less)
            return period.Label.For(localizer);
        if (until.Operator == FilterOperator.Less && FilterPeriods.LastDays(first, end) is { } last)
            return localizer["in the last {0} days", last];
        if (until.Operator == FilterOperator.Less && FilterPeriods.NextDays(first, end) is { } next)
            return localizer["in the next {0} days", next];
        // Until before a day is until the day before it, as people say it.
        if (until is { Operator: FilterOperator.Less, Value: DateOnly day })
        {
            var (start, to) = (Value(type, from.Path, from.Value, known), Value(type, from.Path, day.AddDays(-1), known));
            return start == to ? start : localizer["{0} to {1}", start, to];
        }
        return until.Operator == FilterOperator.Less
            ? localizer["from {0}, before {1}", Value(type, from.Path, from.Value, known), Value(type, from.Path, until.Value, known)]
            : localizer["{0} to {1}", Value(type, from.Path, from.Value, known), Value(type, from.Path, until.Value, known)];
    }

    private string Compare(ContentTypeDefinition type, CompareFilter filter, IReadOnlyDictionary<Guid, string> known)
    {
        if (filter.Value is null)
            return filter.Operator == FilterOperator.Equal ? localizer["empty"] : localizer["not empty"];
        var value = Value(type, filter.Path, filter.Value, known);
        var isDate = filter.Value is DateOnly or DateTime || filter.Value is string text && RelativeDates.Matches(text);
        if (filter.Operator == FilterOperator.Less && FilterPeriods.Days(filter.Value as string) is < 0 and var days)
            return localizer["more than {0} days ago", -days];
        if (filter.Operator is FilterOperator.Equal or FilterOperator.NotEqual && IsSeveral(type, filter.Path))
            return localizer[filter.Operator == FilterOperator.Equal ? "includes {0}" : "does not include {0}", value];
        return (filter.Operator, isDate) switch
        {
            (FilterOperator.Equal, _) => value,
            (FilterOperator.NotEqual, _) => localizer["not {0}", value],
            (FilterOperator.Contains, _) => localizer["contains “{0}”", value],
            (FilterOperator.StartsWith, _) => localizer["starts with “{0}”", value],
            (FilterOperator.EndsWith, _) => localizer["ends with “{0}”", value],
            (FilterOperator.GreaterOrEqual, true) => localizer["since {0}", value],
            (FilterOperator.Greater, true) => localizer["after {0}", value],
            (FilterOperator.Less, true) => localizer["before {0}", value],
            (FilterOperator.LessOrEqual, true) => localizer["until {0}", value],
            (FilterOperator.Greater, _) => $"> {value}",
            (FilterOperator.GreaterOrEqual, _) => $"≥ {value}",
            (FilterOperator.Less, _) => $"< {value}",
            _ => $"≤ {value}",
        };
    }

    private string Values(ContentTypeDefinition type, InFilter list, IReadOnlyDictionary<Guid, string> known)
        => string.Join(localizer[", "], list.Values.Select(v => Value(type, list.Path, v, known)));

    private string Value(ContentTypeDefinition type, string path, object? value, IReadOnlyDictionary<Guid, string> known) => value switch
    {
        null => localizer["empty"],
        "@me" => localizer["me"],
        Guid id => known.GetValueOrDefault(id) ?? localizer["Not visible to you"],
        string text when RecordLink.Read(text) is { } link && views.FieldAt(type, path).Kind == "record" => known.GetValueOrDefault(link.Id) ?? localizer["Not visible to you"],
        bool flag => flag ? localizer["Yes"] : localizer["No"],
        decimal number when views.FieldAt(type, path) is { Kind: "percent" or "rating" or "duration" } field => views.Display(field, number, _ => null)!.Text,
        decimal number => number.ToString("#,0.####", CultureInfo.CurrentCulture),
        DateOnly date when views.FieldAt(type, path) is { Precision: DatePrecision.Month } field => views.Display(field, date, _ => null)!.Text,
        DateOnly date => date.ToString("d", CultureInfo.CurrentCulture),
        DateTime time => TimeZoneInfo.ConvertTimeFromUtc(time, views.Context.TimeZone).ToString("g", CultureInfo.CurrentCulture),
        string text when RelativeDates.Describe(text, localizer) is { } words => words,
        string key when views.FieldAt(type, path).Options.FirstOrDefault(o => o.Key == key) is { } option => option.Label.For(localizer),
        _ => Convert.ToString(value, CultureInfo.CurrentCulture) ?? "",
    };
}
