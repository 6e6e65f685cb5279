using Crm.Platform.Content;
using Crm.Platform.Localization;

namespace Crm.Platform.Security;

/// <param name="Name">Such as <c>customers.edit</c>.</param>
/// <param name="Group">Heading under which it is listed.</param>
/// <param name="Scoped">Whether it can be limited to own or team records.</param>
public sealed record Permission(string Name, LocalizedText Label, LocalizedText Group, bool Scoped = false);

/// <summary>What a role may do as long as no administrator says otherwise.</summary>
public sealed record RoleStereotype(string Role, string Permission, PermissionScope Scope = PermissionScope.All);

/// <summary>A module's permissions and the roles that have them by default.</summary>
public interface IPermissionProvider
{
    /// <summary>Permissions besides those that every content type has.</summary>
    IEnumerable<Permission> Permissions => [];

    IEnumerable<RoleStereotype> Stereotypes => [];
}

public static class RoleNames
{
    /// <summary>Has every permission, always.</summary>
    public const string Administrator = "Administrator";
    public const string Manager = "Manager";
    public const string Sales = "Sales";
    public const string Marketing = "Marketing";
    public const string Service = "Service";
    public const string ReadOnly = "Read-only";

    public static IReadOnlyList<string> All { get; } = [Administrator, Manager, Sales, Marketing, Service, ReadOnly];
}

public static class Stereotypes
{
    /// <summary>Grants one action on a content type to several roles.</summary>
    public static IEnumerable<RoleStereotype> Grant(string type, string action, PermissionScope scope, params string[] roles)
        => roles.Select(role => new RoleStereotype(role, $"{type}.{action}", scope));

    /// <summary>The usual rights on a type that staff share: some edit all, some their own and team's, the rest read.</summary>
    public static IEnumerable<RoleStereotype> Shared(string type, string[] editors, string[] readers) =>
    [
        .. new[] { ContentActions.View, ContentActions.Create, ContentActions.Edit, ContentActions.Delete, ContentActions.Import, ContentActions.Export, ContentActions.AddOptions }
            .SelectMany(action => Grant(type, action, PermissionScope.All, RoleNames.Manager)),
        .. new[] { ContentActions.View, ContentActions.Create, ContentActions.Export }.SelectMany(action => Grant(type, action, PermissionScope.All, editors)),
        .. Grant(type, ContentActions.Edit, PermissionScope.Team, editors),
        .. Grant(type, ContentActions.Delete, PermissionScope.Own, editors),
        .. Grant(type, ContentActions.View, PermissionScope.All, readers),
    ];
}
