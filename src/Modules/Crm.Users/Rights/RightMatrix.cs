using Crm.Platform.Display;
using Crm.Platform.Content;
using Crm.Platform.Hosting;
using Crm.Platform.Localization;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Localization;

namespace Crm.Users;

/// <summary>A role's rights as rows to be shown, and what a form says about them.</summary>
internal sealed class RightMatrix(PermissionCatalog permissions, EnabledFeatures features, IStringLocalizer localizer)
{
    /// <summary>Name of the input of a permission.</summary>
    public static string InputOf(Permission permission) => $"right:{permission.Name}";

    public static bool IsStandard(string role) => RoleNames.All.Contains(role, StringComparer.OrdinalIgnoreCase);

    /// <summary>By module: the actions on each of its content types, and what else there is to allow.</summary>
    public IReadOnlyList<RightModule> Of(string role, string? changed)
    {
        var defaults = permissions.Defaults(role);
        var now = permissions.Of(role, changed);
        var types = permissions.Types.OrderBy(t => t.IsAdmin).ThenBy(t => t.PluralLabel.For(localizer), StringComparer.CurrentCulture).ToLookup(t => t.Feature ?? "");
        var others = permissions.Others().ToLookup(p => p.Feature);
        return [.. types.Select(t => t.Key).Union(others.Select(o => o.Key))
            .Select(feature => new RightModule(NameOf(feature),
                [.. types[feature].Select(t => new RightType(t.PluralLabel.For(localizer), [.. ContentActions.All.Select(action => Row(new Permission(t.Permission(action), PermissionCatalog.ActionText(action), t.PluralLabel, ContentActions.IsScoped(action))))]))],
                [.. others[feature].Select(o => Row(o.Permission))],
                types[feature].All(t => t.IsAdmin)))
            .OrderBy(m => m.IsAdmin).ThenBy(m => m.Heading, StringComparer.CurrentCulture)];

        RightRow Row(Permission permission) => new(permission, permission.Label.For(localizer), now.GetValueOrDefault(permission.Name), defaults.GetValueOrDefault(permission.Name));
    }

    private string NameOf(string feature)
        => feature.Length == 0 ? localizer["Made here"] : features.All.FirstOrDefault(f => f.Id == feature) is { } found ? localizer[found.Name] : feature;

    /// <summary>What differs from the defaults. Rights of features that are off are not in the form and stay as they were.</summary>
    public string? Changed(string role, string? before, IFormCollection form)
    {
        if (PermissionCatalog.IsAdministrator(role))
            return null;
        var defaults = permissions.Defaults(role);
        var changed = RolePermissionsField.Read(before) ?? [];
        foreach (var permission in permissions.All())
        {
            if (!form.TryGetValue(InputOf(permission), out var posted) || !Enum.TryParse<PermissionScope>(posted[^1], out var scope))
                continue;
            // A right without a reach is had or not.
            if (!permission.Scoped && scope != PermissionScope.None)
                scope = PermissionScope.All;
            if (scope == defaults.GetValueOrDefault(permission.Name))
                changed.Remove(permission.Name);
            else
                changed[permission.Name] = scope;
        }
        return RolePermissionsField.Write(changed);
    }
}

/// <summary>A role's rights, on its page.</summary>
internal sealed class RoleRightsPart(RightMatrix matrix) : ISlotPart
{
    public string Slot => SlotNames.RecordMain;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => Task.FromResult(context is { Type.Name: SystemTypes.Roles, Item: { } role }
            ? new SlotView("_RoleRights", new RightsModel(matrix.Of(role.DisplayText, role.Get<string>(UserFields.Permissions)), IsEditable: false))
            : null);
}
