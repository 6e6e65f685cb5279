using Crm.Customers.Duplicates;
using Crm.Customers.Roles;
using Crm.Customers.Subsidiaries;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Modules;

namespace Crm.Customers;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddContentTypes<CustomerType>();
        services.AddContentTypes<ContactType>();
        services.AddContentTypes<CustomerContactType>();
        services.AddPermissions<CustomerPermissions>();
        services.AddMenu<CustomersMenu>();
        services.AddScoped<IContentHandler, RefuseParentCycles>();
        services.AddScoped<IContentHandler, CheckRoles>();
        services.AddScoped<ISlotPart, CompanyTree>();
        services.AddScoped<CustomerDuplicates>();
        foreach (var type in new[] { CustomerType.Name, ContactType.Name })
            services.AddScoped<IFormPart>(p => new DuplicateHint(type, p.GetRequiredService<CustomerDuplicates>()));
    }
}
