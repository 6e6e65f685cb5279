using Crm.Platform.Content;
using Crm.Platform.Security;

namespace Crm.Tickets;

/// <summary>Service works on all tickets and feedback; managers do all; sales and marketing see, open and note; read-only sees.</summary>
internal sealed class TicketPermissions : IPermissionProvider
{
    /// <summary>Internal notes on any ticket that one sees.</summary>
    public const string AddNotes = "tickets.addNotes";

    private static readonly string[] Everything =
        [ContentActions.View, ContentActions.Create, ContentActions.Edit, ContentActions.Delete, ContentActions.Import, ContentActions.Export, ContentActions.AddOptions];

    public IEnumerable<Permission> Permissions => [new(AddNotes, "Add internal notes to tickets", "Tickets")];

    public IEnumerable<RoleStereotype> Stereotypes =>
    [
        .. new[] { TicketType.Name, FeedbackType.Name }.SelectMany(Of),
        .. new[] { RoleNames.Manager, RoleNames.Service, RoleNames.Sales, RoleNames.Marketing }.Select(role => new RoleStereotype(role, AddNotes)),
    ];

    private static IEnumerable<RoleStereotype> Of(string type) =>
    [
        .. Everything.SelectMany(action => Platform.Security.Stereotypes.Grant(type, action, PermissionScope.All, RoleNames.Manager)),
        // A ticket that nobody has taken is nobody's and no team's, so the desk reaches all of them.
        .. Everything.Except([ContentActions.Delete, ContentActions.Import]).SelectMany(action => Platform.Security.Stereotypes.Grant(type, action, PermissionScope.All, RoleNames.Service)),
        .. Platform.Security.Stereotypes.Grant(type, ContentActions.Delete, PermissionScope.Own, RoleNames.Service),
        .. new[] { ContentActions.View, ContentActions.Create }.SelectMany(action => Platform.Security.Stereotypes.Grant(type, action, PermissionScope.All, RoleNames.Sales, RoleNames.Marketing)),
        .. Platform.Security.Stereotypes.Grant(type, ContentActions.View, PermissionScope.All, RoleNames.ReadOnly),
    ];
}
