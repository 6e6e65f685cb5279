using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Security;

namespace Crm.Campaigns.Blasts;

/// <summary>Somebody was quicker: the blast is no longer as it was when it was looked at.</summary>
internal sealed class BlastChangedException(Message reason) : Exception(reason.ToString())
{
    public Message Reason { get; } = reason;
}

/// <summary>What only the sending itself may write into a blast. The rules below lay it over the save that carries it.</summary>
internal sealed class BlastMoves
{
    public Dictionary<Guid, IReadOnlyDictionary<string, object?>> Pending { get; } = [];

    /// <summary>With the system's rights: that the caller may send was checked where it was asked for.</summary>
    /// <param name="blast">As it was seen; it moves from there or not at all.</param>
    /// <exception cref="BlastChangedException">It has changed since.</exception>
    public async Task SaveAsync(IContentManager content, ActorContext actor, ContentItem blast, IReadOnlyDictionary<string, object?> values, CancellationToken cancellationToken)
    {
        Pending[blast.Id] = values;
        try
        {
            var result = await actor.AsSystemAsync(() => content.SaveAsync(new ContentChange(EmailBlastType.Name) { Id = blast.Id, Version = blast.Version }, SaveOptions.Default, cancellationToken));
            if (result.Status is SaveStatus.Conflict or SaveStatus.NotFound)
                throw new BlastChangedException(new("Somebody changed this record in the meantime. Look at it again, then repeat your change"));
            if (!result.Succeeded)
                throw new InvalidOperationException($"Blast {blast.Id} could not be moved on: {result.Status} {string.Join("; ", result.Errors.Select(e => e.Message))}");
        }
        finally
        {
            Pending.Remove(blast.Id);
        }
    }
}

/// <summary>What has been sent is not rewritten, and what is being sent not deleted. What was scheduled goes out as it was then, or not.</summary>
internal sealed class BlastRules(BlastMoves moves, IContentManager content, ActorContext actor) : IContentHandler
{
    private static readonly string[] Content = ["segment", "template", "campaign", "fromName", "fromAddress"];

    /// <summary>What of a scheduled blast somebody who may send has seen.</summary>
    private static readonly string[] Agreed = [.. Content, "sentBy", SystemFields.Owner];

    /// <summary>Whoever changes it may not have the right to send it; whoever has it schedules it again.</summary>
    private static readonly Dictionary<string, object?> TakenBack = new()
    {
        ["status"] = EmailBlastType.Draft,
        ["scheduledAt"] = null,
        ["sentBy"] = null,
        ["problem"] = StoredMessage.Write(new("It was changed, or brought in from another site, after it had been scheduled, so the schedule was taken back")),
    };

    public ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != EmailBlastType.Name)
            return ValueTask.CompletedTask;
        foreach (var save in saves)
        {
            if (moves.Pending.TryGetValue(save.After.Id, out var values))
                foreach (var (field, value) in values)
                    save.Set(field, value);
            else if (save.Before is not null && (save.Changed.Contains("status") || save.Changed.Contains("scheduledAt")))
                // Such as an undo: it would send what nobody with the right to send has seen.
                save.Error("status", new("Only scheduling, sending or canceling changes the status of a blast. Do that instead"));
            else if (save.Before?.Get<string>("status") == EmailBlastType.Scheduled && Agreed.Any(save.Changed.Contains))
                foreach (var (field, value) in TakenBack)
                    save.Set(field, value);
            else if (save.Before?.Get<string>("status") is not (null or EmailBlastType.Draft or EmailBlastType.Scheduled))
                foreach (var field in Content.Where(save.Changed.Contains))
                    save.Error(field, new("{0} cannot be changed: sending has begun", type.Field(field).Label));
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// An undo, and an import of what another site exported, write the values that they bring and no others, so the schedule
    /// is taken back after them. The other site may send what it has scheduled itself.
    /// </summary>
    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != EmailBlastType.Name)
            return;
        foreach (var save in saves.Where(s => s.After.Get<string>("status") == EmailBlastType.Scheduled && !moves.Pending.ContainsKey(s.After.Id)))
            if (save.Before is not { } before || (before.Get<string>("status") == EmailBlastType.Scheduled && Agreed.Any(save.Changed.Contains)))
                await moves.SaveAsync(content, actor, save.After, TakenBack, cancellationToken);
    }

    public ValueTask<Message?> DeletingAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
        => ValueTask.FromResult<Message?>(type.Name == EmailBlastType.Name && item.Get<string>("status") is EmailBlastType.Sending or EmailBlastType.Paused or EmailBlastType.Scheduled
            ? new("Cancel the blast before you delete it") : null);
}
