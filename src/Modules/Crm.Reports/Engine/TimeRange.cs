using Crm.Platform.Fields;
using Crm.Platform.Localization;

namespace Crm.Reports.Engine;

/// <param name="Preset">Key of the preset, or <see cref="Custom"/>.</param>
/// <param name="From">First day; null for no limit.</param>
/// <param name="Until">The day after the last; null for no limit.</param>
public sealed record TimeRange(string Preset, DateOnly? From, DateOnly? Until)
{
    public const string Always = "always";
    public const string Custom = "custom";
    public const string Last12Months = "last-12-months";
    public const string ThisQuarter = "this-quarter";
    public const string ThisYear = "this-year";

    /// <summary>Ranges that move with the calendar: first day, and the day after the last.</summary>
    public static IReadOnlyList<(string Key, LocalizedText Label, string? From, string? Until)> Presets { get; } =
    [
        (Always, "All time", null, null),
        ("this-month", "This month", "@month", "@month+1"),
        ("last-month", "Last month", "@month-1", "@month"),
        (ThisQuarter, "This quarter", "@quarter", "@quarter+1"),
        ("last-quarter", "Last quarter", "@quarter-1", "@quarter"),
        (ThisYear, "This year", "@year", "@year+1"),
        ("last-year", "Last year", "@year-1", "@year"),
        ("last-30-days", "Last 30 days", "@today-29", "@today+1"),
        (Last12Months, "Last 12 months", "@month-11", "@month+1"),
    ];

    public static TimeRange? Of(string preset, ParseContext context)
    {
        foreach (var (key, _, from, until) in Presets)
            if (key == preset)
                return new(key, from is null ? null : RelativeDates.ToDate(from, context), until is null ? null : RelativeDates.ToDate(until, context));
        return null;
    }
}
