using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Logging;

namespace Crm.Workflows;

/// <summary>Starts workflows whose time has come since it last looked. Where it left off is kept, so that a standstill misses nothing.</summary>
internal sealed class TimeTriggers(
    WorkflowStore workflows,
    InstanceStore instances,
    IEnumerable<TriggerKind> kinds,
    QueryEngine queries,
    ContentDefinitions definitions,
    DbSession session,
    ActorContext actor,
    SettingsStore settings,
    ILogger<TimeTriggers> logger)
{
    /// <summary>Dates are looked at this often at most.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(20);

    private const int BatchSize = 500;

    /// <summary>After a longer standstill, what lies further back is let go.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    public async Task StartDueAsync(CancellationToken cancellationToken)
    {
        actor.Current = Actor.System("workflow") with { TimeZone = settings.Site.Zone };
        foreach (var workflow in await workflows.ActiveAsync(cancellationToken))
        {
            if (kinds.FirstOrDefault(k => k.Name == workflow.Definition.Trigger.Kind) is not ClockTrigger kind)
                continue;
            try
            {
                await StartDueAsync(workflow, kind, cancellationToken);
            }
            catch (QueryException e)
            {
                // A field of the condition is gone: this workflow must not keep the others from starting. Its page says so.
                logger.LogWarning(e, "The condition of workflow {Workflow} cannot be asked", workflow.Id);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // Nor must any other mistake. Its clock has not moved, so it comes again.
                logger.LogError(e, "Workflow {Workflow} could not be started", workflow.Id);
            }
        }
    }

    private async Task StartDueAsync(ActiveWorkflow workflow, ClockTrigger kind, CancellationToken cancellationToken)
    {
        var now = instances.Now;
        var checkedUntil = await CheckedUntilAsync(workflow.Id, cancellationToken);
        // Switched off and on again: what came due in between is not made up for.
        var from = checkedUntil is { } last && last > workflow.Since ? last : workflow.Since;
        if (checkedUntil is not null && now - from < Every)
            return;
        var stretch = new Stretch(now - from > Longest ? now - Longest : from, now, settings.Site.Zone);
        var type = workflow.Definition.Type is { } name ? definitions.Current.Find(name) : null;
        if (kind.Due(workflow.Definition.Trigger, type, stretch) is { } due)
            await StartAsync(workflow, kind, type, due, stretch, cancellationToken);
        // Last: what a killed process leaves undone comes again, and an occasion that has started something starts it once.
        await MoveAsync(workflow.Id, checkedUntil, now, cancellationToken);
    }

    private async Task StartAsync(ActiveWorkflow workflow, ClockTrigger kind, ContentTypeDefinition? type, Filter due, Stretch stretch, CancellationToken cancellationToken)
    {
        var (definition, trigger) = (workflow.Definition, workflow.Definition.Trigger);
        if (type is null)
        {
            if (definition.Type is null)
                await session.TransactAsync(() => instances.StartAsync(new(workflow.Id, workflow.Version.Number, kind.EventOf(trigger, null, stretch), null, null), cancellationToken), cancellationToken);
            return;
        }
        var where = definition.Condition is { } condition ? Filter.And(due, FilterParser.Parse(condition, type, definitions.Current)) : due;
        IReadOnlyList<string> columns = trigger[SettingNames.Field] is { } field ? [field] : [];
        // A schedule may be due for every record there is: others get their turn at writing in between.
        await foreach (var records in queries.StreamAsync(new Query(type.Name) { Where = where, Columns = columns, Sort = [SystemFields.Id] }, cancellationToken).Chunk(BatchSize))
            await session.TransactAsync(async () =>
            {
                foreach (var record in records)
                    await instances.StartAsync(new(workflow.Id, workflow.Version.Number, kind.EventOf(trigger, record, stretch), type.Name, record.Id), cancellationToken);
            }, cancellationToken);
    }

    private async Task<DateTime?> CheckedUntilAsync(Guid workflow, CancellationToken cancellationToken)
        => await session.ReadAsync(new SqlText("SELECT checked_until FROM crm_workflow_clocks WHERE workflow = ").Append(ColumnType.Uuid, workflow),
            r => (DateTime)session.Dialect.Read(r, 0, ColumnType.DateTime)!, cancellationToken) is [var at] ? at : null;

    /// <summary>Nothing when another process has moved it meanwhile.</summary>
    private async Task MoveAsync(Guid workflow, DateTime? from, DateTime to, CancellationToken cancellationToken)
        => await session.ExecuteAsync(from is null
            ? new SqlText().Append("INSERT INTO crm_workflow_clocks (workflow, checked_until) VALUES ({}, {}) ON CONFLICT (workflow) DO NOTHING", (ColumnType.Uuid, workflow), (ColumnType.DateTime, to))
            : new SqlText().Append("UPDATE crm_workflow_clocks SET checked_until = {} WHERE workflow = {} AND checked_until = {}", (ColumnType.DateTime, to), (ColumnType.Uuid, workflow), (ColumnType.DateTime, from)), cancellationToken);
}
