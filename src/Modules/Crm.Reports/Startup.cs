using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Modules;
using Crm.Reports.Engine;
using Crm.Reports.Lists;
using Crm.Reports.Pages;
using Crm.Reports.Saved;
using Crm.Reports.Types;

namespace Crm.Reports;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddContentTypes<SavedReportType>();
        services.AddPermissions<ReportPermissions>();
        services.AddMenu<ReportsMenu>();
        services.AddScoped<IContentHandler, CheckSavedReports>();
        services.AddScoped<ISlotPart, ReportOnList>();
        services.AddScoped<ISlotPart, SavedReportFigure>();
        services.AddScoped<ISlotPart, SavedReportActions>();

        services.AddReportEngine();
        services.AddScoped<ReportFormat>();
        services.AddScoped<SavedReports>();

        services.AddSingleton<IReportType, SalesByMonth>();
        services.AddSingleton<IReportType, Funnel>();
        services.AddSingleton<IReportType, Pipeline>();
        services.AddSingleton<IReportType, Ranking>();
        services.AddSingleton<IReportType, TargetAttainment>();
        services.AddSingleton<IReportType, WonAndLost>();
        services.AddSingleton<IReportType, LostReasons>();
        services.AddSingleton<IReportType, Customers>();
        services.AddSingleton<IReportType, NewCustomers>();
        services.AddSingleton<IReportType, CustomersByRevenue>();
        services.AddSingleton<IReportType, CampaignEffect>();
        services.AddSingleton<IReportType, EmailResults>();
        services.AddSingleton<IReportType, Tickets>();
        services.AddSingleton<IReportType, TicketsPerMonth>();
        services.AddSingleton<IReportType, TicketTimes>();
        services.AddSingleton<IReportType, Satisfaction>();
        services.AddSingleton<IReportType, Feedback>();
    }
}
