using Crm.Platform.Content;
using Crm.Platform.Security;

namespace Crm.Users;

/// <summary>Everybody sees who the colleagues are; only administrators manage users, teams and roles.</summary>
internal sealed class UsersPermissions : IPermissionProvider
{
    public static IReadOnlyList<string> SeenByEverybody { get; } = [SystemTypes.Users, SystemTypes.Teams];

    public IEnumerable<RoleStereotype> Stereotypes
        => SeenByEverybody.SelectMany(type => Platform.Security.Stereotypes.Grant(type, ContentActions.View, PermissionScope.All, [.. RoleNames.All]));
}
