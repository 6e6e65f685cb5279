using Crm.Platform.Content;
using Crm.Platform.Security;

namespace Crm.Campaigns.Blasts;

/// <summary>What only the sending itself may write into a blast. The rules below lay it over the save that carries it.</summary>
internal sealed class BlastMoves
{
    public Dictionary<Guid, IReadOnlyDictionary<string, object?>> Pending { get; } = [];

    /// <summary>With the system's rights: that the caller may send was checked where it was asked for.</summary>
    public async Task SaveAsync(IContentManager content, ActorContext actor, Guid blast, IReadOnlyDictionary<string, object?> values, CancellationToken cancellationToken)
    {
        Pending[blast] = values;
        try
        {
            var result = await actor.AsSystemAsync(() => content.SaveAsync(new ContentChange(EmailBlastType.Name) { Id = blast }, SaveOptions.Default, cancellationToken));
            if (!result.Succeeded)
                throw new InvalidOperationException($"Blast {blast} could not be moved on: {result.Status} {string.Join("; ", result.Errors.Select(e => e.Message))}");
        }
        finally
        {
            Pending.Remove(blast);
        }
    }
}

/// <summary>What has been sent is not rewritten, and what is being sent not deleted.</summary>
internal sealed class BlastRules(BlastMoves moves) : IContentHandler
{
    private static readonly string[] Fixed = ["segment", "template", "campaign", "fromName", "fromAddress"];

    public ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != EmailBlastType.Name)
            return ValueTask.CompletedTask;
        foreach (var save in saves)
        {
            if (moves.Pending.TryGetValue(save.After.Id, out var values))
                foreach (var (field, value) in values)
                    save.Set(field, value);
            else if (save.Before?.Get<string>("status") is not (null or EmailBlastType.Draft or EmailBlastType.Scheduled))
                foreach (var field in Fixed.Where(save.Changed.Contains))
                    save.Error(field, new("{0} cannot be changed: sending has begun", type.Field(field).Label));
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask<Platform.Localization.Message?> DeletingAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
        => ValueTask.FromResult<Platform.Localization.Message?>(type.Name == EmailBlastType.Name && item.Get<string>("status") is EmailBlastType.Sending or EmailBlastType.Paused or EmailBlastType.Scheduled
            ? new("Cancel the blast before you delete it") : null);
}
