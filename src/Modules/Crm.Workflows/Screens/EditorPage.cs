using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Microsoft.Extensions.Localization;

namespace Crm.Workflows;

/// <summary>One setting's input: model of <c>_Setting</c>.</summary>
/// <param name="Name">Under which it is posted.</param>
internal sealed record SettingEditor(Setting Setting, string Name, string Value)
{
    public string Id => Name.Replace('.', '-');

    public string? Error { get; init; }

    /// <summary>What may be chosen; empty for what is typed.</summary>
    public IReadOnlyList<FieldOption> Options { get; init; } = [];

    public string? ChosenText { get; init; }

    /// <summary>Value of <c>data-show-when</c>.</summary>
    public string? ShowWhen { get; init; }

    /// <summary>What else is asked for depends on it, so that the form is shown anew.</summary>
    public bool Refreshes { get; init; }

    public string? DescribedBy => (Error, Setting.Help) switch
    {
        (null, null) => null,
        (null, _) => $"{Id}-hint",
        (_, null) => $"{Id}-error",
        _ => $"{Id}-error {Id}-hint",
    };
}

/// <param name="Place">Its number in the form, such as 2.1.</param>
internal sealed record StepEditor(Step Step, ActivityKind? Kind, string Place, IReadOnlyList<SettingEditor> Settings, IReadOnlyList<string> Errors, IReadOnlyList<StepEditor> Then, IReadOnlyList<StepEditor> Else)
{
    public string Id => Step.Node.Id;

    public bool IsFirst { get; init; }

    public bool IsLast { get; init; }
}

/// <param name="Unavailable">Why it cannot be added.</param>
internal sealed record KindChoice(ActivityKind Kind, Message? Unavailable);

internal sealed record EditorPage(Guid? Id, long Version, EditorInput Input)
{
    public required IReadOnlyList<TriggerKind> Triggers { get; init; }

    public required IReadOnlyList<SettingEditor> TriggerSettings { get; init; }

    public required IReadOnlyList<StepEditor> Steps { get; init; }

    public required IReadOnlyList<KindChoice> Kinds { get; init; }

    /// <summary>The content type whose fields may be used; null for none.</summary>
    public ContentTypeDefinition? Type { get; init; }

    /// <summary>All errors, each with the input that it is about.</summary>
    public IReadOnlyList<(string? InputId, string Text)> Errors { get; init; } = [];

    public string? ErrorOf(string inputId) => Errors.FirstOrDefault(e => e.InputId == inputId).Text;

    public bool IsDirty { get; init; }

    public string Action => Id is null ? "/admin/workflows/new" : $"/admin/workflows/{Id}/edit";

    public string CancelUrl => Id is null ? "/admin/workflows" : $"/admin/workflows/{Id}";
}

/// <summary>Where steps may be added: model of <c>_AddStep</c>.</summary>
internal sealed record StepListModel(EditorPage Page, IReadOnlyList<StepEditor> Steps, string Parent, string Outcome);

/// <summary>Makes the editor's page from what stands in its form.</summary>
internal sealed class EditorPages(IEnumerable<TriggerKind> triggers, IEnumerable<ActivityKind> activities, ContentDefinitions definitions, QueryEngine queries, IStringLocalizer localizer)
{
    public async Task<EditorPage> MakeAsync(Guid? id, long version, EditorInput input, IReadOnlyList<DefinitionError> errors, IReadOnlyList<(string? InputId, string Text)> others, CancellationToken cancellationToken)
    {
        var trigger = triggers.First(t => t.Name == input.Trigger.Kind);
        var type = input.Trigger[SettingNames.Type] is { } name ? definitions.Current.Find(name) : null;
        var types = new RecordTypes(input.ToDefinition(), activities, definitions.Current);
        return new(id, version, input)
        {
            Triggers = [.. triggers],
            TriggerSettings = await SettingsAsync(input.Trigger, trigger.Settings, DefinitionError.Trigger, type, errors, cancellationToken),
            Steps = await StepsAsync(input.Steps, "", types, errors, cancellationToken),
            Kinds = [.. activities.Select(a => new KindChoice(a, a.Unavailable(definitions.Current)))],
            Type = type,
            Errors = [.. others, .. errors.Select(e => (InputOf(e), (e.Setting is null ? e.ToMessage() : e.Message).For(localizer)))],
        };
    }

