using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Lists;

/// <param name="At">The place of the condition that it takes the place of; null for one more.</param>
/// <param name="Into">Where one more goes: <see cref="FilterParts.Add"/>.</param>
internal sealed record ConditionInput(string Field, string Op, IReadOnlyList<string?> Values, string? At = null, string? Into = null);

/// <param name="IsWrong">For each of the values, whether it is one at fault.</param>
internal sealed record FilterProblem(Message Message, IReadOnlyList<bool> IsWrong);

/// <summary>What the inputs of a condition mean, and how a filter changes by it.</summary>
internal sealed class FilterForm(FieldKinds kinds, ListFields fields, ActorContext actor, SettingsStore settings, IStringLocalizer localizer, TimeProvider clock)
{
    public const string Empty = "empty";
    public const string NotEmpty = "notEmpty";
    public const string Between = "between";
    public const string Period = "period";
    public const string Last = "last";
    public const string Next = "next";
    public const string Ago = "ago";

    /// <summary>The filter with the condition; one that is there already is not repeated.</summary>
    /// <exception cref="QueryException">The value will not do.</exception>
    public Filter Change(Filter? filter, ContentTypeDefinition type, ConditionInput input)
    {
        var field = fields.Find(type, input.Field) ?? throw new QueryException("{0} has no field {1}", type.PluralLabel, input.Field);
        var condition = Condition(field, input.Op, Given(input.Values));
        var parts = FilterParts.Of(filter);
        return FilterParts.Join(FilterParts.Put(parts, input.At, condition) ?? FilterParts.Add(parts, input.Into, condition))!;
    }

    /// <summary>What is wrong with the inputs of a condition; null when they will do.</summary>
    public FilterProblem? Problem(FilterField field, string op, IReadOnlyList<string?> values)
    {
        try
        {
            Condition(field, op, Given(values));
            return null;
        }
        catch (QueryException e)
        {
            // Of a range it may be one end only.
            return new(e.Reason, [.. values.Select(v => op != Between || string.IsNullOrWhiteSpace(v) || Read(field, v.Trim()).Value is null)]);
        }
    }

    private static IReadOnlyList<string> Given(IReadOnlyList<string?> values) => [.. values.OfType<string>().Select(v => v.Trim()).Where(v => v.Length > 0)];

    public Filter Condition(FilterField field, string op, IReadOnlyList<string> values)
    {
        if (op is Empty or NotEmpty)
            return new CompareFilter(field.Path, op == Empty ? FilterOperator.Equal : FilterOperator.NotEqual, null);
        if (values.Count == 0)
            throw new QueryException("Say what {0} is to be compared with", field.Field.Label);
        if (field.Shape == FilterShape.Record)
            return Records(field, op, values);
        if (field.Shape == FilterShape.Choice || field.Shape == FilterShape.Words && op is "eq" or "ne")
            return OneOf(field.Path, op == "ne", [.. values.Distinct().Select(v => Value(field, v))]);
        if (field.Shape == FilterShape.Date && op is Period or Last or Next or Ago)
            return Moving(field, op, values[0]);
        if (op == Between)
            return values.Count == 2
                ? Range(field.Path, Value(field, values[0]), Until(field, Value(field, values[1])))
                : throw new QueryException("Say from where to where {0} is to go", field.Field.Label);
        var wanted = FilterParser.Operators.TryGetValue(op, out var known) && field.Kind.Operators.Contains(known) ? known : field.Kind.Operators[0];
        if (wanted is FilterOperator.Contains or FilterOperator.StartsWith or FilterOperator.EndsWith)
            return new CompareFilter(field.Path, wanted, values[0]);
        var value = Value(field, values[0]);
        // A day of a point in time is a stretch; the same stretch is always written the same way.
        return (field.IsMoment, wanted, value) switch
        {
            (true, FilterOperator.Equal, DateOnly day) => Range(field.Path, day, Until(field, day)),
            (true, FilterOperator.NotEqual, DateOnly day) => new NotFilter(Range(field.Path, day, Until(field, day))),
            (_, FilterOperator.Greater, DateOnly day) => new CompareFilter(field.Path, FilterOperator.GreaterOrEqual, After(field, day)),
            (_, FilterOperator.LessOrEqual, DateOnly day) => Until(field, day),
            _ => new CompareFilter(field.Path, wanted, value),
        };
    }

