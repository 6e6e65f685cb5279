using System.Globalization;
using Crm.Contents.Lists;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Lists;

/// <summary>
/// The filter bar's moving stretches of the calendar hold the reader's own days: at the ends of months, quarters and years, in
/// leap years, and where the clocks are changed.
/// </summary>
public sealed class RelativeDateTests
{
    /// <summary>What is in a stretch, each from a day until before another, on the reader's calendar.</summary>
    private static readonly (string Zone, string Now, string Stretches)[] Days =
    [
        // Half past midnight on New Year's Day, a Friday, in Shanghai: still last year by Greenwich.
        ("Asia/Shanghai", "2026-12-31T16:30:00Z", """
            today 2027-01-01 2027-01-02, yesterday 2026-12-31 2027-01-01, tomorrow 2027-01-02 2027-01-03,
            week 2026-12-28 2027-01-04, lastWeek 2026-12-21 2026-12-28, nextWeek 2027-01-04 2027-01-11,
            month 2027-01-01 2027-02-01, lastMonth 2026-12-01 2027-01-01, nextMonth 2027-02-01 2027-03-01,
            quarter 2027-01-01 2027-04-01, lastQuarter 2026-10-01 2027-01-01, nextQuarter 2027-04-01 2027-07-01,
            year 2027-01-01 2028-01-01, lastYear 2026-01-01 2027-01-01,
            last30 2026-12-02 2027-01-02, next30 2027-01-01 2027-02-01, ago1 0001-01-01 2026-12-31
            """),
        // A minute before midnight on a leap day, a Tuesday, in New York: already March by Greenwich.
        ("America/New_York", "2028-03-01T04:59:00Z", """
            today 2028-02-29 2028-03-01, yesterday 2028-02-28 2028-02-29, tomorrow 2028-03-01 2028-03-02,
            week 2028-02-28 2028-03-06, lastWeek 2028-02-21 2028-02-28, nextWeek 2028-03-06 2028-03-13,
            month 2028-02-01 2028-03-01, lastMonth 2028-01-01 2028-02-01, nextMonth 2028-03-01 2028-04-01,
            quarter 2028-01-01 2028-04-01, lastQuarter 2027-10-01 2028-01-01, nextQuarter 2028-04-01 2028-07-01,
            year 2028-01-01 2029-01-01, lastYear 2027-01-01 2028-01-01,
            last1 2028-02-28 2028-03-01, next1 2028-02-29 2028-03-02, ago365 0001-01-01 2027-03-01
            """),
        // The last Sunday of September, and with it of the third quarter's last whole week.
        ("UTC", "2026-09-27T23:59:59Z", """
            today 2026-09-27 2026-09-28, yesterday 2026-09-26 2026-09-27, tomorrow 2026-09-28 2026-09-29,
            week 2026-09-21 2026-09-28, lastWeek 2026-09-14 2026-09-21, nextWeek 2026-09-28 2026-10-05,
            month 2026-09-01 2026-10-01, lastMonth 2026-08-01 2026-09-01, nextMonth 2026-10-01 2026-11-01,
            quarter 2026-07-01 2026-10-01, lastQuarter 2026-04-01 2026-07-01, nextQuarter 2026-10-01 2027-01-01,
            year 2026-01-01 2027-01-01, lastYear 2025-01-01 2026-01-01,
            last7 2026-09-20 2026-09-28, next7 2026-09-27 2026-10-05, ago9998 0001-01-01 1999-05-14
            """),
    ];

