using System.Reflection;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Files;
using Crm.Platform.Jobs;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Recipes;
using Crm.Platform.Records;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Localization;

namespace Crm.Platform.Hosting;

public static class PlatformServices
{
    /// <summary>The platform without its web side. The caller registers the <see cref="Database"/>.</summary>
    public static IServiceCollection AddPlatform(this IServiceCollection services, IEnumerable<Assembly> modules)
    {
        Assembly[] assemblies = [typeof(PlatformServices).Assembly, .. modules];
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new Translations(assemblies));
        services.AddSingleton<JsonLocalizer>();
        services.AddSingleton<IStringLocalizer>(p => p.GetRequiredService<JsonLocalizer>());
        services.AddSingleton<IStringLocalizerFactory>(p => p.GetRequiredService<JsonLocalizer>());
        foreach (var kind in assemblies.SelectMany(FieldKinds.In))
            services.AddSingleton(typeof(FieldKind), kind);
        services.AddSingleton<FieldKinds>();
        services.AddSingleton<DefinitionCache>();
        services.AddSingleton<SettingsCache>();
        services.AddSingleton<ChangeSignal>();
        services.AddScoped<DbSession>();
        services.AddScoped<ActorContext>();
        services.AddScoped<SettingsStore>();
        services.AddScoped<PersonSettings>();
        services.AddScoped<ContentDefinitions>();
        services.AddScoped<SchemaUpdater>();
        services.AddScoped<ChangeLog>();
        services.AddScoped<Sequences>();
        services.AddScoped<RecordWriter>();
        services.AddScoped<InvariantTexts>();
        services.AddScoped<FileRows>();
        services.AddScoped<IContentHandler, KeepFiles>();
        services.AddScoped<ChangeBinder>();
        services.AddSingleton<QueryLimits>();
        services.AddScoped<QueryEngine>();
        services.AddScoped<AmountSums>();
        services.AddScoped<RecordFinder>();
        services.AddScoped<Actors>();
        services.AddScoped<IContentManager, ContentManager>();
        services.AddScoped<IBackgroundTask, FillFieldTask>();
        services.AddScoped<IBackgroundTask, ForgetJobs>();
        services.AddScoped<JobProgress>();
        services.AddScoped<JobLog>();
        services.AddScoped<IJobQueue, JobQueue>();
        services.AddScoped<IRecipeStep, SettingsStep>();
        services.AddScoped<IRecipeStep, ContentTypeStep>();
        services.AddScoped<IRecipeStep, ContentStep>();
        services.AddScoped<Menu>();
        services.AddScoped<MenuBadges>();
        services.AddScoped<FieldViews>();
        services.AddScoped<FieldDisplays>();
        services.AddScoped<Timeline>();
        services.AddScoped<RowParts>();
        services.AddScoped<Moments>();
        services.AddScoped<FormParts>();
        services.AddHostedService<ChangeConsumerWorker>();
        return services;
    }

    public static IServiceCollection AddContentTypes<T>(this IServiceCollection services) where T : class, IContentTypeProvider
        => services.AddSingleton<IContentTypeProvider, T>();

    public static IServiceCollection AddMenu<T>(this IServiceCollection services) where T : class, IMenuProvider
        => services.AddSingleton<IMenuProvider, T>();

    public static IServiceCollection AddPermissions<T>(this IServiceCollection services) where T : class, IPermissionProvider
        => services.AddSingleton<IPermissionProvider, T>();
}
