using Crm.Platform.Content;
using Crm.Platform.Security;

namespace Crm.Files;

/// <summary>Everybody, within what they may do with the record: its readers see the files, who may change it attaches and deletes.</summary>
internal sealed class AttachmentPermissions : IPermissionProvider
{
    private static readonly string[] Editors = [RoleNames.Manager, RoleNames.Sales, RoleNames.Marketing, RoleNames.Service];

    public IEnumerable<RoleStereotype> Stereotypes =>
    [
        .. Platform.Security.Stereotypes.Grant(AttachmentType.Name, ContentActions.View, PermissionScope.All, [.. Editors, RoleNames.ReadOnly]),
        .. new[] { ContentActions.Create, ContentActions.Delete }.SelectMany(action => Platform.Security.Stereotypes.Grant(AttachmentType.Name, action, PermissionScope.All, Editors)),
    ];
}