    /// <summary>From when until when, where days have 23 or 25 hours.</summary>
    private static readonly (string Zone, string Now, string Stretch, string From, string Until)[] Moments =
    [
        ("Europe/Berlin", "2026-03-29T10:00:00Z", "today", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("Europe/Berlin", "2026-10-25T10:00:00Z", "today", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        ("Europe/Berlin", "2026-04-01T10:00:00Z", "lastMonth", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"),
        ("Europe/Berlin", "2026-07-01T10:00:00Z", "quarter", "2026-06-30T22:00:00Z", "2026-09-30T22:00:00Z"),
        ("Asia/Shanghai", "2026-12-31T16:30:00Z", "year", "2026-12-31T16:00:00Z", "2027-12-31T16:00:00Z"),
        // Midnight is skipped: the day begins at one o'clock.
        ("Asia/Beirut", "2026-03-29T10:00:00Z", "today", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"),
        // There are two midnights: the day begins with the first.
        ("America/Havana", "2026-11-01T12:00:00Z", "today", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        ("America/Havana", "2026-10-31T12:00:00Z", "today", "2026-10-31T04:00:00Z", "2026-11-01T04:00:00Z"),
    ];

    [Fact]
    public async Task Filter_OfMovingDates_HoldsTheDaysOfTheReadersCalendar()
    {
        var clock = new SetClock();
        await using var platform = await TestPlatform.CreateAsync(DatabaseProvider.Sqlite, services => services.AddSingleton<TimeProvider>(clock));
        var days = new SortedSet<DateOnly>();
        foreach (var (_, from, until) in Days.SelectMany(d => Read(d.Stretches)))
            days.UnionWith([from > DateOnly.MinValue ? from.AddDays(-1) : from.AddYears(1900), from > DateOnly.MinValue ? from : until.AddYears(-5), until.AddDays(-1), until]);
        var moments = new SortedSet<DateTime>();
        foreach (var (_, _, _, from, until) in Moments)
            moments.UnionWith([Moment(from).AddMilliseconds(-1), Moment(from), Moment(until).AddMilliseconds(-1), Moment(until)]);
        await using (var scope = platform.OpenAsSystem())
        {
            ContentChange[] records = [.. days.Select(d => new ContentChange("companies") { Values = { ["name"] = "Day", ["founded"] = d } }), .. moments.Select(m => new ContentChange("companies") { Values = { ["name"] = "Moment", ["contacted"] = m } })];
            Assert.All(await scope.Content.SaveManyAsync("companies", records, SaveOptions.Default, CancellationToken.None), r => Assert.True(r.Succeeded, string.Join("; ", r.Errors.Select(e => e.Message))));
        }

        foreach (var (zone, now, stretches) in Days)
        {
            Assert.Equal(FilterPeriods.All.Select(p => p.Key), Read(stretches).Select(s => s.Key).SkipLast(3));
            foreach (var (key, from, until) in Read(stretches))
            {
                var found = await FindAsync(zone, now, key, "founded");
                Assert.True(days.Where(d => d >= from && d < until).SequenceEqual(found.Select(i => i.Get<DateOnly>("founded"))), $"{key} in {zone} at {now}: {string.Join(", ", found.Select(i => i["founded"]))}");
                Assert.NotEmpty(found);
            }
        }
        foreach (var (zone, now, key, from, until) in Moments)
        {
            var found = await FindAsync(zone, now, key, "contacted");
            Assert.True(moments.Where(m => m >= Moment(from) && m < Moment(until)).SequenceEqual(found.Select(i => i.Get<DateTime>("contacted"))), $"{key} in {zone} at {now}: {string.Join(", ", found.Select(i => i.Get<DateTime>("contacted").ToString("O", CultureInfo.InvariantCulture)))}");
        }

        async Task<IReadOnlyList<ContentItem>> FindAsync(string zone, string now, string key, string field)
        {
            clock.Now = Moment(now);
            await using var scope = platform.Open(Actor.System("test") with { TimeZone = TimeZoneInfo.FindSystemTimeZoneById(zone) });
            var definitions = scope.Definitions.Current;
            return (await scope.Queries.ListAsync(new Query("companies") { Where = FilterParser.Parse(Text(key, field), definitions.Get("companies"), definitions), Sort = [field], Columns = [field], Take = 1000 }, CancellationToken.None)).Items;
        }
    }

    /// <summary>As the bar writes it into the address.</summary>
    private static string Text(string key, string field)
    {
        if (FilterPeriods.All.FirstOrDefault(p => p.Key == key) is { } period)
            return $"{field} ge {period.From} and {field} lt {period.Until}";
        var count = int.Parse(key.AsSpan(key.IndexOfAnyInRange('0', '9')), CultureInfo.InvariantCulture);
        if (key.StartsWith("ago", StringComparison.Ordinal))
            return $"{field} lt {FilterPeriods.Last(count).From}";
        var (from, until) = key.StartsWith("last", StringComparison.Ordinal) ? FilterPeriods.Last(count) : FilterPeriods.Next(count);
        return $"{field} ge {from} and {field} lt {until}";
    }

    private static IEnumerable<(string Key, DateOnly From, DateOnly Until)> Read(string stretches)
        => stretches.Split(',', StringSplitOptions.TrimEntries).Select(s => s.Split(' ')).Select(s => (s[0], DateOnly.Parse(s[1], CultureInfo.InvariantCulture), DateOnly.Parse(s[2], CultureInfo.InvariantCulture)));

    private static DateTime Moment(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    private sealed class SetClock : TimeProvider
    {
        public DateTime Now { get; set; } = Moment("2026-06-01T00:00:00Z");

        public override DateTimeOffset GetUtcNow() => new(Now, TimeSpan.Zero);
    }
}
