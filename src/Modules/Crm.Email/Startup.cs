using Crm.Email.Account;
using Crm.Email.Ledger;
using Crm.Email.Sending;
using Crm.Email.Suppressions;
using Crm.Platform.Hosting;
using Crm.Platform.Modules;
using Microsoft.AspNetCore.Http;

namespace Crm.Email;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddContentTypes<SuppressionType>();
        services.AddPermissions<EmailPermissions>();
        services.AddMenu<EmailMenu>();
        services.AddScoped<EmailAccount>();
        services.AddScoped(p => new SiteAddress(p.GetRequiredService<EmailAccount>(), p.GetRequiredService<IHttpContextAccessor>()));
        services.AddScoped<SuppressionList>();
        services.AddScoped<MailQueue>();
        services.AddScoped<MailLedger>();
        services.AddScoped<MailQueueCounts>();
        services.AddScoped<MailComposer>();
        services.AddSingleton<MailSignal>();
        services.AddSingleton<OutboxFolder>();
        services.AddSingleton<SenderStatus>();
        services.AddHostedService<MailSender>();
    }
}
