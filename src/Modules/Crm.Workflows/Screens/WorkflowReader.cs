using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Microsoft.Extensions.Localization;

namespace Crm.Workflows;

/// <summary>Workflows, instances and traces in the words of their pages.</summary>
internal sealed class WorkflowReader(QueryEngine queries, ContentDefinitions definitions, WorkflowStore workflows, InstanceStore instances, DefinitionCheck check, IEnumerable<TriggerKind> triggers, IEnumerable<ActivityKind> activities, IStringLocalizer localizer)
{
    private const int MaxInstances = 100;

    public async Task<IReadOnlyList<WorkflowRow>> ListAsync(CancellationToken cancellationToken)
    {
        var counts = await instances.CountAsync(cancellationToken);
        var rows = new List<WorkflowRow>();
        await foreach (var item in queries.StreamAsync(new Query(WorkflowType.TypeName) { Sort = [SystemFields.DisplayText] }, cancellationToken))
        {
            var of = counts[item.Id].ToList();
            rows.Add(new(item.Id, NameOf(item), Trigger(WorkflowStore.DefinitionOf(item)), item.Get<bool?>(WorkflowType.IsActive) == true,
                of.Where(c => c.State is InstanceState.Running or InstanceState.Waiting).Sum(c => c.Count), of.Where(c => c.State == InstanceState.Done).Sum(c => c.Count), of.Where(c => c.State == InstanceState.Failed).Sum(c => c.Count)));
        }
        return rows;
    }

    public async Task<WorkflowPage> PageAsync(ContentItem item, InstanceState? state, CancellationToken cancellationToken)
    {
        var definition = WorkflowStore.DefinitionOf(item);
        var version = await workflows.VersionAsync(item.Id, (int)item.Get<decimal>(WorkflowType.VersionNumber), cancellationToken);
        return new(item, NameOf(item), definition)
        {
            Trigger = Trigger(definition),
            Type = definition?.Type is { } type ? definitions.Current.Find(type) : null,
            Steps = definition is null ? [] : await LinesAsync(definition, cancellationToken),
            Instances = await RowsAsync(await instances.ListAsync(item.Id, null, state, MaxInstances, cancellationToken), cancellationToken),
            State = state,
            Counts = [.. (await instances.CountAsync(cancellationToken))[item.Id].OrderBy(c => c.State)],
            Problems = definition is null ? [localizer["The definition cannot be read by this version of the product"]] : [.. (await check.FindAsync(definition, cancellationToken)).Select(e => e.ToMessage().For(localizer))],
            SavedBy = version?.SavedBy is { } user ? (await queries.GetAsync(SystemTypes.Users, user, cancellationToken, RecycleBin.With))?.DisplayText : null,
        };
    }

    /// <summary>Instances with the names of their workflows and records, one query for each content type.</summary>
    public async Task<IReadOnlyList<InstanceRow>> RowsAsync(IReadOnlyList<Instance> list, CancellationToken cancellationToken)
    {
        var names = new Dictionary<(string Type, Guid Id), string>();
        var wanted = list.Where(i => i.RecordType is not null).Select(i => (Type: i.RecordType!, Id: i.RecordId!.Value)).Concat(list.Select(i => (Type: WorkflowType.TypeName, Id: i.Workflow)));
        foreach (var group in wanted.Distinct().GroupBy(w => w.Type, w => w.Id).Where(g => definitions.Current.Find(g.Key) is not null))
        {
            var query = new Query(group.Key) { Where = Filter.In(SystemFields.Id, group.Cast<object?>()), Columns = group.Key == WorkflowType.TypeName ? [WorkflowType.ChineseName] : [], Sort = [SystemFields.Id], Take = QueryEngine.MaxTake };
            foreach (var item in (await queries.ListAsync(query, cancellationToken)).Items)
                names[(group.Key, item.Id)] = group.Key == WorkflowType.TypeName ? NameOf(item) : item.DisplayText;
        }
        return [.. list.Select(i =>
        {
            var record = i.RecordType is null ? null : names.GetValueOrDefault((i.RecordType, i.RecordId!.Value));
            return new InstanceRow(i, names.GetValueOrDefault((WorkflowType.TypeName, i.Workflow)), record, record is null ? null : $"{definitions.Current.Get(i.RecordType!).Path}/{i.RecordId}");
        })];
    }

