using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Logging;

namespace Crm.Workflows;

/// <summary>
/// Reads the change log and starts workflows. The condition is asked of the query engine, once for all records of a batch;
/// read twice, the log starts nothing twice.
/// </summary>
internal sealed class ChangeTriggers(
    WorkflowStore workflows,
    InstanceStore instances,
    IEnumerable<TriggerKind> kinds,
    QueryEngine queries,
    ContentDefinitions definitions,
    DbSession session,
    ActorContext actor,
    SettingsStore settings,
    ILogger<ChangeTriggers> logger) : IChangeConsumer
{
    public string Name => "workflows";

    public async Task HandleAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        actor.Current = Actor.System("workflow") with { TimeZone = settings.Site.Zone };
        foreach (var workflow in await workflows.ActiveAsync(cancellationToken))
        {
            var trigger = workflow.Definition.Trigger;
            if (kinds.FirstOrDefault(k => k.Name == trigger.Kind) is not { IsChange: true } kind)
                continue;
            var matching = changes.Where(c => c.At >= workflow.Since && kind.Matches(trigger, c)).ToList();
            if (matching.Count == 0)
                continue;
            try
            {
                var meeting = await MeetingAsync(workflow, matching, cancellationToken);
                await session.TransactAsync(() => StartAsync(workflow, matching.Where(c => meeting.Contains(c.RecordId)), cancellationToken), cancellationToken);
            }
            catch (QueryException e)
            {
                // A field of the condition is gone: this workflow must not keep the others from starting. Its page says so.
                logger.LogWarning(e, "The condition of workflow {Workflow} cannot be asked", workflow.Id);
            }
        }
    }

    private async Task StartAsync(ActiveWorkflow workflow, IEnumerable<Change> changes, CancellationToken cancellationToken)
    {
        foreach (var change in changes)
        {
            // A change that a workflow made carries its instance as batch id.
            var depth = change.Source == "workflow" && await instances.FindAsync(change.BatchId, cancellationToken) is { } cause ? cause.Depth + 1 : 0;
            await instances.StartAsync(new(workflow.Id, workflow.Version.Number, $"change:{change.Sequence}", change.ContentType, change.RecordId, depth), cancellationToken);
        }
    }

    /// <summary>The records, as they are now, that meet the workflow's condition.</summary>
    private async Task<HashSet<Guid>> MeetingAsync(ActiveWorkflow workflow, List<Change> changes, CancellationToken cancellationToken)
    {
        if (definitions.Current.Find(workflow.Definition.Type!) is not { } type)
            return [];
        var ids = Filter.In(SystemFields.Id, changes.Select(c => (object?)c.RecordId).Distinct());
        var where = workflow.Definition.Condition is { } condition ? Filter.And(ids, FilterParser.Parse(condition, type, definitions.Current)) : ids;
        var meeting = new HashSet<Guid>();
        await foreach (var item in queries.StreamAsync(new Query(type.Name) { Where = where, Columns = [], Sort = [SystemFields.Id] }, cancellationToken))
            meeting.Add(item.Id);
        return meeting;
    }
}
