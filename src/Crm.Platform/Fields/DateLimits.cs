using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Localization;

namespace Crm.Platform.Fields;

/// <summary>The first and last day or moment that a field takes. Invariant forms stand in the order of time, so texts are compared.</summary>
internal static class DateLimits
{
    /// <param name="shown">A limit for people.</param>
    public static Message? Validate(FieldDefinition field, string value, Func<string, string> shown)
    {
        if (!IsBefore(value, field.Earliest) && !IsBefore(field.Latest, value))
            return null;
        return (field.Earliest, field.Latest) switch
        {
            ({ } earliest, { } latest) => new("{0} must be between {1} and {2}", field.Label, shown(earliest), shown(latest)),
            ({ } earliest, null) => new("{0} must be {1} or later", field.Label, shown(earliest)),
            _ => new("{0} must be {1} or earlier", field.Label, shown(field.Latest!)),
        };
    }

    /// <param name="form">The kind's invariant form.</param>
    public static Message? ValidateDefinition(FieldDefinition field, string form)
    {
        foreach (var limit in new[] { field.Earliest, field.Latest }.OfType<string>())
            if (!DateTime.TryParseExact(limit, form, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
                return new("“{0}” is no limit of {1}: write it as {2}", limit, field.Label, new DateTime(2026, 3, 31, 14, 30, 0).ToString(form, CultureInfo.InvariantCulture));
        return IsBefore(field.Latest, field.Earliest) ? new("The lower limit {0} is above the upper limit {1}", field.Earliest!, field.Latest!) : null;
    }

    private static bool IsBefore(string? one, string? other) => one is not null && other is not null && string.CompareOrdinal(one, other) < 0;
}
