using Crm.Platform.Modules;

namespace Crm.Notifications;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddScoped<NotificationCenter>();
    }
}
