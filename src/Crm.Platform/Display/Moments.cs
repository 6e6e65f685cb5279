using System.Globalization;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Platform.Display;

/// <summary>Dates and times as people say them, in the user's zone: today, yesterday, in 3 days; further away the date itself.</summary>
public sealed class Moments(TimeProvider clock, ActorContext actor, IStringLocalizer localizer)
{
    private DateOnly Today => actor.Current.Today(clock);

    public string Of(DateOnly date) => (date.DayNumber - Today.DayNumber) switch
    {
        0 => localizer["Today"],
        1 => localizer["Tomorrow"],
        -1 => localizer["Yesterday"],
        > 1 and < 7 and var days => localizer["In {0} days", days],
        < -1 and > -7 and var days => localizer["{0} days ago", -days],
        _ => date.ToString("d", CultureInfo.CurrentCulture),
    };

    /// <summary>With the time of day where the day is near.</summary>
    public string Of(DateTime utc)
    {
        var local = Local(utc);
        var date = DateOnly.FromDateTime(local);
        return Math.Abs(date.DayNumber - Today.DayNumber) <= 1
            ? localizer["{0}, {1}", Of(date), TimeOf(utc)]
            : Of(date);
    }

    public bool IsPast(DateTime utc) => utc < clock.GetUtcNow().UtcDateTime;

    /// <summary>The day itself is not past until it is over.</summary>
    public bool IsPast(DateOnly date) => date < Today;

    /// <summary>Tomorrow at this hour, as <c>datetime-local</c> takes it.</summary>
    public string Tomorrow(int hour) => Today.AddDays(1).ToDateTime(new TimeOnly(hour, 0)).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    public string DayOf(DateTime utc)
    {
        var date = DateOnly.FromDateTime(Local(utc));
        return Math.Abs(date.DayNumber - Today.DayNumber) <= 1 ? Of(date) : date.ToString("D", CultureInfo.CurrentCulture);
    }

    public string TimeOf(DateTime utc) => Local(utc).ToString("t", CultureInfo.CurrentCulture);

    /// <summary>Day and time in full.</summary>
    public string Exact(DateTime utc) => Local(utc).ToString("f", CultureInfo.CurrentCulture);

    private DateTime Local(DateTime utc) => TimeZoneInfo.ConvertTimeFromUtc(utc, actor.Current.TimeZone);
}
