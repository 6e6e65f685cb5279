using Crm.Campaigns.Blasts;
using Crm.Campaigns.Campaigns;
using Crm.Campaigns.Members;
using Crm.Campaigns.Segments;
using Crm.Platform.Content;
using Crm.Platform.Security;

namespace Crm.Campaigns;

/// <summary>Marketing and managers run campaigns and send; sales and service see them and what they brought.</summary>
internal sealed class CampaignPermissions : IPermissionProvider
{
    public const string Send = "emailBlasts.send";

    private static readonly string[] Editors = [RoleNames.Marketing];
    private static readonly string[] Readers = [RoleNames.Sales, RoleNames.Service, RoleNames.ReadOnly];

    public IEnumerable<Permission> Permissions => [new(Send, "Send e-mail blasts", "E-mail blasts")];

    public IEnumerable<RoleStereotype> Stereotypes =>
    [
        new(RoleNames.Marketing, Send),
        new(RoleNames.Manager, Send),
        .. Platform.Security.Stereotypes.Shared(CampaignType.Name, Editors, Readers),
        .. Platform.Security.Stereotypes.Shared(CampaignMemberType.Name, Editors, Readers),
        .. Platform.Security.Stereotypes.Shared(SegmentType.Name, Editors, Readers),
        .. Platform.Security.Stereotypes.Shared(EmailBlastType.Name, Editors, Readers),
        .. Platform.Security.Stereotypes.Grant(CampaignMemberType.Name, ContentActions.Import, PermissionScope.All, RoleNames.Marketing),
    ];
}
