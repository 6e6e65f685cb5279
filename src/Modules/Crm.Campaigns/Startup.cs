using Crm.Campaigns.Automation;
using Crm.Campaigns.Blasts;
using Crm.Campaigns.Campaigns;
using Crm.Campaigns.Members;
using Crm.Campaigns.Segments;
using Crm.Contents.Bulk;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Jobs;
using Crm.Platform.Modules;
using Crm.Workflows;

namespace Crm.Campaigns;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddContentTypes<SegmentType>();
        services.AddContentTypes<CampaignType>();
        services.AddContentTypes<CampaignMemberType>();
        services.AddContentTypes<EmailBlastType>();
        services.AddPermissions<CampaignPermissions>();
        services.AddMenu<CampaignsMenu>();
        services.AddScoped<IContentHandler, CampaignRules>();
        services.AddScoped<IContentHandler, MemberRules>();
        services.AddScoped<IContentHandler, SegmentRules>();
        services.AddScoped<IContentHandler, BlastRules>();
        services.AddScoped<BlastMoves>();
        services.AddScoped<MemberBook>();
        services.AddScoped<IBulkAction, AddToCampaign>();
        services.AddScoped<IBackgroundTask, AddMembersTask>();
        services.AddScoped<Audience>();
        services.AddScoped<BlastRun>();
        services.AddScoped<BlastStep>();
        services.AddHostedService<BlastWorker>();
        services.AddScoped<ISlotPart, CampaignResultPart>();
        services.AddScoped<ISlotPart, SegmentFigures>();
        services.AddScoped<ISlotPart, SegmentAudiencePart>();
        services.AddScoped<ISlotPart, SegmentActions>();
        services.AddScoped<ISlotPart, ListAudienceActions>();
    }
}

/// <summary>What workflows can do with campaigns.</summary>
[RequireFeatures("Crm.Workflows")]
internal sealed class WorkflowsStartup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddScoped<ActivityKind, SendBlast>();
        services.AddScoped<ActivityKind, ForMembers>();
        services.AddSingleton(new WorkflowTemplateSource(typeof(WorkflowsStartup).Assembly, "Automation/"));
    }
}

/// <summary>What campaigns bring, where opportunities are kept.</summary>
[RequireFeatures("Crm.Opportunities")]
internal sealed class OpportunitiesStartup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services) => services.AddContentTypes<CampaignOfOpportunity>();
}
