using Crm.DataTransfer.Export;
using Crm.DataTransfer.Import;
using Crm.DataTransfer.Import.Browser;
using Crm.Platform.Commands;
using Crm.Platform.Jobs;
using Crm.Platform.Modules;

namespace Crm.DataTransfer;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddScoped<CellValues>();
        services.AddScoped<ImportMapper>();
        services.AddScoped<RecordImport>();
        services.AddScoped<RecordExport>();
        services.AddScoped<ImportFolder>();
        services.AddScoped<ImportRunner>();
        services.AddScoped<IBackgroundTask, ImportTask>();
        services.AddScoped<IBackgroundTask, CleanImports>();
        services.AddSingleton<SiteCommand, ImportCommand>();
        services.AddSingleton<SiteCommand, ExportCommand>();
    }
}
