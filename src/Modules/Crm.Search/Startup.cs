using Crm.Platform.Changes;
using Crm.Platform.Commands;
using Crm.Platform.Content;
using Crm.Platform.Hosting;
using Crm.Platform.Modules;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Search.Finding;
using Crm.Search.Indexing;

namespace Crm.Search;

internal sealed class Startup : StartupBase
{
    public override void ConfigureServices(IServiceCollection services)
    {
        services.AddPermissions<SearchPermissions>();
        services.AddMenu<SearchMenu>();
        services.AddSingleton<SearchIndex>();
        services.AddSingleton<IndexRun>();
        services.AddSingleton<Indexer>();
        services.AddHostedService(p => p.GetRequiredService<Indexer>());
        services.AddScoped<IndexStep>();
        services.AddScoped<RecordDocuments>();
        services.AddScoped<Rebuilds>();
        services.AddScoped<SearchHits>();
        services.AddScoped(p => new RecordSearch(p.GetRequiredService<SearchIndex>(), p.GetRequiredService<QueryEngine>(),
            p.GetRequiredService<ContentDefinitions>(), p.GetRequiredService<ChangeLog>(), p.GetRequiredService<ActorContext>()));
        services.AddScoped<IWordIndex>(p => p.GetRequiredService<RecordSearch>());
        services.AddSingleton<SiteCommand, ReindexCommand>();
    }
}
