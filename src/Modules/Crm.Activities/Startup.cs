using Crm.Activities.FollowUps;
using Crm.Activities.Reminders;
using Crm.Activities.Timeline;
using Crm.Activities.ToDos;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Jobs;
using Crm.Platform.Modules;

namespace Crm.Activities;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddContentTypes<ActivityType>();
        services.AddPermissions<ActivityPermissions>();
        services.AddMenu<ActivitiesMenu>();
        services.AddScoped<IMenuBadge, ActivitiesBadge>();
        services.AddScoped<IContentHandler, CompleteActivities>();
        services.AddScoped<IContentHandler, MakeFollowUps>();
        services.AddScoped<IBackgroundTask, RemindTask>();
        services.AddScoped<ITimelineSource, ActivityTimeline>();
        services.AddScoped<ToDoList>();
        services.AddScoped<ISlotPart, ToDoPart>();
        services.AddScoped<ISlotPart, OverdueFigurePart>();
        services.AddScoped<ISlotPart, ActivityPageActions>();
        services.AddScoped<ISlotPart, Composer>();
        services.AddScoped<IRowPart, ActivityRowActions>();
    }
}