    private static AndFilter Range(string path, object from, CompareFilter until)
        => new([new CompareFilter(path, FilterOperator.GreaterOrEqual, from), until]);

    /// <summary>The last day, or month, belongs to it.</summary>
    private static CompareFilter Until(FilterField field, object value)
        => value is DateOnly day && After(field, day) is var end && end > day ? new(field.Path, FilterOperator.Less, end) : new(field.Path, FilterOperator.LessOrEqual, value);

    /// <summary>The next day, or month; the last that there is has none.</summary>
    private static DateOnly After(FilterField field, DateOnly day)
    {
        var isMonth = field.Field.Precision == DatePrecision.Month;
        return day > DateOnly.MaxValue.AddDays(isMonth ? -31 : -1) ? DateOnly.MaxValue : isMonth ? day.AddMonths(1) : day.AddDays(1);
    }

    private static Filter Moving(FilterField field, string op, string text)
    {
        if (op == Period)
            return FilterPeriods.All.FirstOrDefault(p => p.Key == text) is { } period
                ? Range(field.Path, period.From, new(field.Path, FilterOperator.Less, period.Until))
                : throw new QueryException("Say what {0} is to be compared with", field.Field.Label);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.CurrentCulture, out var days) || days is < 1 or > 9998)
            throw new QueryException("A number of days is from {0} to {1}", 1, 9998);
        if (op == Ago)
            return new CompareFilter(field.Path, FilterOperator.Less, FilterPeriods.Last(days).From);
        var (from, until) = op == Last ? FilterPeriods.Last(days) : FilterPeriods.Next(days);
        return Range(field.Path, from, new(field.Path, FilterOperator.Less, until));
    }

    private static Filter OneOf(string path, bool not, IReadOnlyList<object> values) => (values, not) switch
    {
        ([var only], false) => Filter.Eq(path, only),
        ([var only], true) => new CompareFilter(path, FilterOperator.NotEqual, only),
        (_, false) => new InFilter(path, values),
        _ => new NotFilter(new InFilter(path, values)),
    };

    /// <summary>People know records by their names, not by ids.</summary>
    private static Filter Records(FilterField field, string op, IReadOnlyList<string> values)
    {
        if (field.Kind.IsSeveral && op is "contains" or "startswith" or "endswith")
            throw new QueryException("{0} cannot be filtered by “{1}”", field.Field.Label, op);
        var ids = values.Distinct().Select(v => v == "@me" ? v : Guid.TryParseExact(v, "D", out var id) ? id : (object?)null).ToList();
        if (ids.All(id => id is not null) && op is not ("contains" or "startswith" or "endswith"))
            return OneOf(field.Path, op == "ne", [.. ids.OfType<object>()]);
        return new CompareFilter($"{field.Path}.{SystemFields.DisplayText}", FilterParser.Operators.TryGetValue(op, out var known) ? known : FilterOperator.Contains, values[0]);
    }

    private object Value(FilterField field, string text) => Read(field, text) is { Value: { } value } ? value : throw new QueryException(Read(field, text).Error!);

    private FieldParse Read(FilterField field, string text)
    {
        if (field.Shape == FilterShape.Date && RelativeDates.Matches(text))
            return FieldParse.Ok(text);
        // Days, not times of day, are what the bar asks about.
        if (field.IsMoment && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return FieldParse.Ok(day);
        var context = new ParseContext(CultureInfo.CurrentCulture, actor.Current.TimeZone, settings.Site.Currency, settings.Site.Region, clock.GetUtcNow().UtcDateTime, localizer);
        // One of several values is compared as it is kept, if it can be read as one, such as an option by its label.
        if (field.Kind is SeveralKind several)
            return FieldParse.Ok(several.Parse(field.Field, text, context).Value is { } one and not UnboundValue ? several.Keys(field.Field, one).First().Key : text);
        if (field.Kind is { IsLong: true } or { Name: "address" })
            return FieldParse.Ok(text);
        return kinds.Of(field.Field).Parse(field.Field, text, context) switch
        {
            { Value: NewOption option } => FieldParse.Ok(option.Text),
            { Value: Money money } => FieldParse.Ok(money.Amount),
            // A part of an address or number can be compared even though it is none itself.
            { Value: null } when field.Shape == FilterShape.Text => FieldParse.Ok(text),
            var read => read,
        };
    }
}
