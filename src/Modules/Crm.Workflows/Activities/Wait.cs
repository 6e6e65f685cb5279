using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Workflows;

/// <summary>Waits for a while, or until a date of the record, which may move in the meantime.</summary>
internal sealed class Wait(TimeProvider clock) : ActivityKind
{
    private const string How = "how";
    private const string For = "for";
    private const string Until = "until";
    private const string Amount = "amount";
    private const string Unit = "unit";
    private const string At = "at";

    public override string Name => "wait";

    public override LocalizedText Label => "Wait";

    public override LocalizedText Description => "Goes on after a while, or when a date of the record has come";

    public override string Icon => "hourglass";

    public override IReadOnlyList<Setting> Settings { get; } =
    [
        new(How, "How long", SettingInput.Choice) { Default = For, Options = [new(For, "For a while"), new(Until, "Until a date of the record")] },
        new(Amount, "How much", SettingInput.Number) { When = $"{How}={For}", Required = true, Default = "3", Min = 1, Max = 1000, IsHalf = true },
        new(Unit, "Unit", SettingInput.Choice) { When = $"{How}={For}", Default = "days", IsHalf = true, Options = [new("days", "days"), new("hours", "hours"), new("minutes", "minutes")] },
        new(SettingNames.Field, "Date", SettingInput.Field) { When = $"{How}={Until}", Required = true, IsHalf = true, Fields = f => f.Kind is "date" or "dateTime" },
        new(At, "At", SettingInput.Time) { When = $"{How}={Until}", Default = "09:00", IsHalf = true, Help = "For dates without a time, in the site’s time zone" },
    ];

    public override void Check(NodeSettings node, ContentTypeDefinition? type, Action<string, Message> error)
    {
        if (node[How] == Until && type is null)
            error(How, new("This workflow is about no record, so there is no date to wait for"));
    }

    public override Task<ActivityResult> RunAsync(ActivityRun run, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        return Task.FromResult(run[How] == Until ? UntilDate(run, now) : ForAWhile(run, now));
    }

    private static ActivityResult ForAWhile(ActivityRun run, DateTime now)
    {
        var amount = run.Number(Amount);
        var until = now + (run[Unit] switch { "minutes" => TimeSpan.FromMinutes(amount), "hours" => TimeSpan.FromHours(amount), _ => TimeSpan.FromDays(amount) });
        return new(new("Waits until {0}", Said(until, run))) { ResumeAt = until };
    }

    /// <summary>Looks again when the time has come: the date may have been put off.</summary>
    private static ActivityResult UntilDate(ActivityRun run, DateTime now)
    {
        var field = run.Type!.Find(run[SettingNames.Field] ?? "") ?? throw new ActivityRefusedException("{0} has no field {1}", run.Type.PluralLabel, run[SettingNames.Field] ?? "");
        var time = TimeOnly.TryParseExact(run[At], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : new TimeOnly(9, 0);
        DateTime? until = run.Record![field.Name] switch
        {
            DateOnly day => new Stretch(now, now, run.Workflow.Zone).At(day, time),
            DateTime moment => moment,
            _ => null,
        };
        return until switch
        {
            null => new(new("{0} is empty, so there is nothing to wait for", field.Label)),
            { } due when due <= now => new(new("{0} has come", field.Label)),
            { } due => new(new("Waits for {0} until {1}", field.Label, Said(due, run))) { ResumeAt = due, Again = true },
        };
    }

    private static string Said(DateTime utc, ActivityRun run)
        => TimeZoneInfo.ConvertTimeFromUtc(utc, run.Workflow.Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
