using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Users;

/// <summary>
/// A record that is given an owner and no team belongs to the owner's first team, so that the colleagues see what was
/// imported or handed over.
/// </summary>
internal sealed class OwnersTeam(QueryEngine queries, ActorContext actor) : IContentHandler
{
    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Find(SystemFields.Team) is not { Hidden: false })
            return;
        // A new record's team that nobody chose is its maker's, which says nothing about another owner.
        var open = saves.Where(s => s.After.Owner is not null && (s.IsNew
            ? !s.Changed.Contains(SystemFields.Team) && (s.After.Team is null || s.After.Owner != actor.Current.UserId)
            : s.After.Team is null && s.Changed.Contains(SystemFields.Owner))).ToList();
        if (open.Count == 0)
            return;
        var teams = await FirstTeamsAsync([.. open.Select(s => s.After.Owner!.Value).Distinct()], cancellationToken);
        foreach (var save in open)
            if (teams.TryGetValue(save.After.Owner!.Value, out var team))
                save.Set(SystemFields.Team, team);
    }

    private async Task<Dictionary<Guid, Guid>> FirstTeamsAsync(IReadOnlyList<Guid> owners, CancellationToken cancellationToken)
        // The owner's team does not depend on who may see the owner.
        => await actor.AsSystemAsync(async () =>
        {
            var names = new Dictionary<Guid, string>();
            foreach (var chunk in owners.Chunk(500))
                await foreach (var user in queries.StreamAsync(new Query(SystemTypes.Users) { Where = Filter.In(SystemFields.Id, chunk.Select(i => (object?)i)), Columns = [UserFields.Teams], Sort = [SystemFields.Id] }, cancellationToken))
                    if (NamesField.Split(user.Get<string>(UserFields.Teams)) is [var first, ..])
                        names[user.Id] = first;
            if (names.Count == 0)
                return [];
            var query = new Query(SystemTypes.Teams) { Where = Filter.In(UserFields.Name, names.Values.Distinct()), Columns = [], Sort = [SystemFields.Id] };
            var ids = new Dictionary<string, Guid>();
            await foreach (var team in queries.StreamAsync(query, cancellationToken))
                ids[NameFolding.Fold(team.DisplayText)] = team.Id;
            return names.Where(n => ids.ContainsKey(NameFolding.Fold(n.Value))).ToDictionary(n => n.Key, n => ids[NameFolding.Fold(n.Value)]);
        });
}
