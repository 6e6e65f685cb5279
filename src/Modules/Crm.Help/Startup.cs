using Crm.Platform.Display;
using Crm.Platform.Modules;

namespace Crm.Help;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddSingleton<HelpLibrary>();
        services.AddScoped<ISlotPart, HelpLink>();
    }
}
