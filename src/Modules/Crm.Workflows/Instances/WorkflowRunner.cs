using System.Data.Common;
using System.Globalization;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Logging;

namespace Crm.Workflows;

/// <summary>
/// Carries out one activity of one instance. What the activity writes and the note that it is done are one transaction: a
/// kill at any moment leaves both or neither. An activity outside our database runs first and is noted after.
/// </summary>
internal sealed class WorkflowRunner(
    DbSession session,
    InstanceStore instances,
    WorkflowStore workflows,
    IEnumerable<ActivityKind> kinds,
    QueryEngine queries,
    ContentDefinitions definitions,
    ChangeLog log,
    ActorContext actor,
    SettingsStore settings,
    FailureNotices notices,
    ILogger<WorkflowRunner> logger)
{
    private const int MaxSteps = 1000;

    /// <summary>Longer than any activity outside the database may take.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>When to try again after the first, second, ... failure; after the last one it is failed.</summary>
    private static readonly TimeSpan[] BackOff = [TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(6)];

    /// <summary>The system as a workflow: changes carry the source <c>workflow</c> and, as batch id, the instance.</summary>
    public void ActFor(Guid instance)
    {
        actor.Current = Actor.System("workflow") with { TimeZone = settings.Site.Zone };
        log.BatchId = instance;
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = settings.Site.CultureInfo;
    }

    /// <returns>Whether it moved on and may have more to do at once.</returns>
    public async Task<bool> StepAsync(Guid id, CancellationToken cancellationToken)
    {
        ActFor(id);
        Instance? seen = null;
        try
        {
            var outside = await session.TransactAsync(async () =>
            {
                seen = await instances.LockDueAsync(id, cancellationToken);
                if (seen is null)
                    return null;
                if (await PrepareAsync(seen, isDryRun: false, cancellationToken) is not { } run)
                    return null;
                if (run.Kind.IsOutside)
                {
                    await instances.LeaseAsync(id, Lease, cancellationToken);
                    return run;
                }
                await FinishAsync(seen, run, await run.Kind.RunAsync(run, cancellationToken), cancellationToken);
                return null;
            }, cancellationToken);
            if (outside is not null)
            {
                var result = await outside.Kind.RunAsync(outside, cancellationToken);
                await session.TransactAsync(() => FinishAsync(seen!, outside, result, cancellationToken), cancellationToken);
            }
            return seen is not null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (seen is not null)
        {
            await FailAsync(seen, e, cancellationToken);
            return false;
        }
    }

    /// <summary>The activity that is next, with its record; null when it moved without one.</summary>
    public async Task<ActivityRun?> PrepareAsync(Instance instance, bool isDryRun, CancellationToken cancellationToken)
    {
        var version = await workflows.VersionAsync(instance.Workflow, instance.Version, cancellationToken)
            ?? throw new ActivityRefusedException("Version {0} of the workflow is gone", instance.Version);
        if (instance.Activity == WorkflowDefinition.Start)
        {
            await MoveOnAsync(instance, version.Definition.Next(WorkflowDefinition.Start, Outcomes.Done), instance with { Step = instance.Step + 1 }, cancellationToken);
            return null;
        }
        if (instance.Step > MaxSteps)
            throw new ActivityRefusedException("It goes round in circles: more than {0} steps", MaxSteps);
        var node = version.Definition.Find(instance.Activity!) ?? throw new ActivityRefusedException("The definition has no activity “{0}”", instance.Activity!);
        var kind = kinds.FirstOrDefault(k => k.Name == node.Kind) ?? throw new ActivityRefusedException("There is no activity of the kind “{0}”: is its feature switched off?", node.Kind);
        if (kind.Unavailable(definitions.Current) is { } reason)
            throw new ActivityRefusedException(reason);
        var run = new ActivityRun(node, kind, instance, instance.Step, await workflows.NameAsync(version, cancellationToken)) { IsDryRun = isDryRun };
        if (instance.RecordType is null)
            return run;
        var type = definitions.Current.Find(instance.RecordType) ?? throw new ActivityRefusedException("The feature that has {0} is switched off", instance.RecordType);
        if (await queries.GetAsync(type.Name, instance.RecordId!.Value, cancellationToken) is not { } record)
        {
            if (!isDryRun)
                await EndAsync(instance, new Message("Ended: the record was deleted"), cancellationToken);
            return null;
        }
        return run with { Type = type, Record = record };
    }

    private async Task FinishAsync(Instance before, ActivityRun run, ActivityResult result, CancellationToken cancellationToken)
    {
        await instances.TraceAsync(before.Id, new TraceEntry(before.Step, run.Node.Id, run.Node.Kind, instances.Now, result.Did, false) { Url = result.Url }, cancellationToken);
        var version = (await workflows.VersionAsync(before.Workflow, before.Version, cancellationToken))!;
        var next = result.Again ? before.Activity : version.Definition.Next(run.Node.Id, result.Outcome);
        if (result.Each is { } each)
            await GoOnWithEachAsync(before, run, next, each, cancellationToken);
        if (result.Ends || result.Each is not null)
            next = null;
        await MoveOnAsync(before, next, before with { Step = before.Step + 1, DueAt = result.ResumeAt }, cancellationToken);
    }

    /// <summary>A run of its own for each record, from the next activity on. The key of workflow and event keeps each from being started twice.</summary>
    private async Task GoOnWithEachAsync(Instance before, ActivityRun run, string? next, IReadOnlyList<Guid> each, CancellationToken cancellationToken)
    {
        if (next is null)
            return;
        var origin = new TraceEntry(before.Step, run.Node.Id, run.Node.Kind, instances.Now, new Message("Goes on from {0}", run.Record?.DisplayText ?? (object)run.Workflow.Name), false) { Url = $"/admin/workflows/instances/{before.Id}" };
        foreach (var record in each)
            await instances.StartAsync(new(before.Workflow, before.Version, $"each:{before.Id:N}:{before.Step}:{record:N}", run.Kind.GoesOnWith, record, before.Depth) { Activity = next, Origin = origin }, cancellationToken);
    }

    private async Task MoveOnAsync(Instance before, string? next, Instance after, CancellationToken cancellationToken)
    {
        after = after with { Activity = next, Attempts = 0, Error = null };
        after = next is null
            ? after with { State = InstanceState.Done, DueAt = null }
            : after.DueAt is { } due && due > instances.Now ? after with { State = InstanceState.Waiting } : after with { State = InstanceState.Running, DueAt = instances.Now };
        // Somebody canceled it while it ran: nothing of this step stays.
        if (!await instances.MoveAsync(before, after, cancellationToken))
            throw new InstanceMovedException();
    }

    private async Task EndAsync(Instance before, Message why, CancellationToken cancellationToken)
    {
        await instances.TraceAsync(before.Id, new TraceEntry(before.Step, "", "", instances.Now, why, false), cancellationToken);
        await MoveOnAsync(before, null, before, cancellationToken);
    }

    /// <summary>What people are told of it.</summary>
    public static Message ReasonOf(Exception e) => e switch
    {
        ActivityRefusedException refused => refused.Reason,
        QueryException query => query.Reason,
        WebhookFailedException failed => new Message("It did not succeed: {0}", failed.Reason),
        _ => new Message("It did not succeed: {0}", e.Message),
    };

    private async Task FailAsync(Instance seen, Exception e, CancellationToken cancellationToken)
    {
        if (e is InstanceMovedException)
            return;
        var isFinal = e is ActivityRefusedException or QueryException || seen.Attempts >= BackOff.Length;
        var reason = ReasonOf(e);
        if (e is not (ActivityRefusedException or QueryException or HttpRequestException or DbException))
            logger.LogError(e, "Activity {Activity} of workflow instance {Instance} failed", seen.Activity, seen.Id);
        await session.TransactAsync(async () =>
        {
            if (!await instances.MoveAsync(seen, seen with
            {
                State = isFinal ? InstanceState.Failed : InstanceState.Waiting,
                Attempts = seen.Attempts + 1,
                DueAt = isFinal ? null : instances.Now + BackOff[seen.Attempts],
                Error = reason,
            }, cancellationToken))
                return;
            var version = await workflows.VersionAsync(seen.Workflow, seen.Version, cancellationToken);
            var node = version?.Definition.Find(seen.Activity ?? "");
            await instances.TraceAsync(seen.Id, new TraceEntry(seen.Step, node?.Id ?? "", node?.Kind ?? "", instances.Now, reason, true), cancellationToken);
            if (isFinal && version is not null)
                await notices.TellAsync(seen, await workflows.NameAsync(version, cancellationToken), cancellationToken);
        }, cancellationToken);
    }
}

/// <summary>Somebody else moved the instance in the meantime; what this worker did is taken back.</summary>
internal sealed class InstanceMovedException() : Exception("The instance was moved on by somebody else.");
