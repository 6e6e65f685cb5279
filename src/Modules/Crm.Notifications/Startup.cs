using Crm.Notifications.Follow;
using Crm.Platform.Changes;
using Crm.Platform.Display;
using Crm.Platform.Jobs;
using Crm.Platform.Modules;

namespace Crm.Notifications;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddScoped<NotificationCenter>();
        services.AddScoped<Inbox>();
        services.AddScoped<ISlotPart, Bell>();
        services.AddScoped<IBackgroundTask, ForgetTask>();
        services.AddScoped<Follows>();
        services.AddScoped<ISlotPart, FollowButton>();
        services.AddScoped<ISlotPart, FollowedPart>();
        services.AddScoped<IChangeConsumer, TellFollowers>();
    }
}
