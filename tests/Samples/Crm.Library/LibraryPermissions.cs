using Crm.Platform.Security;

namespace Crm.Library;

internal sealed class LibraryPermissions : IPermissionProvider
{
    public IEnumerable<RoleStereotype> Stereotypes => Platform.Security.Stereotypes.Shared("books", [RoleNames.Sales], [RoleNames.ReadOnly]);
}
