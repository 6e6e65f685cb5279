using System.Globalization;
using System.Text.RegularExpressions;
using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Queries;

namespace Crm.Workflows;

/// <summary>One thing wrong with a definition.</summary>
/// <param name="Node"><c>trigger</c>, an activity's id, or null for the definition as a whole.</param>
/// <param name="Place">The activity's place in the definition, counted from 1; 0 for the trigger.</param>
internal sealed record DefinitionError(string? Node, int Place, string? Setting, Message Message)
{
    public const string Trigger = "trigger";

    /// <summary>With the place in front, for where no field stands beside it.</summary>
    public Message ToMessage() => Node switch
    {
        null => Message,
        Trigger => new Message("Trigger: {0}", Said()),
        _ => new Message("Step {0}: {1}", Place, Said()),
    };

    private LocalizedText Said() => new(Message.ToString());
}

/// <summary>Finds what would keep a definition from running, at whatever door it comes in.</summary>
internal sealed partial class DefinitionCheck(IEnumerable<TriggerKind> triggers, IEnumerable<ActivityKind> activities, ContentDefinitions definitions, QueryEngine queries, MergeTexts texts)
{
    public async Task<IReadOnlyList<DefinitionError>> FindAsync(WorkflowDefinition definition, CancellationToken cancellationToken)
    {
        var errors = new List<DefinitionError>();
        var type = definition.Type is { } name ? definitions.Current.Find(name) : null;
        if (triggers.FirstOrDefault(t => t.Name == definition.Trigger.Kind) is { } trigger)
        {
            await CheckSettingsAsync(definition.Trigger, trigger.Settings, type, DefinitionError.Trigger, 0, errors, cancellationToken);
            trigger.Check(definition.Trigger, type, (setting, message) => errors.Add(new(DefinitionError.Trigger, 0, setting, message)));
        }
        else
        {
            errors.Add(new(DefinitionError.Trigger, 0, null, new("There is no trigger of the kind “{0}”", definition.Trigger.Kind)));
        }
        if (definition.Condition is { } condition && await ProblemAsync(condition, type, cancellationToken) is { } wrong)
            errors.Add(new(DefinitionError.Trigger, 0, SettingNames.Condition, wrong));
        var types = new RecordTypes(definition, activities, definitions.Current);
        for (var i = 0; i < definition.Activities.Count; i++)
        {
            var node = definition.Activities[i];
            await CheckAsync(node, i + 1, types.Of(node.Id), errors, cancellationToken);
            if (types.Mixed.Contains(node.Id))
                errors.Add(new(node.Id, i + 1, null, new("Ways lead here that are about records of different types")));
        }
        CheckGraph(definition, errors);
        return errors;
    }

    private async Task CheckAsync(ActivityNode node, int place, ContentTypeDefinition? type, List<DefinitionError> errors, CancellationToken cancellationToken)
    {
        if (activities.FirstOrDefault(a => a.Name == node.Kind) is not { } kind)
        {
            errors.Add(new(node.Id, place, null, new("There is no activity of the kind “{0}”: is its feature switched off?", node.Kind)));
            return;
        }
        if (kind.Unavailable(definitions.Current) is { } reason)
            errors.Add(new(node.Id, place, null, reason));
        if (kind.NeedsRecord && type is null)
            errors.Add(new(node.Id, place, null, new("It needs a record, but this workflow is about none")));
        await CheckSettingsAsync(node, kind.Settings, type, node.Id, place, errors, cancellationToken);
        kind.Check(node, type, (setting, message) => errors.Add(new(node.Id, place, setting, message)));
    }

    private async Task CheckSettingsAsync(NodeSettings node, IReadOnlyList<Setting> settings, ContentTypeDefinition? type, string id, int place, List<DefinitionError> errors, CancellationToken cancellationToken)
    {
        foreach (var unknown in node.Settings.Keys.Where(k => settings.All(s => s.Name != k)))
            errors.Add(new(id, place, null, new("There is no setting “{0}”", unknown)));
        foreach (var setting in settings.Where(s => s.Applies(node, settings)))
            if (await ProblemAsync(node, setting, type, cancellationToken) is { } problem)
                errors.Add(new(id, place, setting.Name, problem));
    }

