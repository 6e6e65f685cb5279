using Crm.Files.Attachments;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Modules;

namespace Crm.Files;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddContentTypes<AttachmentType>();
        services.AddPermissions<AttachmentPermissions>();
        services.AddScoped<IContentHandler, AttachmentRules>();
        services.AddScoped<ISlotPart, AttachmentsPart>();
    }
}
