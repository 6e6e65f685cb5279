using System.Text.Encodings.Web;
using System.Text.Unicode;
using Crm.Platform.Data;
using Crm.Platform.Display;
using Crm.Platform.Files;
using Crm.Platform.Jobs;
using Crm.Platform.Modules;
using StartupBase = Crm.Platform.Modules.StartupBase;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.WebEncoders;

namespace Crm.Platform.Hosting;

/// <summary>Builds the inner application of one <see cref="Site"/> from the features that are to be on.</summary>
internal sealed class SiteBuilder(CrmProcess process)
{
    /// <exception cref="StartupFailedException">A module's startup threw.</exception>
    public Site Build(IReadOnlyList<FeatureInfo> features, Database database)
    {
        var startups = Startups.Create(features);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = process.HostAssembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = process.EnvironmentName,
        });
        builder.Configuration.AddConfiguration(process.Configuration);
        StaticWebAssetsLoader.UseStaticWebAssets(builder.Environment, builder.Configuration);

        var server = new SiteServer();
        builder.Services.AddSingleton<IServer>(server);
        builder.Services.AddSingleton<IHostLifetime, SiteLifetime>();
        builder.Services.AddSingleton(process.Loggers);
        builder.Services.AddSingleton(process);
        foreach (var (type, service) in process.Shared)
            builder.Services.AddSingleton(type, service);
        builder.Services.AddSingleton(new EnabledFeatures(features));
        builder.Services.AddSingleton(database);
        builder.Services.AddPlatform(features.Select(f => f.Module.Assembly).Distinct());
        builder.Services.AddScoped(p => new FileStore(process, p.GetRequiredService<FileRows>(), p.GetRequiredService<TimeProvider>()));
        builder.Services.AddScoped<IBackgroundTask, SweepFiles>();
        AddWeb(builder.Services, features);
        startups.Run(s => s.ConfigureServices(builder.Services));

        var application = builder.Build();
        try
        {
            Configure(application, startups);
        }
        catch
        {
            ((IDisposable)application).Dispose();
            throw;
        }
        return new Site(application, server, features);
    }

    private void AddWeb(IServiceCollection services, IReadOnlyList<FeatureInfo> features)
    {
        services.AddDataProtection()
            .SetApplicationName("crm")
            .PersistKeysToFileSystem(process.KeyDirectory);
        services.AddRouting(o =>
        {
            o.LowercaseUrls = true;
            o.ConstraintMap["contentType"] = typeof(ContentTypeConstraint);
        });
        services.AddHttpContextAccessor();
        services.AddSingleton<Icons>();
        services.AddSingleton<TemplatePaths>();
        services.AddScoped<ModuleTemplates>();
        services.AddAuthentication();
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "crm.antiforgery";
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.HeaderName = "X-CSRF-TOKEN";
        });
        // Chinese as it is, not as entities.
        services.Configure<WebEncoderOptions>(o => o.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        services.AddResponseCompression(o => o.EnableForHttps = false);
        services.AddControllersWithViews(o =>
        {
            o.Filters.Add(new FormsFirst());
            o.Filters.Add(new AutoValidateAntiforgeryTokenAttribute());
        })
            .ConfigureApplicationPartManager(parts =>
            {
                parts.ApplicationParts.Clear();
                foreach (var assembly in features.Select(f => f.Module.Assembly).Prepend(typeof(SiteBuilder).Assembly).Distinct())
                {
                    parts.ApplicationParts.Add(new AssemblyPart(assembly));
                    parts.ApplicationParts.Add(new CompiledRazorAssemblyPart(assembly));
                }
                parts.FeatureProviders.Add(new InternalControllers());
            });
        services.Configure<RazorViewEngineOptions>(o => o.ViewLocationExpanders.Add(new ModuleViewLocations(features)));
        services.Configure<MvcOptions>(o => o.ModelBindingMessageProvider.SetValueMustNotBeNullAccessor(_ => "Required"));
    }

    private static void Configure(WebApplication application, List<(FeatureInfo, StartupBase)> startups)
    {
        application.UseMiddleware<SecurityHeaders>();
        application.UseMiddleware<InPlaceForms>();
        application.UseMiddleware<ErrorPages>();
        application.UseRouting();
        application.UseResponseCompression();
        application.UseAuthentication();
        application.UseMiddleware<ActorMiddleware>();
        application.UseMiddleware<PermissionMiddleware>();
        application.UseAntiforgery();
        application.MapStaticAssets().AllowAnonymous();
        // Pages name scripts and styles by what is in them ("~/_content/..."): a browser that has one never asks for it again.
        application.MapControllers().WithStaticAssets();
        startups.Run(s => s.Configure(application, application));
    }
}

/// <summary>A site ends when the process says so, not by signals of its own.</summary>
internal sealed class SiteLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The features that this site runs.</summary>
public sealed class EnabledFeatures(IReadOnlyList<FeatureInfo> features)
{
    private readonly HashSet<string> _ids = features.Select(f => f.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<FeatureInfo> All => features;

    public bool Contains(string feature) => _ids.Contains(feature);
}
