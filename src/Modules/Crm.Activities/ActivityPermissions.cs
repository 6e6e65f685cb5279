using Crm.Platform.Security;

namespace Crm.Activities;

/// <summary>Managers do all; sales, marketing and service see all, create, and edit their own and their teams'; read-only sees.</summary>
internal sealed class ActivityPermissions : IPermissionProvider
{
    private static readonly string[] Editors = [RoleNames.Sales, RoleNames.Marketing, RoleNames.Service];
    private static readonly string[] Readers = [RoleNames.ReadOnly];

    public IEnumerable<RoleStereotype> Stereotypes => Platform.Security.Stereotypes.Shared(ActivityType.Name, Editors, Readers);
}
