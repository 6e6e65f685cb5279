using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Customers.Subsidiaries;

/// <summary>
/// A company cannot be below itself. The ancestors of all records that are being saved are read together, one query per
/// level, whether the actor may see them or not.
/// </summary>
internal sealed class RefuseParentCycles(QueryEngine queries, DbSession session, ActorContext actor) : IContentHandler
{
    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != CustomerType.Name)
            return;
        var parents = new Dictionary<Guid, Guid?>();
        foreach (var save in saves.Where(s => s.Changed.Contains(CustomerType.Parent)))
            parents[save.After.Id] = save.After.Get<Guid?>(CustomerType.Parent);
        var pointedTo = parents.Values.OfType<Guid>().ToHashSet();
        // Nothing stored points to a new record, so only one that another of this batch names can close a circle.
        var moved = saves.Where(s => parents.GetValueOrDefault(s.After.Id) is not null && (!s.IsNew || pointedTo.Contains(s.After.Id))).ToList();
        if (moved.Count == 0)
            return;
        // Two changes, each harmless, may close a circle together: those that move a company wait for each other.
        if (session.Database.Provider == DatabaseProvider.Postgres)
            await session.ExecuteAsync("SELECT pg_advisory_xact_lock(727101)", cancellationToken);
        await LoadAncestorsAsync(moved, parents, cancellationToken);
        foreach (var save in moved)
        {
            if (!IsBelowItself(save.After.Id, parents))
                continue;
            save.Error(CustomerType.Parent, new("{0}: that company is itself below this customer", type.Field(CustomerType.Parent).Label));
            // The others are checked against what will be stored.
            parents[save.After.Id] = save.Before?.Get<Guid?>(CustomerType.Parent);
        }
    }

    private Task LoadAncestorsAsync(IEnumerable<PendingSave> moved, Dictionary<Guid, Guid?> parents, CancellationToken cancellationToken)
        => actor.AsSystemAsync(async () =>
        {
            var unread = moved.SelectMany(s => new[] { parents[s.After.Id], s.Before?.Get<Guid?>(CustomerType.Parent) }).OfType<Guid>().Where(id => !parents.ContainsKey(id)).ToHashSet();
            while (unread.Count > 0)
            {
                var level = unread.Select(id => (object?)id).ToArray();
                foreach (var id in unread)
                    parents[id] = null;
                unread = [];
                foreach (var ids in level.Chunk(500))
                    await foreach (var item in queries.StreamAsync(new Query(CustomerType.Name) { Where = Filter.In(SystemFields.Id, ids), Columns = [CustomerType.Parent], Sort = [SystemFields.Id] }, cancellationToken))
                    {
                        parents[item.Id] = item.Get<Guid?>(CustomerType.Parent);
                        if (parents[item.Id] is { } parent && !parents.ContainsKey(parent))
                            unread.Add(parent);
                    }
            }
        });

    private static bool IsBelowItself(Guid id, Dictionary<Guid, Guid?> parents)
    {
        var seen = new HashSet<Guid>();
        for (var at = parents.GetValueOrDefault(id); at is { } parent && seen.Add(parent); at = parents.GetValueOrDefault(parent))
            if (parent == id)
                return true;
        return false;
    }
}
