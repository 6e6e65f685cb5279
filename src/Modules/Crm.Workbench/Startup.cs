using Crm.Platform.Display;
using Crm.Platform.Modules;
using Crm.Workbench.FirstSteps;
using Crm.Workbench.Home;
using Crm.Workbench.Recent;
using Crm.Workbench.Stars;

namespace Crm.Workbench;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddScoped<StarStore>();
        services.AddScoped<ISlotPart, StarButton>();
        services.AddScoped<IRowPart, StarInRow>();
        services.AddScoped<ISlotPart, FirstStepsPart>();
        services.AddScoped<ISlotPart, RecentPart>();
        services.AddScoped<ISlotPart, StarredPart>();
        services.AddScoped<ISlotPart, QuickLinksPart>();
    }
}
