using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Users;

/// <summary>What users may do by their roles, and over whose accounts that gives power.</summary>
internal sealed class UserRights(QueryEngine queries, PermissionCatalog permissions, ActorContext actor)
{
    /// <summary>Whether the actor may change roles, and so could have every right anyway.</summary>
    public bool MayGiveRights => actor.Current.ScopeOf($"{SystemTypes.Roles}.{ContentActions.Edit}") == PermissionScope.All;

    /// <summary>The farthest reach of each right that these roles give.</summary>
    public async Task<Dictionary<string, PermissionScope>> OfAsync(string? roles, CancellationToken cancellationToken)
    {
        var grants = new Dictionary<string, PermissionScope>(StringComparer.OrdinalIgnoreCase);
        if (NamesField.Split(roles) is not { Count: > 0 } names)
            return grants;
        var query = new Query(SystemTypes.Roles) { Where = Filter.In(UserFields.Name, names), Columns = [UserFields.Permissions], Sort = [UserFields.Name], Take = QueryEngine.MaxTake };
        foreach (var role in (await actor.AsSystemAsync(() => queries.ListAsync(query, cancellationToken))).Items)
            foreach (var (permission, scope) in permissions.Of(role.DisplayText, role.Get<string>(UserFields.Permissions)))
                PermissionCatalog.Raise(grants, permission, scope);
        return grants;
    }

    /// <summary>
    /// Whether the actor may do what decides over an account: set its password, change how it signs in, switch it off or
    /// delete it. Whoever holds an account has its rights, so it must have none that the actor lacks.
    /// </summary>
    public async Task<bool> MayManageAsync(ContentItem user, CancellationToken cancellationToken)
        => MayGiveRights || user.Id == actor.Current.UserId
            || await HasNoMoreAsync(user, cancellationToken);

    /// <summary>The first right that a role gives since, or would give at all, which the actor has less far; null for none.</summary>
    /// <param name="before">The role as it is; null for a new one.</param>
    public string? Beyond(ContentItem? before, ContentItem after)
    {
        if (MayGiveRights)
            return null;
        var known = before is null ? [] : Of(before);
        return Of(after).Where(g => g.Value > known.GetValueOrDefault(g.Key) && g.Value > actor.Current.ScopeOf(g.Key)).Select(g => g.Key).Order(StringComparer.Ordinal).FirstOrDefault();
    }

    /// <summary>Names of the teams that the actor is in, folded.</summary>
    public async Task<HashSet<string>> OwnTeamsAsync(CancellationToken cancellationToken)
        => actor.Current.Teams.Count == 0 ? [] : [.. (await actor.AsSystemAsync(() => queries.ListAsync(
            new Query(SystemTypes.Teams) { Where = Filter.In(SystemFields.Id, actor.Current.Teams.Select(t => (object?)t)), Columns = [], Take = QueryEngine.MaxTake }, cancellationToken))).Items.Select(t => NameFolding.Fold(t.DisplayText))];

    private Dictionary<string, PermissionScope> Of(ContentItem role) => permissions.Of(role.Get<string>(UserFields.Name) ?? "", role.Get<string>(UserFields.Permissions));

    /// <summary>What reaches as far as a team reaches as far as the same teams only.</summary>
    private async Task<bool> HasNoMoreAsync(ContentItem user, CancellationToken cancellationToken)
    {
        var grants = await OfAsync(user.Get<string>(UserFields.Roles), cancellationToken);
        var own = await OwnTeamsAsync(cancellationToken);
        var inSameTeams = NamesField.Split(user.Get<string>(UserFields.Teams)).All(t => own.Contains(NameFolding.Fold(t)));
        return grants.All(g => actor.Current.ScopeOf(g.Key) is var mine && mine >= g.Value && (inSameTeams || g.Value != PermissionScope.Team || mine > g.Value));
    }
}
