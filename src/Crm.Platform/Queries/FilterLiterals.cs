using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Security;

namespace Crm.Platform.Queries;

/// <summary>Turns what filters name into values that columns can be compared with.</summary>
internal sealed class FilterLiterals(Actor actor, ParseContext context)
{
    /// <summary>Larger than any number that is stored.</summary>
    public const decimal Largest = 500_000_000_000_000m;

    /// <summary>A literal of a filter in the form of the column it is compared with.</summary>
    public object? Convert(QueryCompiler.Resolved at, object? value)
    {
        if (value is "@me" && string.Equals(at.Field.Target, SystemTypes.Users, StringComparison.OrdinalIgnoreCase))
            return actor.UserId ?? Guid.Empty;
        if (value is StoredValue stored)
            return stored.Value;
        var converted = at.Kind.ToFilterValue(at.Field, value switch
        {
            DateOnly day when at.FilterType == ColumnType.DateTime => RelativeDates.ToUtc(day.ToDateTime(TimeOnly.MinValue), actor.TimeZone),
            DateTime time when at.FilterType == ColumnType.Date => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(time, actor.TimeZone)),
            int or long => System.Convert.ToDecimal(value, CultureInfo.InvariantCulture),
            _ => value,
        });
        switch (at.FilterType)
        {
            case ColumnType.Text when converted is string plain && at.Kind is not (PickListField or MultiPickListField):
                // No record contains it, and PostgreSQL refuses it.
                return plain.Contains('\0', StringComparison.Ordinal) ? throw new QueryException("{0} cannot be compared with {1}", at.Field.Label, "\\0") : plain;
            case ColumnType.Boolean when converted is bool:
            case ColumnType.Date when converted is DateOnly:
            case ColumnType.DateTime when converted is DateTime:
            case ColumnType.Uuid when converted is Guid:
                return converted;
            case ColumnType.Integer or ColumnType.Decimal when converted is decimal number:
                // Stored numbers are smaller than this, so a larger literal compares the same when it is cut down.
                return Math.Clamp(number, -Largest, Largest);
        }
        if (value is string text)
        {
            if (at.Kind is PickListField or MultiPickListField)
                return PickListField.FindOption(at.Field, text, context.Localizer)?.Key
                    ?? (at.Field.Open ? text : throw new QueryException("{0} has no option “{1}”", at.Field.Label, text) { Field = at.Field.Name });
            // A month is kept as its first day, but the days that a filter names stay days.
            if (at.FilterType == ColumnType.Date && RelativeDates.ToDate(text, context) is { } moving)
                return moving;
            if (at.Kind.Parse(at.Field, text, context).Value is { } parsed and not (UnboundValue or string))
                return Convert(at, parsed);
        }
        throw new QueryException("{0} cannot be compared with {1}", at.Field.Label, value ?? "null") { Field = at.Field.Name };
    }
}
