using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Security;

namespace Crm.Users;

/// <summary>All permissions that there are, and what roles may do by default and in effect.</summary>
internal sealed class PermissionCatalog(IEnumerable<IPermissionProvider> providers, ContentDefinitions definitions)
{
    /// <summary>Those of each content type, then the modules' own.</summary>
    public IEnumerable<Permission> All()
        => definitions.Current.Types.OrderBy(t => t.IsAdmin).ThenBy(t => t.Name, StringComparer.Ordinal)
            .SelectMany(t => ContentActions.All, (t, action) => new Permission(t.Permission(action), ActionText(action), t.PluralLabel, ContentActions.IsScoped(action)))
            .Concat(providers.SelectMany(p => p.Permissions))
            .DistinctBy(p => p.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>What a role may do while no administrator says otherwise. A role that no module knows sees who its colleagues are.</summary>
    public Dictionary<string, PermissionScope> Defaults(string role)
    {
        var rights = new Dictionary<string, PermissionScope>(StringComparer.OrdinalIgnoreCase);
        if (IsAdministrator(role))
        {
            foreach (var permission in All())
                rights[permission.Name] = PermissionScope.All;
            return rights;
        }
        foreach (var stereotype in providers.SelectMany(p => p.Stereotypes).Where(s => string.Equals(s.Role, role, StringComparison.OrdinalIgnoreCase)))
            Raise(rights, stereotype.Permission, stereotype.Scope);
        foreach (var type in UsersPermissions.SeenByEverybody)
            Raise(rights, $"{type}.{ContentActions.View}", PermissionScope.All);
        return rights;
    }

    /// <param name="changed">Text of the role's field of changed permissions.</param>
    public Dictionary<string, PermissionScope> Of(string role, string? changed)
    {
        var rights = Defaults(role);
        if (!IsAdministrator(role))
            foreach (var (permission, scope) in RolePermissionsField.Read(changed) ?? [])
                rights[permission] = scope;
        return rights;
    }

    /// <summary>With several roles, a user has the farthest reach of each right.</summary>
    public static void Raise(Dictionary<string, PermissionScope> rights, string permission, PermissionScope scope)
    {
        if (scope > rights.GetValueOrDefault(permission))
            rights[permission] = scope;
    }

    public static bool IsAdministrator(string role) => string.Equals(role, RoleNames.Administrator, StringComparison.OrdinalIgnoreCase);

    /// <summary>Permissions that are no action on a content type, with the module that declares each.</summary>
    public IEnumerable<(Permission Permission, string Feature)> Others()
        => providers.SelectMany(p => p.Permissions, (p, permission) => (permission, p.GetType().Assembly.GetName().Name!)).DistinctBy(p => p.permission.Name, StringComparer.OrdinalIgnoreCase);

    public IEnumerable<ContentTypeDefinition> Types => definitions.Current.Types;

    public static LocalizedText ActionText(string action) => action switch
    {
        ContentActions.View => "See",
        ContentActions.Create => "Create",
        ContentActions.Edit => "Change",
        ContentActions.Delete => "Delete",
        ContentActions.Import => "Import",
        ContentActions.Export => "Export",
        ContentActions.AddOptions => "Add options to pick-lists",
        _ => action,
    };
}
