using System.Data.Common;
using System.Globalization;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Workflows;

/// <summary>
/// What a workflow would do with a record as it is now: every step is really carried out, in one transaction that is taken
/// back. Waits are passed at once, nothing leaves the house.
/// </summary>
internal sealed class DryRun(DbSession session, WorkflowRunner runner, WorkflowStore workflows, InstanceStore instances, QueryEngine queries, ContentDefinitions definitions, ChangeLog log, ActorContext actor)
{
    private const int MaxSteps = 100;

    public async Task<IReadOnlyList<TraceEntry>> RunAsync(ContentItem workflow, Guid? record, CancellationToken cancellationToken)
    {
        var (before, culture, batch) = (actor.Current, CultureInfo.CurrentUICulture, log.BatchId);
        var entries = new List<TraceEntry>();
        try
        {
            var version = await workflows.VersionAsync(workflow.Id, (int)workflow.Get<decimal>(WorkflowType.VersionNumber), cancellationToken);
            var type = version?.Definition.Type;
            var id = Guid.CreateVersion7();
            var instance = new Instance(id, workflow.Id, version?.Number ?? 0, type, type is null ? null : record, InstanceState.Running, WorkflowDefinition.Start, 0, 0, 0, null, null, instances.Now, null);
            runner.ActFor(id);
            await session.TransactAndRollBackAsync(async () =>
            {
                await FollowAsync(version!.Definition, instance, entries, cancellationToken);
                return true;
            }, cancellationToken);
        }
        finally
        {
            (actor.Current, log.BatchId) = (before, batch);
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = culture;
        }
        return entries;
    }

    private async Task FollowAsync(WorkflowDefinition definition, Instance instance, List<TraceEntry> entries, CancellationToken cancellationToken)
    {
        try
        {
            if (!await MeetsAsync(definition, instance, cancellationToken))
            {
                Add("", "", new Message("The record does not meet the workflow’s condition, so it would not start"), false);
                return;
            }
            var next = definition.Next(WorkflowDefinition.Start, Outcomes.Done);
            for (var step = 1; next is not null && step <= MaxSteps; step++)
            {
                instance = instance with { Activity = next, Step = step };
                if (await runner.PrepareAsync(instance, isDryRun: true, cancellationToken) is not { } run)
                    return;
                var result = await run.Kind.RunAsync(run, cancellationToken);
                Add(run.Node.Id, run.Node.Kind, result.Did, false);
                next = result.Ends || result.Each is { Count: 0 } ? null : definition.Next(next, result.Outcome);
                // The first stands for all of them.
                if (result.Each is [var first, ..])
                    instance = instance with { RecordType = run.Kind.GoesOnWith, RecordId = first };
            }
        }
        catch (ActivityRefusedException e)
        {
            Add(instance.Activity!, definition.Find(instance.Activity!)?.Kind ?? "", e.Reason, true);
        }
        catch (QueryException e)
        {
            Add(instance.Activity!, definition.Find(instance.Activity!)?.Kind ?? "", e.Reason, true);
        }
        catch (DbException e)
        {
            Add(instance.Activity!, definition.Find(instance.Activity!)?.Kind ?? "", new Message("It did not succeed: {0}", e.Message), true);
        }

        void Add(string activity, string kind, Message text, bool isError) => entries.Add(new(entries.Count + 1, activity, kind, instances.Now, text, isError));
    }

    private async Task<bool> MeetsAsync(WorkflowDefinition definition, Instance instance, CancellationToken cancellationToken)
    {
        if (definition is not { Condition: { } condition, Type: { } name } || definitions.Current.Find(name) is not { } type)
            return true;
        var where = Filter.And(Filter.Eq(SystemFields.Id, instance.RecordId), FilterParser.Parse(condition, type, definitions.Current));
        return (await queries.CountAsync(name, where, cancellationToken)).Count > 0;
    }
}
