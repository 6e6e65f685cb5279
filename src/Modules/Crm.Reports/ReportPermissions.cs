using Crm.Platform.Content;
using Crm.Platform.Security;
using Crm.Reports.Saved;

namespace Crm.Reports;

/// <summary>All staff see reports, of the records that they may see; whoever works here keeps reports of their own.</summary>
internal sealed class ReportPermissions : IPermissionProvider
{
    public const string View = "reports.view";

    private static readonly string[] Keepers = [RoleNames.Manager, RoleNames.Sales, RoleNames.Marketing, RoleNames.Service];

    public IEnumerable<Permission> Permissions => [new(View, "See reports", "Reports")];

    public IEnumerable<RoleStereotype> Stereotypes =>
    [
        .. Keepers.Append(RoleNames.ReadOnly).Select(role => new RoleStereotype(role, View)),
        .. Platform.Security.Stereotypes.Grant(SavedReportType.Name, ContentActions.Create, PermissionScope.All, Keepers),
        .. new[] { ContentActions.View, ContentActions.Edit, ContentActions.Delete }
            .SelectMany(action => Platform.Security.Stereotypes.Grant(SavedReportType.Name, action, PermissionScope.Own, Keepers)),
    ];
}