    private static string? InputOf(DefinitionError error) => error switch
    {
        { Setting: SettingNames.Condition, Node: DefinitionError.Trigger } => "condition",
        { Setting: { } setting, Node: { } node } => $"{node}-{setting}",
        { Node: { } node } and { Place: > 0 } => $"step-{node}",
        _ => null,
    };

    private async Task<IReadOnlyList<StepEditor>> StepsAsync(List<Step> steps, string above, RecordTypes types, IReadOnlyList<DefinitionError> errors, CancellationToken cancellationToken)
    {
        var editors = new List<StepEditor>();
        for (var i = 0; i < steps.Count; i++)
        {
            var node = steps[i].Node;
            var kind = activities.FirstOrDefault(a => a.Name == node.Kind);
            var place = $"{above}{(i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)}";
            editors.Add(new(steps[i], kind, place,
                kind is null ? [] : await SettingsAsync(node, kind.Settings, node.Id, types.Of(node.Id), errors, cancellationToken),
                [.. errors.Where(e => e.Node == node.Id && e.Setting is null).Select(e => e.Message.For(localizer))],
                await StepsAsync(steps[i].Then, $"{place}.", types, errors, cancellationToken),
                await StepsAsync(steps[i].Else, $"{place}.", types, errors, cancellationToken))
            {
                IsFirst = i == 0,
                IsLast = i == steps.Count - 1,
            });
        }
        return editors;
    }

    private async Task<IReadOnlyList<SettingEditor>> SettingsAsync(NodeSettings node, IReadOnlyList<Setting> settings, string prefix, ContentTypeDefinition? type, IReadOnlyList<DefinitionError> errors, CancellationToken cancellationToken)
    {
        var editors = new List<SettingEditor>();
        foreach (var setting in settings)
        {
            var value = node[setting.Name] ?? setting.Default ?? "";
            editors.Add(new(setting, $"{prefix}.{setting.Name}", value)
            {
                Error = errors.FirstOrDefault(e => e.Node == prefix && e.Setting == setting.Name)?.Message.For(localizer),
                Options = Options(setting, node, type),
                ChosenText = setting.Input == SettingInput.Record && definitions.Current.Find(setting.Target!) is not null && Guid.TryParse(value, out var id) ? (await queries.GetAsync(setting.Target!, id, cancellationToken))?.DisplayText : null,
                ShowWhen = setting.When is null ? null : $"{prefix}.{setting.When}",
                Refreshes = setting.Input == SettingInput.ContentType || (setting.Input == SettingInput.Field && settings.Any(s => s.Input == SettingInput.FieldValue)),
            });
        }
        return editors;
    }

    private List<FieldOption> Options(Setting setting, NodeSettings node, ContentTypeDefinition? type) => setting.Input switch
    {
        SettingInput.Choice => [.. setting.Options.Select(o => new FieldOption(o.Key, o.Label.For(localizer)))],
        SettingInput.ContentType => [.. definitions.Current.Types.Where(t => !t.IsAdmin).Select(t => new FieldOption(t.Name, t.PluralLabel.For(localizer))).OrderBy(o => o.Text, StringComparer.CurrentCulture)],
        SettingInput.Field when type is not null => [.. type.Fields.Where(f => !f.Hidden && f.Name is not (SystemFields.Id or SystemFields.Version or SystemFields.DisplayText or SystemFields.DeletedAt or SystemFields.DeletedBy) && setting.Fields?.Invoke(f) != false).Select(f => new FieldOption(f.Name, f.Label.For(localizer)))],
        SettingInput.FieldValue => type?.Find(node[SettingNames.Field] ?? "") switch
        {
            { Kind: "yesNo" } => [new("true", localizer["Yes"]), new("false", localizer["No"])],
            { Kind: "pickList" } field => [.. field.Options.Where(o => !o.Hidden).Select(o => new FieldOption(o.Key, o.Label.For(localizer)))],
            _ => [],
        },
        _ => [],
    };
}