    private async Task<Message?> ProblemAsync(NodeSettings node, Setting setting, ContentTypeDefinition? type, CancellationToken cancellationToken)
    {
        if ((node[setting.Name] ?? setting.Default) is not { Length: > 0 } value)
            return setting.Required ? new("{0} is required", setting.Label) : null;
        if (value.Length > setting.MaxLength)
            return new("{0} may have at most {1} characters; this has {2}", setting.Label, setting.MaxLength, value.Length);
        if (setting.Merges && texts.Check(value, type) is { } wrong)
            return wrong;
        switch (setting.Input)
        {
            case SettingInput.Number when !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < setting.Min || number > setting.Max:
                return new("{0} must be between {1} and {2}", setting.Label, setting.Min, setting.Max);
            case SettingInput.Choice when setting.Options.All(o => o.Key != value):
                return new("{0} has no option “{1}”", setting.Label, value);
            case SettingInput.YesNo when value is not ("true" or "false"):
                return new("{0} must be yes or no", setting.Label);
            case SettingInput.Time when !Time().IsMatch(value):
                return new("{0} must be a time of day such as 09:30", setting.Label);
            case SettingInput.Url when !Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0:
                return new("{0} must be a web address such as https://example.com", setting.Label);
            case SettingInput.ContentType when definitions.Current.Find(value) is not { } chosen:
                return new("There is no content type {0}: is its feature switched off?", value);
            case SettingInput.ContentType when definitions.Current.Get(value).IsAdmin:
                return new("Workflows do not touch {0}: the administration is for people", definitions.Current.Get(value).PluralLabel);
            case SettingInput.Field when type is not null && (type.Find(value) is not { Hidden: false } field || setting.Fields?.Invoke(field) == false):
                return new("{0} has no field {1} that could be used here", type.PluralLabel, value);
            case SettingInput.Filter:
                return await ProblemAsync(value, type, cancellationToken);
            case SettingInput.Record when definitions.Current.Find(setting.Target!) is null || !Guid.TryParse(value, out var id) || await queries.GetAsync(setting.Target!, id, cancellationToken) is null:
                return new("{0}: the record is gone or you may not see it", setting.Label);
            default:
                return null;
        }
    }

    /// <summary>What is wrong with a condition. The query engine itself is asked, about no record at all.</summary>
    private async Task<Message?> ProblemAsync(string condition, ContentTypeDefinition? type, CancellationToken cancellationToken)
    {
        if (type is null)
            return new("A condition needs a content type whose records it is about");
        if (condition.Contains("@me", StringComparison.OrdinalIgnoreCase))
            return new("A workflow is nobody, so @me means nothing here");
        try
        {
            var filter = FilterParser.Parse(condition, type, definitions.Current);
            await queries.CountAsync(type.Name, Filter.And(Filter.Eq(SystemFields.Id, Guid.Empty), filter), cancellationToken);
            return null;
        }
        catch (QueryException e)
        {
            return e.Reason;
        }
    }

    private void CheckGraph(WorkflowDefinition definition, List<DefinitionError> errors)
    {
        var ids = definition.Activities.Select(a => a.Id).ToList();
        if (ids.Count is 0 or > WorkflowDefinition.MaxActivities)
            errors.Add(new(null, 0, null, ids.Count == 0 ? new("Add at least one step") : new("A workflow may have at most {0} steps", WorkflowDefinition.MaxActivities)));
        foreach (var id in ids.Where(i => !Id().IsMatch(i) || i == WorkflowDefinition.Start).Concat(ids.GroupBy(i => i).Where(g => g.Count() > 1).Select(g => g.Key)))
            errors.Add(new(null, 0, null, new("“{0}” cannot be the id of an activity, or is there twice", id)));
        foreach (var transition in definition.Transitions)
            if (!IsKnown(definition, transition))
                errors.Add(new(null, 0, null, new("The transition from {0} by “{1}” to {2} leads from or to nothing", transition.From, transition.Outcome, transition.To)));
        foreach (var twice in definition.Transitions.GroupBy(t => (t.From, t.Outcome)).Where(g => g.Count() > 1))
            errors.Add(new(null, 0, null, new("There are two transitions from {0} by “{1}”", twice.Key.From, twice.Key.Outcome)));
        var reached = Reach(definition, WorkflowDefinition.Start);
        for (var i = 0; i < ids.Count; i++)
            if (!reached.Contains(ids[i]))
                errors.Add(new(ids[i], i + 1, null, new("No way leads here, so it would never happen")));
    }

    private bool IsKnown(WorkflowDefinition definition, Transition transition)
    {
        if (definition.Find(transition.To) is null)
            return false;
        if (transition.From == WorkflowDefinition.Start)
            return transition.Outcome == Outcomes.Done;
        // The outcomes of an unknown kind are anybody's guess; that it is unknown is said elsewhere.
        return definition.Find(transition.From) is { } from && activities.FirstOrDefault(a => a.Name == from.Kind)?.Outcomes.Contains(transition.Outcome) != false;
    }

    /// <summary>Everything that can follow.</summary>
    internal static HashSet<string> Reach(WorkflowDefinition definition, string from)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>([from]);
        while (pending.TryPop(out var id))
            foreach (var next in definition.Transitions.Where(t => t.From == id).Select(t => t.To))
                if (reached.Add(next))
                    pending.Push(next);
        return reached;
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{0,29}$", RegexOptions.CultureInvariant)]
    private static partial Regex Id();

    [GeneratedRegex("^([01][0-9]|2[0-3]):[0-5][0-9]$", RegexOptions.CultureInvariant)]
    private static partial Regex Time();
}
