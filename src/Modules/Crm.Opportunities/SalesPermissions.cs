using Crm.Platform.Content;
using Crm.Platform.Security;

namespace Crm.Opportunities;

/// <summary>
/// Sales see all opportunities and deals, edit their own and their team's; marketing, service and read-only see them.
/// Products and targets are the managers' to set; a salesperson sees the targets of the own team.
/// </summary>
internal sealed class SalesPermissions : IPermissionProvider
{
    private static readonly string[] Editors = [RoleNames.Sales];
    private static readonly string[] Readers = [RoleNames.Marketing, RoleNames.Service, RoleNames.ReadOnly];

    public IEnumerable<RoleStereotype> Stereotypes =>
    [
        .. Platform.Security.Stereotypes.Shared(OpportunityType.Name, Editors, Readers),
        .. Platform.Security.Stereotypes.Grant(OpportunityType.Name, ContentActions.AddOptions, PermissionScope.All, Editors),
        .. Platform.Security.Stereotypes.Shared(DealType.Name, Editors, Readers),
        .. Platform.Security.Stereotypes.Shared(ProductType.Name, [], [.. Editors, .. Readers]),
        .. Platform.Security.Stereotypes.Shared(TargetType.Name, [], [RoleNames.ReadOnly]),
        .. Platform.Security.Stereotypes.Grant(TargetType.Name, ContentActions.View, PermissionScope.Team, Editors),
    ];
}
