using Crm.ContentTypes.Fields;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Jobs;
using Crm.Platform.Modules;
using Crm.Platform.Security;

namespace Crm.ContentTypes;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddPermissions<ContentTypesPermissions>();
        services.AddMenu<ContentTypesMenu>();
        services.AddScoped<FieldForm>();
        services.AddScoped<IBackgroundTask, PurgeDeletedFields>();
    }
}

internal sealed class ContentTypesPermissions : IPermissionProvider
{
    public const string Manage = "contentTypes.manage";

    public IEnumerable<Permission> Permissions => [new(Manage, "Change fields and content types", "Site")];
}

internal sealed class ContentTypesMenu : IMenuProvider
{
    public IEnumerable<MenuEntry> Entries => [new("Content types", "/admin/content-types", "forms", ContentTypesPermissions.Manage, 60, "Site", IsAdmin: true)];
}
