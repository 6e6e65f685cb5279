using Crm.Email.Suppressions;
using Crm.Email.Templates;
using Crm.Platform.Security;

namespace Crm.Email;

/// <summary>Administrators keep the account. Marketing keeps the suppression list and may read what a trial site would have sent.</summary>
internal sealed class EmailPermissions : IPermissionProvider
{
    public const string Settings = "email.settings";
    public const string Outbox = "email.outbox";

    private static readonly string[] Editors = [RoleNames.Marketing];
    private static readonly string[] Readers = [RoleNames.Service, RoleNames.Sales, RoleNames.ReadOnly];

    public IEnumerable<Permission> Permissions =>
    [
        new(Settings, "Change the e-mail account", "Mail"),
        new(Outbox, "Read messages in the outbox folder of a site without a mail server", "Mail"),
    ];

    public IEnumerable<RoleStereotype> Stereotypes =>
    [
        new(RoleNames.Marketing, Outbox),
        new(RoleNames.Manager, Outbox),
        .. Platform.Security.Stereotypes.Shared(SuppressionType.Name, Editors, Readers),
        .. Platform.Security.Stereotypes.Shared(EmailTemplateType.Name, Editors, Readers),
        // Somebody who asks not to be written to must be heard by whoever is asked, and taking it back is one decision for all.
        .. Platform.Security.Stereotypes.Grant(SuppressionType.Name, "delete", PermissionScope.All, RoleNames.Marketing),
    ];
}
