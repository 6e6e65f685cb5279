using System.Collections.Concurrent;
using System.Text.Json;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Settings;

namespace Crm.Workflows;

/// <summary>One version of a definition. A version never changes.</summary>
public sealed record WorkflowVersion(Guid Workflow, int Number, WorkflowDefinition Definition, DateTime SavedAt, Guid? SavedBy);

/// <summary>A workflow that is on, in its newest version.</summary>
/// <param name="Since">When it was switched on: what happened before does not start it.</param>
internal sealed record ActiveWorkflow(Guid Id, WorkflowVersion Version, DateTime Since)
{
    public WorkflowDefinition Definition => Version.Definition;
}

internal sealed class VersionCache
{
    public ConcurrentDictionary<(Guid, int), WorkflowVersion> Versions { get; } = new();
}

/// <summary>Workflows and the versions of their definitions, the latter in <c>crm_workflow_versions</c>.</summary>
internal sealed class WorkflowStore(DbSession session, QueryEngine queries, SettingsStore settings, VersionCache cache, TimeProvider clock)
{
    /// <summary>A site may have this many workflows that are on.</summary>
    private const int MaxActive = 500;

    public async Task<IReadOnlyList<ActiveWorkflow>> ActiveAsync(CancellationToken cancellationToken)
    {
        var query = new Query(WorkflowType.TypeName)
        {
            Where = Filter.Eq(WorkflowType.IsActive, true),
            Columns = [WorkflowType.VersionNumber, WorkflowType.ActiveSince],
            Sort = [SystemFields.Id],
            Take = MaxActive,
        };
        var active = new List<ActiveWorkflow>();
        foreach (var item in (await queries.ListAsync(query, cancellationToken)).Items)
            if (await VersionAsync(item.Id, (int)item.Get<decimal>(WorkflowType.VersionNumber), cancellationToken) is { } version)
                active.Add(new(item.Id, version, item.Get<DateTime?>(WorkflowType.ActiveSince) ?? DateTime.MaxValue));
        return active;
    }

    public async Task<WorkflowVersion?> VersionAsync(Guid workflow, int number, CancellationToken cancellationToken)
    {
        if (cache.Versions.TryGetValue((workflow, number), out var known))
            return known;
        var rows = await session.ReadAsync(new SqlText().Append("SELECT definition, saved_at, saved_by FROM crm_workflow_versions WHERE workflow = {} AND number = {}", (ColumnType.Uuid, workflow), (ColumnType.Integer, (long)number)),
            r => (Json: r.GetString(0), At: (DateTime)session.Dialect.Read(r, 1, ColumnType.DateTime)!, By: (Guid?)session.Dialect.Read(r, 2, ColumnType.Uuid)), cancellationToken);
        if (rows is not [var row] || Read(row.Json) is not { } definition)
            return null;
        var version = new WorkflowVersion(workflow, number, definition, row.At, row.By);
        // One read in the transaction that wrote it may yet be rolled back.
        if (!session.InTransaction)
            cache.Versions[(workflow, number)] = version;
        return version;
    }

    public async Task<int> LastNumberAsync(Guid workflow, CancellationToken cancellationToken)
        => (int)await session.CountAsync(new SqlText("SELECT MAX(number) FROM crm_workflow_versions WHERE workflow = ").Append(ColumnType.Uuid, workflow), cancellationToken);

    public Task AddVersionAsync(Guid workflow, int number, string definition, Guid? by, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText().Append("INSERT INTO crm_workflow_versions (workflow, number, definition, saved_at, saved_by) VALUES ({}, {}, {}, {}, {})",
            (ColumnType.Uuid, workflow), (ColumnType.Integer, (long)number), (ColumnType.Text, definition), (ColumnType.DateTime, clock.GetUtcNow().UtcDateTime), (ColumnType.Uuid, by)), cancellationToken);

    /// <summary>The workflow's name, also when it is in the recycle bin.</summary>
    public async Task<WorkflowName> NameAsync(WorkflowVersion version, CancellationToken cancellationToken)
    {
        var item = await queries.GetAsync(WorkflowType.TypeName, version.Workflow, cancellationToken, RecycleBin.With);
        return new(version.Workflow, item is null ? "" : WorkflowType.NameOf(item), version.SavedBy, settings.Site.Zone);
    }

    /// <summary>The definition as it stands in the record; null when it cannot be read.</summary>
    public static WorkflowDefinition? DefinitionOf(ContentItem workflow) => workflow.Get<string>(WorkflowType.Definition) is { } json ? Read(json) : null;

    private static WorkflowDefinition? Read(string json)
    {
        try
        {
            return WorkflowDefinition.Read(json);
        }
        catch (JsonException)
        {
            // It was written before this version of the product; the page says that it cannot be shown.
            return null;
        }
    }
}
