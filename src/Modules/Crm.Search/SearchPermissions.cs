using Crm.Platform.Display;
using Crm.Platform.Security;

namespace Crm.Search;

internal sealed class SearchPermissions : IPermissionProvider
{
    public const string Manage = "site.search";

    public IEnumerable<Permission> Permissions => [new(Manage, "Look after the search index", "Site")];
}

internal sealed class SearchMenu : IMenuProvider
{
    public IEnumerable<MenuEntry> Entries => [new("Search index", "/admin/search", "database-search", SearchPermissions.Manage, 80, "Site", IsAdmin: true)];
}
