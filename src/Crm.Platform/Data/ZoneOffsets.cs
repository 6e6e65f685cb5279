using System.Collections.Concurrent;

namespace Crm.Platform.Data;

/// <summary>
/// A zone's differences from UTC, in order, from 1990 to 2050; before and after that the first and the last one hold.
/// The databases have zone rules of their own, or none: one source keeps groups and filters agreed.
/// </summary>
internal static class ZoneOffsets
{
    private static readonly ConcurrentDictionary<string, IReadOnlyList<(DateTime From, TimeSpan Offset)>> Known = new(StringComparer.Ordinal);

    public static IReadOnlyList<(DateTime From, TimeSpan Offset)> Of(TimeZoneInfo zone) => Known.GetOrAdd(zone.Id, _ => Read(zone));

    private static List<(DateTime From, TimeSpan Offset)> Read(TimeZoneInfo zone)
    {
        var day = new DateTime(1990, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var end = new DateTime(2050, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var spans = new List<(DateTime From, TimeSpan Offset)> { (day, zone.GetUtcOffset(day)) };
        for (; day < end; day = day.AddDays(1))
            if (zone.GetUtcOffset(day.AddDays(1)) != spans[^1].Offset)
                spans.Add(Change(zone, day, day.AddDays(1)));
        return spans;
    }

    /// <summary>The first second with the new difference, between a moment with the old and one with the new.</summary>
    private static (DateTime From, TimeSpan Offset) Change(TimeZoneInfo zone, DateTime before, DateTime after)
    {
        var offset = zone.GetUtcOffset(after);
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = before.AddSeconds((int)(after - before).TotalSeconds / 2);
            if (zone.GetUtcOffset(middle) == offset)
                after = middle;
            else
                before = middle;
        }
        return (after, offset);
    }
}
