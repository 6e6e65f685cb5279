using Crm.Platform.Data;

namespace Crm.Reports.Engine;

/// <summary>Days, weeks, months, quarters and years, by their first day.</summary>
internal static class Buckets
{
    public static DateOnly Next(DateOnly start, DateBucket bucket) => bucket switch
    {
        DateBucket.Day => start.AddDays(1),
        DateBucket.Week => start.AddDays(7),
        DateBucket.Month => start.AddMonths(1),
        DateBucket.Quarter => start.AddMonths(3),
        _ => start.AddYears(1),
    };

    public static DateOnly Start(DateOnly day, DateBucket bucket) => bucket switch
    {
        DateBucket.Day => day,
        DateBucket.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        DateBucket.Month => new(day.Year, day.Month, 1),
        DateBucket.Quarter => new(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1),
        _ => new(day.Year, 1, 1),
    };
}
