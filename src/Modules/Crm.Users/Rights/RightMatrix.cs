using Crm.Platform.Display;
using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Localization;

namespace Crm.Users;

/// <summary>A role's rights as rows to be shown, and what a form says about them.</summary>
internal sealed class RightMatrix(PermissionCatalog permissions, IStringLocalizer localizer)
{
    /// <summary>Name of the input of a permission.</summary>
    public static string InputOf(Permission permission) => $"right:{permission.Name}";

    public static bool IsStandard(string role) => RoleNames.All.Contains(role, StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<RightGroup> Of(string role, string? changed)
    {
        var defaults = permissions.Defaults(role);
        var now = permissions.Of(role, changed);
        return [.. permissions.All().GroupBy(p => p.Group.En).Select(g => new RightGroup(g.First().Group.For(localizer),
            [.. g.Select(p => new RightRow(p, p.Label.For(localizer), now.GetValueOrDefault(p.Name), defaults.GetValueOrDefault(p.Name)))]))];
    }

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
            ? new SlotView("_RoleRights", matrix.Of(role.DisplayText, role.Get<string>(UserFields.Permissions)))
            : null);
}
