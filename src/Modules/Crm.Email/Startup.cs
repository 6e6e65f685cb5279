using Crm.Platform.Modules;

namespace Crm.Email;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddScoped<MailQueue>();
    }
}
