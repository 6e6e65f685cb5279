using Crm.Platform.Content;
using Crm.Platform.Security;

namespace Crm.IntegrationTests.Support;

public static class TestActors
{
    /// <summary>A user with one scope for viewing, editing and deleting companies and people.</summary>
    public static Actor User(Guid id, PermissionScope scope, params Guid[] teams)
    {
        var grants = new Dictionary<string, PermissionScope> { ["users.view"] = PermissionScope.All, ["teams.view"] = PermissionScope.All };
        foreach (var type in new[] { "companies", "people" })
            foreach (var action in ContentActions.All)
                grants[$"{type}.{action}"] = ContentActions.IsScoped(action) ? scope : PermissionScope.All;
        return new Actor { UserId = id, UserName = id.ToString("N"), Grants = grants, Teams = teams };
    }

    public static Actor Without(this Actor actor, string permission)
        => actor with { Grants = actor.Grants.Where(g => g.Key != permission).ToDictionary() };
}
