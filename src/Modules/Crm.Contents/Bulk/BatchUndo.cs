using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Security;

namespace Crm.Contents.Bulk;

/// <summary>Takes back a whole batch of the change log in the background, such as an import: for modules whose work has one.</summary>
public sealed class BatchUndo
{
    private readonly BulkBatches _batches;
    private readonly ActorContext _actor;

    internal BatchUndo(BulkBatches batches, ActorContext actor) => (_batches, _actor) = (batches, actor);

    /// <summary>Whether the actor may change many records at once.</summary>
    public bool CanUndo => _actor.Current.Can(ContentsPermissions.Bulk);

    /// <param name="batch">The batch in the change log. The caller has seen to it that it is the actor's own.</param>
    /// <param name="title">Such as "Undo the import of customers.csv".</param>
    /// <returns>The address that tells how far it is.</returns>
    public async Task<string> StartAsync(Guid batch, ContentTypeDefinition type, Message title, CancellationToken cancellationToken)
        => $"/bulk/{(await _batches.UndoAsync(batch, type.Name, title, cancellationToken)).Id}";
}
