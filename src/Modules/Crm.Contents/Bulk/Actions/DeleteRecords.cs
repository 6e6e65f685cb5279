using Crm.Contents.Deletion;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Contents.Bulk.Actions;

/// <summary>
/// Moves many records to the recycle bin. Each deletion is a batch of its own in the change log, with what went with it, so
/// that each can be restored by itself.
/// </summary>
internal sealed class DeleteRecords(IContentManager content, ContentDefinitions definitions, QueryEngine queries, ChangeLog log, ActorContext actor) : IBulkAction
{
    public string Name => "delete";

    public LocalizedText Label => "Delete";

    public string Icon => "trash";

    public int Order => 40;

    public bool IsOffered(ContentTypeDefinition type) => actor.Current.Can(type, ContentActions.Delete);

    public Task<BulkPlan> PlanAsync(BulkForm form, CancellationToken cancellationToken)
        => Task.FromResult(new BulkPlan(new("Delete {0}", form.Type.PluralLabel), new Dictionary<string, string?>()));

    /// <summary>Of the first thousand: what they do to others tells what to expect, and is found out while somebody waits.</summary>
    public async Task<SlotView?> EffectsAsync(Query chosen, long count, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(chosen.Type);
        var first = (await queries.ListAsync(chosen with { Columns = [], Sort = [SystemFields.Id], Take = QueryEngine.MaxTake }, cancellationToken)).Items;
        var effects = await content.PreviewDeleteAsync(type.Name, [.. first.Where(i => actor.Current.Can(type, ContentActions.Delete, i)).Select(i => i.Id)], cancellationToken);
        return effects.Count == 0 ? null : new("_DeleteEffects", new DeleteEffects(effects, count > first.Count ? new("These others are affected by the first {0}:", first.Count) : new("These others are affected too:")));
    }

    public async Task<IReadOnlyList<BulkOutcome>> RunAsync(BulkWork work, CancellationToken cancellationToken)
    {
        var outcomes = new List<BulkOutcome>(work.Items.Count);
        foreach (var item in work.Items)
            outcomes.Add(await DeleteAsync(work, item.Id, item.Version, cancellationToken));
        return outcomes;
    }

    /// <param name="version">The version that was seen; null deletes whatever it is now.</param>
    public async Task<BulkOutcome> DeleteAsync(BulkWork work, Guid id, long? version, CancellationToken cancellationToken)
    {
        log.BatchId = Guid.CreateVersion7();
        try
        {
            var result = await content.DeleteAsync(work.Type.Name, id, version, cancellationToken);
            return result.Status switch
            {
                SaveStatus.Deleted => new(id, BulkState.Changed) { LogBatch = log.BatchId },
                SaveStatus.Conflict => new(id, BulkState.LeftOut, new("Somebody changed this record in the meantime")),
                SaveStatus.Forbidden => new(id, BulkState.LeftOut, new("You may not delete this record")),
                _ => BulkOutcome.Of(result),
            };
        }
        finally
        {
            log.BatchId = work.Batch;
        }
    }
}

/// <summary>Takes many records out of the recycle bin.</summary>
internal sealed class RestoreRecords(IContentManager content, ActorContext actor) : IBulkAction
{
    public string Name => "restore";

    public LocalizedText Label => "Restore";

    public string Icon => "arrow-back-up";

    public int Order => 10;

    public bool IsForRecycleBin => true;

    public bool IsOffered(ContentTypeDefinition type) => actor.Current.Can(type, ContentActions.Delete);

    public Task<BulkPlan> PlanAsync(BulkForm form, CancellationToken cancellationToken)
        => Task.FromResult(new BulkPlan(new("Restore {0}", form.Type.PluralLabel), new Dictionary<string, string?>()));

    public async Task<IReadOnlyList<BulkOutcome>> RunAsync(BulkWork work, CancellationToken cancellationToken)
    {
        var outcomes = new List<BulkOutcome>(work.Items.Count);
        foreach (var item in work.Items)
            outcomes.Add(await RestoreAsync(work.Type, item.Id, cancellationToken));
        return outcomes;
    }

    public async Task<BulkOutcome> RestoreAsync(ContentTypeDefinition type, Guid id, CancellationToken cancellationToken)
    {
        var result = await content.RestoreAsync(type.Name, id, cancellationToken);
        return result.Status switch
        {
            SaveStatus.NotFound => new(id, BulkState.LeftOut, new("It is not in the recycle bin any more")),
            SaveStatus.Forbidden => new(id, BulkState.LeftOut, new("You may not restore this record")),
            _ => BulkOutcome.Of(result),
        };
    }
}

/// <summary>Removes many records in the recycle bin for good.</summary>
internal sealed class PurgeRecords(IContentManager content, ActorContext actor) : IBulkAction
{
    public string Name => "purge";

    public LocalizedText Label => "Remove for good";

    public string Icon => "trash-x";

    public int Order => 20;

    public bool IsForRecycleBin => true;

    public bool IsFinal => true;

    public bool IsOffered(ContentTypeDefinition type) => actor.Current.ScopeOf(type.Permission(ContentActions.Delete)) == PermissionScope.All;

    public Task<BulkPlan> PlanAsync(BulkForm form, CancellationToken cancellationToken)
        => Task.FromResult(new BulkPlan(new("Remove {0} for good", form.Type.PluralLabel), new Dictionary<string, string?>()));

    public async Task<IReadOnlyList<BulkOutcome>> RunAsync(BulkWork work, CancellationToken cancellationToken)
    {
        var outcomes = new List<BulkOutcome>(work.Items.Count);
        foreach (var item in work.Items)
        {
            var result = await content.PurgeAsync(work.Type.Name, item.Id, cancellationToken);
            outcomes.Add(result.Status switch
            {
                SaveStatus.NotFound => new(item.Id, BulkState.LeftOut, new("It is not in the recycle bin any more")),
                SaveStatus.Forbidden => new(item.Id, BulkState.LeftOut, new("You may not remove this record for good")),
                _ => BulkOutcome.Of(result),
            });
        }
        return outcomes;
    }
}
