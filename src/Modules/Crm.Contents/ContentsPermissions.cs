using Crm.Platform.Security;

namespace Crm.Contents;

/// <summary>Whoever works with records may change many at once; each record's own rights hold besides.</summary>
internal sealed class ContentsPermissions : IPermissionProvider
{
    public const string Bulk = "contents.bulk";

    public IEnumerable<Permission> Permissions => [new(Bulk, "Change many records at once", "Records")];

    public IEnumerable<RoleStereotype> Stereotypes => new[] { RoleNames.Manager, RoleNames.Sales, RoleNames.Marketing, RoleNames.Service }.Select(role => new RoleStereotype(role, Bulk));
}
