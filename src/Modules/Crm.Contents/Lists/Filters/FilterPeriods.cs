using System.Globalization;
using System.Text.RegularExpressions;
using Crm.Platform.Localization;

namespace Crm.Contents.Lists;

/// <summary>Stretches of the calendar that move with it, each from a day until before another.</summary>
internal static partial class FilterPeriods
{
    public sealed record Period(string Key, string From, string Until, LocalizedText Label)
    {
        public bool IsOfMonths => !From.StartsWith("@today", StringComparison.Ordinal) && !From.StartsWith("@week", StringComparison.Ordinal);
    }

    public static IReadOnlyList<Period> All { get; } =
    [
        new("today", "@today", "@today+1", "today"),
        new("yesterday", "@today-1", "@today", "yesterday"),
        new("tomorrow", "@today+1", "@today+2", "tomorrow"),
        new("week", "@week", "@week+1", "this week"),
        new("lastWeek", "@week-1", "@week", "last week"),
        new("nextWeek", "@week+1", "@week+2", "next week"),
        new("month", "@month", "@month+1", "this month"),
        new("lastMonth", "@month-1", "@month", "last month"),
        new("nextMonth", "@month+1", "@month+2", "next month"),
        new("quarter", "@quarter", "@quarter+1", "this quarter"),
        new("lastQuarter", "@quarter-1", "@quarter", "last quarter"),
        new("nextQuarter", "@quarter+1", "@quarter+2", "next quarter"),
        new("year", "@year", "@year+1", "this year"),
        new("lastYear", "@year-1", "@year", "last year"),
    ];

    public static Period? Find(string? from, string? until) => All.FirstOrDefault(p => p.From == from && p.Until == until);

    /// <summary>The last so many days and today.</summary>
    public static (string From, string Until) Last(int days) => ($"@today-{days.ToString(CultureInfo.InvariantCulture)}", "@today+1");

    /// <summary>Today and the next so many days.</summary>
    public static (string From, string Until) Next(int days) => ("@today", $"@today+{(days + 1).ToString(CultureInfo.InvariantCulture)}");

    public static int? LastDays(string? from, string? until) => until == "@today+1" && Days(from) is < 0 and var days ? -days : null;

    public static int? NextDays(string? from, string? until) => from == "@today" && Days(until) is > 1 and var days ? days - 1 : null;

    /// <summary>So many days from today; null for another text.</summary>
    public static int? Days(string? text)
        => text is not null && DayCount().Match(text) is { Success: true } match ? int.Parse(match.Groups[1].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex("^@today([+-][0-9]{1,4})$", RegexOptions.CultureInvariant)]
    private static partial Regex DayCount();
}
