using Crm.Platform.Display;

namespace Crm.Users;

/// <summary>The lists are for those who manage them; that staff may see names does not put them into their way.</summary>
internal sealed class UsersMenu : IMenuProvider
{
    public IEnumerable<MenuEntry> Entries =>
    [
        new("Users", "/admin/users", "users", "users.edit", 10, "People", IsAdmin: true),
        new("Teams", "/admin/teams", "users-group", "teams.edit", 20, "People", IsAdmin: true),
        new("Roles", "/admin/roles", "shield-lock", "roles.edit", 30, "People", IsAdmin: true),
    ];
}
