using Crm.Platform.Hosting;
using Crm.Platform.Modules;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Library;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddContentTypes<BookType>();
        services.AddPermissions<LibraryPermissions>();
        services.AddMenu<LibraryMenu>();
    }
}