    public IReadOnlyList<TraceLine> Lines(IEnumerable<TraceEntry> trace)
        => [.. trace.Select(e => activities.FirstOrDefault(a => a.Name == e.Kind) is { } kind ? new TraceLine(e, kind.Icon, kind.Label) : new TraceLine(e, "info-circle", e.Kind.Length > 0 ? new LocalizedText(e.Kind) : null))];

    public string NameOf(ContentItem workflow) => WorkflowType.NameOf(workflow).For(localizer);

    private Message? Trigger(WorkflowDefinition? definition)
        => definition is null ? null : triggers.FirstOrDefault(t => t.Name == definition.Trigger.Kind)?.Describe(definition.Trigger, definition.Type is { } type ? definitions.Current.Find(type) : null);

    private async Task<IReadOnlyList<StepLine>> LinesAsync(WorkflowDefinition definition, CancellationToken cancellationToken)
    {
        var chosen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (setting, value) in definition.Activities.SelectMany(a => (activities.FirstOrDefault(k => k.Name == a.Kind)?.Settings ?? []).Where(s => s.Input == SettingInput.Record).Select(s => (s, a[s.Name]))))
            if (definitions.Current.Find(setting.Target!) is { } type && Guid.TryParse(value, out var id) && await queries.GetAsync(type.Name, id, cancellationToken) is { } record)
                chosen[value] = record.DisplayText;
        return StepTree.FromGraph(definition) is { } steps ? [.. Lines(steps, 0, chosen)] : [.. definition.Activities.Select(a => Line(a, 0, chosen))];
    }

    private IEnumerable<StepLine> Lines(IReadOnlyList<Step> steps, int depth, Dictionary<string, string> chosen)
    {
        foreach (var step in steps)
        {
            yield return Line(step.Node, depth, chosen);
            foreach (var (label, branch) in new[] { (new LocalizedText("If so"), step.Then), (new LocalizedText("Otherwise"), step.Else) })
            {
                if (branch.Count == 0)
                    continue;
                yield return new StepLine(depth + 1, "", label, null, null);
                foreach (var line in Lines(branch, depth + 1, chosen))
                    yield return line;
            }
        }
    }

    private StepLine Line(ActivityNode node, int depth, Dictionary<string, string> chosen)
    {
        var kind = activities.FirstOrDefault(a => a.Name == node.Kind);
        return new(depth, kind?.Icon ?? "help", null, kind?.Label ?? node.Kind, kind is null ? null : Summary(kind, node, chosen));
    }

    /// <summary>The setting that says most, or all of them, in the form's words: what stands side by side there is one phrase here.</summary>
    private string? Summary(ActivityKind kind, ActivityNode node, Dictionary<string, string> chosen)
    {
        var asked = kind.Settings.Where(s => s.Applies(node, kind.Settings)).ToList();
        if (asked.FirstOrDefault(s => s.Merges || s.Input is SettingInput.Filter or SettingInput.Url) is { Input: not SettingInput.FieldValue } telling)
            return node[telling.Name];
        var phrases = new List<string>();
        var beside = false;
        foreach (var setting in asked.Where(s => s.Input is not SettingInput.LongText))
        {
            var value = node[setting.Name] ?? setting.Default;
            var words = setting.Options.FirstOrDefault(o => o.Key == value)?.Label.For(localizer) ?? (setting.Input == SettingInput.Record ? chosen.GetValueOrDefault(value ?? "") : value);
            if (string.IsNullOrEmpty(words))
                continue;
            if (setting.IsHalf && beside)
                phrases[^1] += $" {words}";
            else
                phrases.Add(words);
            beside = setting.IsHalf;
        }
        return string.Join(" · ", phrases);
    }
}
