using System.Globalization;
using Crm.Platform.Content;
using Microsoft.AspNetCore.Http;

namespace Crm.Workflows;

/// <summary>What stands in the editor's form: read from a record, or from what was posted.</summary>
internal sealed class EditorInput
{
    public string Name { get; set; } = "";

    public string ChineseName { get; set; } = "";

    public string Description { get; set; } = "";

    public NodeSettings Trigger { get; set; } = new("created");

    public string Condition { get; set; } = "";

    public List<Step> Steps { get; } = [];

    /// <summary>Id of the next step that is added.</summary>
    public string NextId => $"a{(StepTree.All(Steps).Select(s => int.TryParse(s.Node.Id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0).DefaultIfEmpty().Max() + 1).ToString(CultureInfo.InvariantCulture)}";

    public WorkflowDefinition ToDefinition() => StepTree.ToGraph(Steps, Trigger, Condition.Trim() is { Length: > 0 } condition ? condition : null);

    /// <summary>Null when the form cannot show the definition.</summary>
    public static EditorInput? From(ContentItem workflow)
        => WorkflowStore.DefinitionOf(workflow) is { } definition && From(definition) is { } input ? input.Named(workflow.DisplayText, workflow.Get<string>(WorkflowType.ChineseName), workflow.Get<string>(WorkflowType.Description)) : null;

    public static EditorInput? From(WorkflowDefinition definition)
    {
        if (StepTree.FromGraph(definition) is not { } steps)
            return null;
        var input = new EditorInput { Trigger = definition.Trigger, Condition = definition.Condition ?? "" };
        input.Steps.AddRange(steps);
        return input;
    }

    public EditorInput Named(string name, string? chineseName, string? description)
    {
        (Name, ChineseName, Description) = (name, chineseName ?? "", description ?? "");
        return this;
    }

    /// <summary>Settings that do not belong to the chosen kind, or are not asked for, are left out.</summary>
    public static EditorInput From(IFormCollection form, IEnumerable<TriggerKind> triggers, IEnumerable<ActivityKind> activities)
    {
        var kind = triggers.FirstOrDefault(t => t.Name == form["trigger"]) ?? triggers.First();
        var input = new EditorInput
        {
            Name = form["name"].ToString().Trim(),
            ChineseName = form["nameZh"].ToString().Trim(),
            Description = form["description"].ToString().Trim(),
            Condition = form["condition"].ToString(),
            Trigger = new NodeSettings(kind.Name) { Settings = Settings(form, "trigger", kind.Settings) },
        };
        var known = new Dictionary<string, Step>(StringComparer.Ordinal);
        foreach (var line in form["step"].Take(WorkflowDefinition.MaxActivities + 1))
        {
            if (line?.Split('|') is not [var id, var name, var parent, var outcome] || known.ContainsKey(id))
                continue;
            var settings = activities.FirstOrDefault(a => a.Name == name) is { } activity ? Settings(form, id, activity.Settings) : new Dictionary<string, string>();
            var step = known[id] = new Step(new ActivityNode(id, name) { Settings = settings });
            (known.TryGetValue(parent, out var above) ? above.List(outcome) : input.Steps).Add(step);
        }
        return input;
    }

    /// <summary>Carries out one of the form's buttons: <c>add:parent:outcome:kind</c>, <c>remove:id</c>, <c>up:id</c>, <c>down:id</c>.</summary>
    public void Do(string action)
    {
        switch (action.Split(':'))
        {
            case ["add", var parent, var outcome, var kind]:
                var into = StepTree.All(Steps).FirstOrDefault(s => s.Node.Id == parent)?.List(outcome) ?? Steps;
                into.Add(new Step(new ActivityNode(NextId, kind)));
                break;
            case ["remove", var id]:
                if (ListOf(id) is { } list)
                    list.RemoveAll(s => s.Node.Id == id);
                break;
            case ["up", var id]:
                Move(id, -1);
                break;
            case ["down", var id]:
                Move(id, 1);
                break;
        }
    }

    private void Move(string id, int by)
    {
        if (ListOf(id) is not { } list)
            return;
        var at = list.FindIndex(s => s.Node.Id == id);
        if (at + by < 0 || at + by >= list.Count)
            return;
        (list[at], list[at + by]) = (list[at + by], list[at]);
    }

    private List<Step>? ListOf(string id)
        => new[] { Steps }.Concat(StepTree.All(Steps).SelectMany(s => new[] { s.Then, s.Else })).FirstOrDefault(l => l.Any(s => s.Node.Id == id));

    private static Dictionary<string, string> Settings(IFormCollection form, string prefix, IReadOnlyList<Setting> settings)
    {
        var all = settings.ToDictionary(s => s.Name, s => form[$"{prefix}.{s.Name}"].LastOrDefault()?.ReplaceLineEndings("\n").Trim() ?? "", StringComparer.Ordinal);
        var node = new NodeSettings(prefix) { Settings = all };
        return settings.Where(s => all[s.Name].Length > 0 && s.Applies(node, settings) && !(s.Input == SettingInput.YesNo && all[s.Name] == "false")).ToDictionary(s => s.Name, s => all[s.Name], StringComparer.Ordinal);
    }
}
