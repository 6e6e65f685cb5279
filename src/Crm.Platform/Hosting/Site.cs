using System.Reflection;
using Crm.Platform.Modules;
using StartupBase = Crm.Platform.Modules.StartupBase;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Platform.Hosting;

/// <summary>
/// One set of enabled features at work: an inner web application whose server is not a socket but the process's one
/// server, which hands each request to the site in force.
/// </summary>
public sealed class Site : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly SiteServer _server;
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The site itself counts as one until it retires.
    private int _inside = 1;
    private bool _started;

    internal Site(WebApplication application, SiteServer server, IReadOnlyList<FeatureInfo> features)
    {
        _application = application;
        _server = server;
        Features = features;
    }

    public IReadOnlyList<FeatureInfo> Features { get; }

    public IServiceProvider Services => _application.Services;

    public AsyncServiceScope CreateScope() => Services.CreateAsyncScope();

    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        // Its workers outlive the request that may have asked for it, and must not take that for theirs.
        Task starting;
        using (ExecutionContext.SuppressFlow())
            starting = Task.Run(() => _application.StartAsync(cancellationToken), CancellationToken.None);
        await starting;
        _started = true;
    }

    /// <summary>Reserves a place for one request; false when the site has retired.</summary>
    internal bool TryEnter()
    {
        for (var inside = Volatile.Read(ref _inside); inside > 0; inside = Volatile.Read(ref _inside))
            if (Interlocked.CompareExchange(ref _inside, inside + 1, inside) == inside)
                return true;
        return false;
    }

    internal void Leave()
    {
        if (Interlocked.Decrement(ref _inside) == 0)
            _empty.TrySetResult();
    }

    internal Task ProcessAsync(IFeatureCollection features) => _server.ProcessAsync(features);

    /// <summary>Takes no further request, stops its workers, waits for the requests inside, then frees what it holds.</summary>
    internal async Task RetireAsync()
    {
        // Its workers stop at once, its services live until the last request has left.
        if (_started)
            await _application.StopAsync();
        _started = false;
        Leave();
        await _empty.Task;
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_started)
            await _application.StopAsync();
        _started = false;
        await _application.DisposeAsync();
    }
}

/// <summary>A server that owns no socket: it keeps the application that it is given and runs requests that come from outside.</summary>
internal sealed class SiteServer : IServer
{
    private Func<IFeatureCollection, Task>? _process;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull
    {
        _process = async features =>
        {
            var context = application.CreateContext(features);
            Exception? failure = null;
            // A response without a body starts only after the application has returned, and calls back into it then.
            features.GetRequiredFeature<IHttpResponseFeature>().OnCompleted(_ =>
            {
                application.DisposeContext(context, failure);
                return Task.CompletedTask;
            }, this);
            try
            {
                await application.ProcessRequestAsync(context);
            }
            catch (Exception e)
            {
                failure = e;
                throw;
            }
        };
        return Task.CompletedTask;
    }

    public Task ProcessAsync(IFeatureCollection features)
        => _process?.Invoke(features) ?? throw new InvalidOperationException("The site has not started.");

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
    }
}

/// <summary>A module's startup that threw, so that the module can be left out and named.</summary>
internal sealed class StartupFailedException(FeatureInfo feature, Exception inner)
    : Exception($"The startup of {feature.Module.Id} failed: {inner.Message}", inner)
{
    public FeatureInfo Feature { get; } = feature;
}

/// <summary>A module whose declarations contradict another's.</summary>
internal sealed class InvalidModuleException(string module, string message) : Exception(message)
{
    public string Module { get; } = module;
}

internal static class Startups
{
    /// <summary>The startups of these features, in their order.</summary>
    public static List<(FeatureInfo Feature, StartupBase Startup)> Create(IReadOnlyList<FeatureInfo> features)
    {
        var enabled = features.Select(f => f.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var startups = new List<(FeatureInfo, StartupBase)>();
        foreach (var feature in features)
        {
            try
            {
                foreach (var type in feature.Module.Assembly.GetTypes().Where(t => t is { IsAbstract: false } && t.IsSubclassOf(typeof(StartupBase))))
                {
                    var owner = type.GetCustomAttribute<FeatureAttribute>()?.Id ?? feature.Module.Id;
                    if (string.Equals(owner, feature.Id, StringComparison.OrdinalIgnoreCase)
                        && (type.GetCustomAttribute<RequireFeaturesAttribute>()?.Features.All(enabled.Contains) ?? true))
                        startups.Add((feature, (StartupBase)Activator.CreateInstance(type, nonPublic: true)!));
                }
            }
            catch (Exception e)
            {
                throw new StartupFailedException(feature, (e as TargetInvocationException)?.InnerException ?? e);
            }
        }
        return startups;
    }

    public static void Run(this IEnumerable<(FeatureInfo Feature, StartupBase Startup)> startups, Action<StartupBase> action)
    {
        foreach (var (feature, startup) in startups)
        {
            try
            {
                action(startup);
            }
            catch (Exception e)
            {
                throw new StartupFailedException(feature, e);
            }
        }
    }
}
