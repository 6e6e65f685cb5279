using Crm.Platform.Commands;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Localization;
using Crm.Platform.Modules;
using Crm.Platform.Security;

namespace Crm.Features;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddPermissions<FeaturesPermissions>();
        services.AddMenu<FeaturesMenu>();
        services.AddSingleton<SiteCommand, FeatureCommand>();
    }
}

internal sealed class FeaturesPermissions : IPermissionProvider
{
    public const string Manage = "site.features";

    public const string ChangeSettings = "site.settings";

    public IEnumerable<Permission> Permissions => [new(Manage, "Switch features on and off", "Site"), new(ChangeSettings, "Change the site’s settings", "Site")];
}

internal sealed class FeaturesMenu : IMenuProvider
{
    public IEnumerable<MenuEntry> Entries =>
    [
        new("Settings", "/admin/settings", "settings", FeaturesPermissions.ChangeSettings, 50, "Site", IsAdmin: true),
        new("Features", "/admin/features", "puzzle", FeaturesPermissions.Manage, 90, "Site", IsAdmin: true),
    ];
}
