using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Notifications.Follow;

/// <summary>
/// Tells those who follow a record what others have changed on it, as long as they may see it. What one does oneself is no
/// news, and neither is what a recipe or an import brings.
/// </summary>
internal sealed class TellFollowers(Follows follows, NotificationCenter notifications, QueryEngine queries, ContentDefinitions definitions, ActorContext actor, Actors actors) : IChangeConsumer
{
    public string Name => "followers";

    public async Task HandleAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        var told = changes.Where(c => c.Kind is ChangeKind.Updated or ChangeKind.Deleted && c.Source is not ("recipe" or "import")).ToList();
        if (told.Count == 0)
            return;
        var followers = await follows.OfAsync([.. told.Select(c => c.RecordId).Distinct()], cancellationToken);
        foreach (var news in told.SelectMany(c => followers[c.RecordId].Where(u => u != c.UserId), (change, user) => (User: user, Change: change)).GroupBy(n => n.User, n => n.Change))
            await TellAsync(news.Key, [.. news], cancellationToken);
    }

    private async Task TellAsync(Guid user, IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        if (await actors.OfUserAsync(user, cancellationToken) is not { } reader)
            return;
        var names = await actor.AsAsync(reader, () => NamesAsync(changes, cancellationToken));
        foreach (var change in changes)
        {
            if (!names.TryGetValue(change.RecordId, out var name))
                continue;
            var type = definitions.Current.Get(change.ContentType);
            var fields = Fields(type, change);
            if (change.Kind == ChangeKind.Deleted)
                await notifications.NotifyAsync(user, $"follow:{change.Sequence}", new("“{0}”, which you follow, was deleted", name), type.Path, cancellationToken);
            else if (fields.Count > 0)
                await notifications.NotifyAsync(user, $"follow:{change.Sequence}", fields.Count == 1
                    ? new("“{0}”: one field was changed", name)
                    : new("“{0}”: {1} fields were changed", name, fields.Count), $"{type.Path}/{change.RecordId}", cancellationToken);
        }
    }

    /// <summary>Of the records that the reader may see, deleted ones included.</summary>
    private async Task<Dictionary<Guid, string>> NamesAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        var names = new Dictionary<Guid, string>();
        foreach (var records in changes.GroupBy(c => c.ContentType, c => c.RecordId, StringComparer.OrdinalIgnoreCase).Where(g => definitions.Current.Find(g.Key) is not null))
            await foreach (var item in queries.StreamAsync(new Query(records.Key) { Where = Filter.In(SystemFields.Id, records.Distinct().Cast<object?>()), Columns = [], Bin = RecycleBin.With }, cancellationToken))
                names[item.Id] = item.DisplayText;
        return names;
    }

    /// <summary>The fields of a change that are news to people.</summary>
    public static List<FieldDefinition> Fields(ContentTypeDefinition type, Change change)
        => [.. change.Fields.Keys.Select(type.Find).OfType<FieldDefinition>().Where(f => f is { Hidden: false, IsSystem: false } or { Name: SystemFields.Owner or SystemFields.Team })];
}
