using Crm.Platform.Content;
using Crm.Platform.Hosting;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Platform.Jobs;

/// <summary>Work outside a request. Register with <c>services.AddScoped&lt;IBackgroundTask, T&gt;()</c>. It runs as the system and may run again after a kill.</summary>
public interface IBackgroundTask
{
    string Name { get; }

    /// <summary>When to run by itself, in crontab form and UTC; null when only on demand.</summary>
    string? Cron => null;

    Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken);
}

/// <summary>Puts work into the durable queue of the process's scheduler.</summary>
public interface IJobQueue
{
    /// <summary>To be called after the transaction that asks for the work has committed.</summary>
    Task EnqueueAsync(string task, IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken);
}

/// <summary>Runs the scheduler's firings in the site that is in force.</summary>
internal sealed class JobDispatcher(SiteHost sites)
{
    public async Task RunAsync(string task, IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        var site = sites.Current;
        while (!site.TryEnter())
            site = sites.Current;
        try
        {
            await using var scope = site.CreateScope();
            scope.ServiceProvider.GetRequiredService<ActorContext>().Current = Actor.System("job");
            await scope.ServiceProvider.GetRequiredService<SettingsStore>().RefreshAsync(cancellationToken);
            await scope.ServiceProvider.GetRequiredService<ContentDefinitions>().RefreshAsync(cancellationToken);
            var name = task.Split(':')[0];
            // A job of a feature that has been switched off waits in vain; it is dropped, as its data says all there is to know.
            if (scope.ServiceProvider.GetServices<IBackgroundTask>().FirstOrDefault(t => t.Name == name) is { } handler)
                await handler.RunAsync(data, cancellationToken);
        }
        finally
        {
            site.Leave();
        }
    }
}

/// <summary>The queue of a process that runs no scheduler, such as a command: it says so instead of losing work.</summary>
internal sealed class JobQueue(JobScheduler scheduler) : IJobQueue
{
    public Task EnqueueAsync(string task, IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
        => scheduler.Host is { } host
            ? host.EnqueueAsync(task, data, cancellationToken)
            : throw new InvalidOperationException($"Task {task} needs the scheduler, which runs in the serving process only.");
}

/// <summary>Holds the process's scheduler once it runs.</summary>
internal sealed class JobScheduler
{
    public SchedulerHost? Host { get; set; }
}
