using Crm.Email.Account;
using Crm.Email.Ledger;
using Crm.Email.Sending;
using Crm.Email.Mailings;
using Crm.Email.Suppressions;
using Crm.Email.Templates;
using Crm.Email.Timeline;
using Crm.Email.Tracking;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Modules;
using Microsoft.AspNetCore.Http;

namespace Crm.Email;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddContentTypes<SuppressionType>();
        services.AddContentTypes<EmailTemplateType>();
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
        services.AddScoped<MergeFields>();
        services.AddScoped(p => new MailTemplates(p.GetRequiredService<Platform.Queries.QueryEngine>(), p.GetRequiredService<MergeFields>()));
        services.AddScoped<IContentHandler, TemplateRules>();
        services.AddScoped<ISlotPart, TemplatePreviewPart>();
        services.AddScoped<MailingList>();
        services.AddScoped<MailingReport>();
        services.AddScoped<MailTracker>();
        services.AddScoped<ITimelineSource, MailTimeline>();
    }
}
