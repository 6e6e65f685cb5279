using Crm.Reports.Types;

namespace Crm.Reports.Engine;

public static class ReportServices
{
    /// <summary>What computes reports, and the one report that is about any type.</summary>
    public static IServiceCollection AddReportEngine(this IServiceCollection services)
    {
        services.AddScoped<Groups>();
        services.AddScoped<KeyTexts>();
        services.AddScoped<GroupChoices>();
        services.AddScoped<ReportInputs>();
        services.AddScoped<ReportRunner>();
        services.AddSingleton<IReportType, AnyRecords>();
        return services;
    }
}
