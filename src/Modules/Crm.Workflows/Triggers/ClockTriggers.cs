using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;

namespace Crm.Workflows;

/// <summary>A stretch of time that has been waited through: from (not included) to (included), in UTC.</summary>
internal sealed record Stretch(DateTime From, DateTime To, TimeZoneInfo Zone)
{
    public bool Holds(DateTime utc) => utc > From && utc <= To;

    /// <summary>The moment at which a day's clocks show a time; an hour that they skip is the one after it.</summary>
    public DateTime At(DateOnly day, TimeOnly time) => ToUtc(day.ToDateTime(time));

    /// <summary>The same time of another day: where clocks were put forward or back between them, not a multiple of 24 hours away.</summary>
    public DateTime Shift(DateTime utc, int days) => ToUtc(TimeZoneInfo.ConvertTimeFromUtc(utc, Zone).AddDays(days));

    private DateTime ToUtc(DateTime local) => TimeZoneInfo.ConvertTimeToUtc(Zone.IsInvalidTime(local) ? local.AddHours(1) : local, Zone);

    public DateOnly DayOf(DateTime utc) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(utc, Zone));
}

/// <summary>A trigger that the clock starts.</summary>
internal abstract class ClockTrigger : TriggerKind
{
    public const string At = "at";

    /// <summary>Which records start it in this stretch; null for none. For a workflow about none, any filter means "yes".</summary>
    public abstract Filter? Due(NodeSettings trigger, ContentTypeDefinition? type, Stretch stretch);

    /// <summary>Tells one occasion from the next.</summary>
    public abstract string EventOf(NodeSettings trigger, ContentItem? record, Stretch stretch);

    private protected static TimeOnly TimeOf(NodeSettings trigger)
        => TimeOnly.TryParseExact(trigger[At], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : new TimeOnly(9, 0);
}

/// <summary>So long before or after a date of the record.</summary>
internal sealed class DateTrigger : ClockTrigger
{
    public const string Amount = "amount";
    public const string Unit = "unit";
    public const string Direction = "direction";

    public override string Name => "date";

    public override LocalizedText Label => "A time before or after a date";

    public override string Icon => "calendar-due";

    public override IReadOnlyList<Setting> Settings { get; } =
    [
        TypeSetting(),
        new(Amount, "How much", SettingInput.Number) { Required = true, Default = "3", Max = 1000, IsHalf = true },
        new(Unit, "Unit", SettingInput.Choice) { Default = "days", IsHalf = true, Options = [new("days", "days"), new("hours", "hours"), new("minutes", "minutes")] },
        new(Direction, "Before or after", SettingInput.Choice) { Default = "after", IsHalf = true, Options = [new("after", "after"), new("before", "before the date")] },
        new(SettingNames.Field, "Date", SettingInput.Field) { Required = true, IsHalf = true, Fields = f => f.Kind is "date" or "dateTime" },
        new(At, "At", SettingInput.Time) { Default = "09:00", Help = "For dates without a time, in the site’s time zone" },
    ];

    public override Filter? Due(NodeSettings trigger, ContentTypeDefinition? type, Stretch stretch)
    {
        if (type?.Find(trigger[SettingNames.Field] ?? "") is not { } field)
            return null;
        // Days are days of the calendar; only what is left is a length of time.
        var (shift, offset) = OffsetOf(trigger);
        if (field.Kind == "dateTime")
            return Filter.And(new CompareFilter(field.Name, FilterOperator.Greater, stretch.Shift(stretch.From - offset, -shift)), new CompareFilter(field.Name, FilterOperator.LessOrEqual, stretch.Shift(stretch.To - offset, -shift)));
        var days = new List<object?>();
        for (var day = stretch.DayOf(stretch.From - offset); day <= stretch.DayOf(stretch.To - offset); day = day.AddDays(1))
            if (stretch.Holds(stretch.At(day, TimeOf(trigger)) + offset))
                days.Add(day.AddDays(-shift));
        return days.Count == 0 ? null : Filter.In(field.Name, days);
    }

    public override string EventOf(NodeSettings trigger, ContentItem? record, Stretch stretch)
        => $"date:{record!.Id:N}:{record[trigger[SettingNames.Field]!] switch { DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), DateTime time => time.ToString("O", CultureInfo.InvariantCulture), _ => "" }}";

