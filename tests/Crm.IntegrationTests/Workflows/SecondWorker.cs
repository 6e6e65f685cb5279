using Crm.IntegrationTests.Support;
using Crm.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Crm.IntegrationTests.Workflows;

/// <summary>Another worker on the same instances, as a second node or a site that is being replaced has one.</summary>
internal sealed class SecondWorker : IAsyncDisposable
{
    private readonly IHostedService _worker;

    private SecondWorker(IHostedService worker) => _worker = worker;

    public static async Task<SecondWorker> StartAsync(TestSite site)
    {
        var services = site.Host.Sites.Current.Services;
        var running = services.GetServices<IHostedService>().Single(s => s.GetType().Assembly == typeof(WorkflowDefinition).Assembly);
        var second = (IHostedService)ActivatorUtilities.CreateInstance(services, running.GetType());
        await second.StartAsync(CancellationToken.None);
        return new(second);
    }

    public async ValueTask DisposeAsync() => await _worker.StopAsync(CancellationToken.None);
}
