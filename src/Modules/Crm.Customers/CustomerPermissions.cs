using Crm.Platform.Security;

namespace Crm.Customers;

/// <summary>Managers do all; sales, marketing and service see everybody, create, and edit their own and their teams'; read-only sees.</summary>
internal sealed class CustomerPermissions : IPermissionProvider
{
    private static readonly string[] Editors = [RoleNames.Sales, RoleNames.Marketing, RoleNames.Service];
    private static readonly string[] Readers = [RoleNames.ReadOnly];

    public IEnumerable<RoleStereotype> Stereotypes =>
    [
        .. Platform.Security.Stereotypes.Shared(CustomerType.Name, Editors, Readers),
        .. Platform.Security.Stereotypes.Shared(ContactType.Name, Editors, Readers),
        .. Platform.Security.Stereotypes.Shared(CustomerContactType.Name, Editors, Readers),
    ];
}
