using Crm.Platform.Security;

namespace Crm.Api;

/// <summary>A token lets a program do what its user may do, so whoever works here may have one.</summary>
internal sealed class ApiPermissions : IPermissionProvider
{
    public const string Use = "api.use";

    public IEnumerable<Permission> Permissions => [new(Use, "Use the API with tokens of one’s own", "Site")];

    public IEnumerable<RoleStereotype> Stereotypes => RoleNames.All.Select(role => new RoleStereotype(role, Use));
}
