using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Workflows;

/// <summary>Creates a task about the record.</summary>
internal sealed class CreateTask(IContentManager content, ContentDefinitions definitions, MergeTexts texts, Assignees assignees, TimeProvider clock) : ActivityKind
{
    private const string Tasks = "activities";
    private const string Title = "title";
    private const string Details = "details";
    private const string DueIn = "dueIn";
    private const string DueAt = "dueAt";

    public override string Name => "createTask";

    public override LocalizedText Label => "Create a task";

    public override LocalizedText Description => "A task about the record, for somebody, due in some days";

    public override string Icon => "checkbox";

    public override IReadOnlyList<Setting> Settings { get; } =
    [
        new(Title, "Title", SettingInput.Text) { Required = true, Merges = true },
        .. Assignees.Settings("For", Assignees.Owner, Assignees.Customer, Assignees.User, Assignees.Role, Assignees.Team),
        new(DueIn, "Due in days", SettingInput.Number) { Default = "1", Max = 365, IsHalf = true },
        new(DueAt, "At", SettingInput.Time) { Default = "09:00", IsHalf = true },
        new(Details, "Details", SettingInput.LongText) { MaxLength = 2000, Merges = true },
    ];

    public override Message? Unavailable(DefinitionSet definitions)
        => definitions.Find(Tasks) is null ? new("Tasks need the feature “Activities”, which is switched off") : null;

    public override void Check(NodeSettings node, ContentTypeDefinition? type, Action<string, Message> error) => Assignees.Check(node, type, error);

    public override async Task<ActivityResult> RunAsync(ActivityRun run, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(Tasks);
        var (owner, name) = await assignees.PickAsync(run, cancellationToken);
        var title = await texts.RenderAsync(run[Title] ?? "", run, cancellationToken);
        var change = new ContentChange(Tasks)
        {
            Values = { ["subject"] = title.Length > 200 ? title[..200] : title, ["kind"] = "task", ["status"] = "open", ["dueAt"] = Due(run), [SystemFields.Owner] = owner },
        };
        if (run[Details] is { } details)
            change.Values["description"] = await texts.RenderAsync(details, run, cancellationToken);
        if (run is { Type: { } about, Record: { } record } && type.Find("regarding") is not null)
            change.Texts["regarding"] = $"{about.Name}/{record.Id}";
        var result = await content.SaveAsync(change, SaveOptions.Default, cancellationToken);
        if (!result.Succeeded)
            throw new ActivityRefusedException(result.Errors is [var error, ..] ? error.Message : new Message("It could not be saved"));
        return new(new("Task “{0}” for {1}", title, name)) { Url = $"{type.Path}/{result.Id}" };
    }

    private DateTime Due(ActivityRun run)
    {
        var zone = run.Workflow.Zone;
        var now = clock.Now();
        var time = TimeOnly.TryParseExact(run[DueAt], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : new TimeOnly(9, 0);
        var due = new Stretch(now, now, zone);
        return due.At(due.DayOf(now).AddDays(run.Number(DueIn)), time);
    }
}
