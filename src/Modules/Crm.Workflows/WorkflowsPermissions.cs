using Crm.Platform.Display;
using Crm.Platform.Security;

namespace Crm.Workflows;

/// <summary>One permission for all of it: who makes workflows acts, through them, with the system's rights. Administrators have it.</summary>
internal sealed class WorkflowsPermissions : IPermissionProvider
{
    public const string Manage = "workflows.manage";

    public IEnumerable<Permission> Permissions => [new(Manage, "Make workflows and see what they do", "Workflows")];
}

internal sealed class WorkflowsMenu : IMenuProvider
{
    public IEnumerable<MenuEntry> Entries => [new("Workflows", "/admin/workflows", "route", WorkflowsPermissions.Manage, 50, "Site", IsAdmin: true)];
}
