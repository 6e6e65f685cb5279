using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Jobs;
using Crm.Platform.Modules;
using Crm.Platform.Recipes;

namespace Crm.Workflows;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddContentTypes<WorkflowType>();
        services.AddPermissions<WorkflowsPermissions>();
        services.AddMenu<WorkflowsMenu>();
        services.AddScoped<IContentHandler, WorkflowRules>();

        services.AddSingleton<VersionCache>();
        services.AddScoped<WorkflowStore>();
        services.AddScoped<DefinitionCheck>();
        services.AddScoped<MergeTexts>();
        services.AddScoped<WorkflowTurns>();
        services.AddScoped<Assignees>();

        services.AddSingleton<TriggerKind, CreatedTrigger>();
        services.AddSingleton<TriggerKind, ChangedTrigger>();
        services.AddSingleton<TriggerKind, DateTrigger>();
        services.AddSingleton<TriggerKind, ScheduleTrigger>();
        services.AddScoped<IChangeConsumer, ChangeTriggers>();
        services.AddScoped<TimeTriggers>();

        services.AddScoped<ActivityKind, CreateTask>();
        services.AddScoped<ActivityKind, SetField>();
        services.AddScoped<ActivityKind, Assign>();
        services.AddScoped<ActivityKind, SendMail>();
        services.AddScoped<ActivityKind, Notify>();
        services.AddScoped<ActivityKind, Wait>();
        services.AddScoped<ActivityKind, Branch>();
        services.AddScoped<ActivityKind, Webhook>();
        services.AddScoped<ActivityKind, End>();
        services.AddSingleton<WebhookClient>();
        services.AddScoped<WebhookSettings>();

        services.AddSingleton<WorkflowSignal>();
        services.AddScoped<InstanceStore>();
        services.AddScoped<FailureNotices>();
        services.AddScoped<WorkflowRunner>();
        services.AddScoped<DryRun>();

        services.AddSingleton(new WorkflowTemplateSource(typeof(Startup).Assembly, "Templates/"));
        services.AddSingleton<WorkflowTemplates>();
        services.AddScoped<IRecipeStep, WorkflowStep>();
        services.AddScoped<WorkflowReader>();
        services.AddScoped<EditorPages>();
        services.AddScoped<ISlotPart, RecordWorkflows>();

        services.AddScoped<IBackgroundTask, ForgetOldInstances>();
        services.AddHostedService<WorkflowWorker>();
    }
}
