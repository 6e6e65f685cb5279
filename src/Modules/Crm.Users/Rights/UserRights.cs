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
            || (await OfAsync(user.Get<string>(UserFields.Roles), cancellationToken)).All(g => actor.Current.ScopeOf(g.Key) >= g.Value);
}
