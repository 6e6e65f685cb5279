using Crm.Api.Description;
using Crm.Api.Problems;
using Crm.Api.Records;
using Crm.Api.Tokens;
using Crm.Platform.Commands;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Modules;
using Crm.Platform.Security;
using Crm.Users;
using Microsoft.Extensions.Configuration;

namespace Crm.Api;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddPermissions<ApiPermissions>();
        services.AddSingleton(p => ApiOptions.From(p.GetRequiredService<IConfiguration>()));
        services.AddSingleton<IProgramInterface, ApiInterface>();
        services.AddSingleton<TokenLimits>();
        services.AddScoped<TokenStore>();
        services.AddScoped<RevokeTokens>();
        services.AddScoped<IContentHandler>(p => p.GetRequiredService<RevokeTokens>());
        services.AddScoped<IPasswordResetHandler>(p => p.GetRequiredService<RevokeTokens>());
        services.AddScoped<ISlotPart, ProfilePart>();
        services.AddSingleton<SiteCommand, TokenCommand>();
        services.AddScoped<ApiModel>();
        services.AddScoped<RequestReader>();
        services.AddScoped<BodyReader>();
        services.AddScoped<RecordJson>();
        services.AddSingleton<DescriptionCache>();
        services.AddScoped<EdmDescription>();
        services.AddScoped<OpenApiDescription>();
    }
}
