using Crm.Platform.Security;

namespace Crm.Contents;

/// <summary>Whoever works with records may change many at once; each record's own rights hold besides.</summary>
internal sealed class ContentsPermissions : IPermissionProvider
{
    public const string Bulk = "contents.bulk";

    /// <summary>Let a team or everybody see a view of a list.</summary>
    public const string ShareViews = "contents.shareViews";

    public IEnumerable<Permission> Permissions => [new(Bulk, "Change many records at once", "Records"), new(ShareViews, "Share views of lists", "Records")];

    public IEnumerable<RoleStereotype> Stereotypes => new[] { RoleNames.Manager, RoleNames.Sales, RoleNames.Marketing, RoleNames.Service }
        .SelectMany(role => new RoleStereotype[] { new(role, Bulk), new(role, ShareViews) });
}
