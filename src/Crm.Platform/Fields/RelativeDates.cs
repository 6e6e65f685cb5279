using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Localization;

namespace Crm.Platform.Fields;

/// <summary>
/// Dates that move with the calendar: <c>@today</c>, <c>@week</c> (its Monday), <c>@month</c>, <c>@quarter</c> and
/// <c>@year</c> (their first day), each with <c>+n</c> or <c>-n</c> of its own unit, and a time of day behind it where a
/// time is wanted: <c>@today+1 09:30</c>. <c>@now</c> takes <c>+90m</c>, <c>-2h</c> or <c>+3d</c>. Days are the user's.
/// </summary>
public static partial class RelativeDates
{
    public static bool Matches(string text) => Day().IsMatch(text) || Moment().IsMatch(text);

    public static DateOnly? ToDate(string text, ParseContext context)
        => Day().Match(text) is { Success: true } match && !match.Groups["time"].Success ? ToDate(match, context) : null;

    public static DateTime? ToMoment(string text, ParseContext context)
    {
        if (Moment().Match(text) is { Success: true } moment)
        {
            var count = moment.Groups["count"].Success ? int.Parse(moment.Groups["count"].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
            return DateTimeField.Truncate(moment.Groups["unit"].Value switch { "m" => context.Now.AddMinutes(count), "h" => context.Now.AddHours(count), _ => context.Now.AddDays(count) });
        }
        if (Day().Match(text) is not { Success: true } match)
            return null;
        var time = match.Groups["time"].Success ? TimeOnly.ParseExact(match.Groups["time"].Value, "HH:mm", CultureInfo.InvariantCulture) : TimeOnly.MinValue;
        return ToUtc(ToDate(match, context).ToDateTime(time), context.TimeZone);
    }

    /// <summary>A time of day in a zone: the first of two where the clocks are put back, and the hour after one that they skip.</summary>
    internal static DateTime ToUtc(DateTime local, TimeZoneInfo zone)
        => zone.IsAmbiguousTime(local)
            ? DateTime.SpecifyKind(local - zone.GetAmbiguousTimeOffsets(local).Max(), DateTimeKind.Utc)
            : TimeZoneInfo.ConvertTimeToUtc(zone.IsInvalidTime(local) ? local.AddHours(1) : local, zone);

    /// <summary>In words, such as "today" or "7 days ago"; null for another text.</summary>
    public static string? Describe(string text, IStringLocalizer localizer)
    {
        if (text == "@now")
            return localizer["now"];
        if (Day().Match(text) is not { Success: true } match || match.Groups["time"].Success)
            return Moment().IsMatch(text) ? text[1..] : null;
        var count = Count(match);
        return (match.Groups["unit"].Value, count) switch
        {
            ("today", 0) => localizer["today"],
            ("today", > 0) => localizer["in {0} days", count],
            ("today", _) => localizer["{0} days ago", -count],
            ("week", 0) => localizer["start of this week"],
            ("month", 0) => localizer["start of this month"],
            ("quarter", 0) => localizer["start of this quarter"],
            ("year", 0) => localizer["start of this year"],
            ("week", 1) => localizer["start of next week"],
            ("month", 1) => localizer["start of next month"],
            ("quarter", 1) => localizer["start of next quarter"],
            ("year", 1) => localizer["start of next year"],
            ("week", _) => localizer["start of the week, {0} weeks from now", count],
            ("month", _) => localizer["start of the month, {0} months from now", count],
            ("quarter", _) => localizer["start of the quarter, {0} quarters from now", count],
            _ => localizer["start of the year, {0} years from now", count],
        };
    }

    private static int Count(Match match)
        => match.Groups["count"].Success ? int.Parse(match.Groups["count"].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;

    private static DateOnly ToDate(Match match, ParseContext context)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(context.Now, context.TimeZone));
        var count = Count(match);
        return match.Groups["unit"].Value switch
        {
            "week" => today.AddDays(-(((int)today.DayOfWeek + 6) % 7) + (7 * count)),
            "month" => new DateOnly(today.Year, today.Month, 1).AddMonths(count),
            "quarter" => new DateOnly(today.Year, ((today.Month - 1) / 3 * 3) + 1, 1).AddMonths(3 * count),
            "year" => new DateOnly(today.Year, 1, 1).AddYears(count),
            _ => today.AddDays(count),
        };
    }

    // Four digits of days, three of anything else: no sum leaves the calendar.
    [GeneratedRegex("^@(?:(?<unit>today)(?<count>[+-][0-9]{1,4})?|(?<unit>week|month|quarter|year)(?<count>[+-][0-9]{1,3})?)(?: (?<time>(?:[01][0-9]|2[0-3]):[0-5][0-9]))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Day();

    [GeneratedRegex("^@now(?:(?<count>[+-][0-9]{1,5})(?<unit>[mhd]))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Moment();
}
