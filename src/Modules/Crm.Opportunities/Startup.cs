using Crm.Opportunities.Deals;
using Crm.Opportunities.Figures;
using Crm.Opportunities.Funnel;
using Crm.Opportunities.Pipeline;
using Crm.Opportunities.Targets;
using Crm.Opportunities.Winning;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Modules;

namespace Crm.Opportunities;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddContentTypes<OpportunityType>();
        services.AddContentTypes<DealType>();
        services.AddContentTypes<ProductType>();
        services.AddContentTypes<TargetType>();
        services.AddPermissions<SalesPermissions>();
        services.AddMenu<SalesMenu>();
        services.AddScoped<IContentHandler, FollowStage>();
        services.AddScoped<ReopeningConsent>();
        services.AddScoped<IContentHandler, DealOfWonOpportunity>();
        services.AddScoped<IContentHandler, OpportunityOfDeal>();
        services.AddScoped<IContentHandler, DealRules>();
        services.AddScoped<IContentHandler, TargetRules>();
        services.AddScoped<ClosingForm>();
        services.AddScoped<ISlotPart, ClosingActions>();
        services.AddScoped<ISlotPart, SalesListActions>();
        services.AddScoped<SalesFunnel>();
        services.AddScoped<Attainment>();
        services.AddScoped<SalesFigures>();
        services.AddScoped<ISlotPart, CustomerFigures>();
        services.AddScoped<ISlotPart, HomeFigures>();
    }
}
