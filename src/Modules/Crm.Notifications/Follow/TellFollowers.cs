using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Notifications.Follow;

/// <summary>
/// Tells those who follow a record what others have changed on it, as long as they may see it. What one does oneself is no
/// news, and neither is what a recipe or an import brings.
/// </summary>
internal sealed class TellFollowers(Follows follows, NotificationCenter notifications, QueryEngine queries, ContentDefinitions definitions, ActorContext actor, IEnumerable<IActorProvider> actors) : IChangeConsumer
{
    public string Name => "followers";

    public async Task HandleAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        var told = changes.Where(c => c.Kind is ChangeKind.Updated or ChangeKind.Deleted && c.Source is not ("recipe" or "import")).ToList();
        if (told.Count == 0)
            return;
        var followers = await follows.OfAsync([.. told.Select(c => c.RecordId).Distinct()], cancellationToken);
        foreach (var change in told)
            foreach (var user in followers[change.RecordId].Where(u => u != change.UserId))
                await TellAsync(user, change, cancellationToken);
    }

    private async Task TellAsync(Guid user, Change change, CancellationToken cancellationToken)
    {
        if (definitions.Current.Find(change.ContentType) is not { } type || await ReaderAsync(user, cancellationToken) is not { } reader)
            return;
        var item = await actor.AsAsync(reader, () => queries.GetAsync(type.Name, change.RecordId, cancellationToken, RecycleBin.With));
        if (item is null)
            return;
        var fields = Fields(type, change);
        if (change.Kind == ChangeKind.Deleted)
            await notifications.NotifyAsync(user, $"follow:{change.Sequence}", new("“{0}”, which you follow, was deleted", item.DisplayText), type.Path, cancellationToken);
        else if (fields.Count > 0)
            await notifications.NotifyAsync(user, $"follow:{change.Sequence}", fields.Count == 1
                ? new("“{0}”: one field was changed", item.DisplayText)
                : new("“{0}”: {1} fields were changed", item.DisplayText, fields.Count), $"{type.Path}/{item.Id}", cancellationToken);
    }

    /// <summary>The fields of a change that are news to people.</summary>
    public static List<FieldDefinition> Fields(ContentTypeDefinition type, Change change)
        => [.. change.Fields.Keys.Select(type.Find).OfType<FieldDefinition>().Where(f => f is { Hidden: false, IsSystem: false } or { Name: SystemFields.Owner or SystemFields.Team })];

    private async Task<Actor?> ReaderAsync(Guid user, CancellationToken cancellationToken)
    {
        foreach (var provider in actors)
            if (await provider.OfUserAsync(user, cancellationToken) is { } reader)
                return reader;
        return null;
    }
}