    public override Message Describe(NodeSettings trigger, ContentTypeDefinition? type)
    {
        var field = type?.Find(trigger[SettingNames.Field] ?? "")?.Label ?? trigger[SettingNames.Field] ?? "";
        var amount = trigger.Number(Amount, 0);
        return (trigger[Direction] == "before", trigger[Unit] ?? "days") switch
        {
            (true, "days") => new("{0}: {1} days before {2}", LabelOf(type, trigger), amount, field),
            (true, "hours") => new("{0}: {1} hours before {2}", LabelOf(type, trigger), amount, field),
            (true, _) => new("{0}: {1} minutes before {2}", LabelOf(type, trigger), amount, field),
            (false, "days") => new("{0}: {1} days after {2}", LabelOf(type, trigger), amount, field),
            (false, "hours") => new("{0}: {1} hours after {2}", LabelOf(type, trigger), amount, field),
            (false, _) => new("{0}: {1} minutes after {2}", LabelOf(type, trigger), amount, field),
        };
    }

    private static (int Days, TimeSpan Time) OffsetOf(NodeSettings trigger)
    {
        var amount = trigger.Number(Amount, 0) * (trigger[Direction] == "before" ? -1 : 1);
        return trigger[Unit] switch { "minutes" => (0, TimeSpan.FromMinutes(amount)), "hours" => (0, TimeSpan.FromHours(amount)), _ => (amount, TimeSpan.Zero) };
    }
}

/// <summary>Every hour, day, week or month at a time; once, or once for each record.</summary>
internal sealed class ScheduleTrigger : ClockTrigger
{
    public const string Every = "every";
    public const string Weekday = "weekday";
    public const string Day = "day";

    public override string Name => "schedule";

    public override LocalizedText Label => "A schedule";

    public override string Icon => "clock";

    public override IReadOnlyList<Setting> Settings { get; } =
    [
        new(Every, "Every", SettingInput.Choice) { Default = "day", IsHalf = true, Options = [new("hour", "hour"), new("day", "day"), new("week", "week"), new("month", "month")] },
        new(Weekday, "Weekday", SettingInput.Choice)
        {
            When = "every=week", Default = "1", IsHalf = true,
            Options = [new("1", "Monday"), new("2", "Tuesday"), new("3", "Wednesday"), new("4", "Thursday"), new("5", "Friday"), new("6", "Saturday"), new("7", "Sunday")],
        },
        new(Day, "Day of the month", SettingInput.Number) { When = "every=month", Default = "1", Min = 1, Max = 31, IsHalf = true, Help = "In shorter months the last day" },
        new(At, "At", SettingInput.Time) { When = "every=day|week|month", Default = "09:00", IsHalf = true, Help = "In the site’s time zone" },
        TypeSetting(required: false) with { Label = "Once for each of", Help = "Empty: once, about no record" },
    ];

    public override Filter? Due(NodeSettings trigger, ContentTypeDefinition? type, Stretch stretch)
        => stretch.Holds(Latest(trigger, stretch)) ? new AndFilter([]) : null;

    public override string EventOf(NodeSettings trigger, ContentItem? record, Stretch stretch)
        => $"at:{Latest(trigger, stretch).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture)}:{record?.Id.ToString("N")}";

    public override Message Describe(NodeSettings trigger, ContentTypeDefinition? type)
    {
        var at = TimeOf(trigger).ToString("HH:mm", CultureInfo.InvariantCulture);
        return trigger[Every] switch
        {
            "hour" => new("Every hour"),
            "week" => new("Every {0} at {1}", Settings[1].Options[Math.Clamp(trigger.Number(Weekday, 1), 1, 7) - 1].Label, at),
            "month" => new("On day {0} of every month at {1}", trigger.Number(Day, 1), at),
            _ => new("Every day at {0}", at),
        };
    }

    /// <summary>The last occasion up to the stretch's end. What a standstill missed is made up for once, not many times.</summary>
    private static DateTime Latest(NodeSettings trigger, Stretch stretch)
    {
        if (trigger[Every] == "hour")
            return new DateTime(stretch.To.Year, stretch.To.Month, stretch.To.Day, stretch.To.Hour, 0, 0, DateTimeKind.Utc);
        for (var day = stretch.DayOf(stretch.To); ; day = day.AddDays(-1))
            if (IsDay(trigger, day) && stretch.At(day, TimeOf(trigger)) is var at && at <= stretch.To)
                return at;
    }

    private static bool IsDay(NodeSettings trigger, DateOnly day) => trigger[Every] switch
    {
        "week" => ((int)day.DayOfWeek + 6) % 7 + 1 == trigger.Number(Weekday, 1),
        "month" => day.Day == Math.Min(trigger.Number(Day, 1), DateTime.DaysInMonth(day.Year, day.Month)),
        _ => true,
    };
}
