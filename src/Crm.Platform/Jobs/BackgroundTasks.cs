using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Hosting;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Platform.Jobs;

/// <summary>
/// Work outside a request. Register with <c>services.AddScoped&lt;IBackgroundTask, T&gt;()</c>. By the clock it runs as the
/// system; put into the queue by a user, as that user with the rights of that moment, and not at all when the user is gone
/// or locked out by then. It says how far it is through <see cref="JobProgress"/>, and may run again after a kill.
/// </summary>
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
    /// <returns>The job, whose progress <see cref="JobLog"/> tells.</returns>
    Task<Guid> EnqueueAsync(string task, IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken);
}

/// <summary>Runs the scheduler's firings in the site that is in force.</summary>
internal sealed class JobDispatcher(SiteHost sites)
{
    /// <summary>Names the job in a firing's data; firings by the clock have none.</summary>
    public const string JobKey = "crm.job";

    public async Task RunAsync(string task, IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        var site = sites.Current;
        while (!site.TryEnter())
            site = sites.Current;
        try
        {
            await using var scope = site.CreateScope();
            var services = scope.ServiceProvider;
            services.GetRequiredService<ActorContext>().Current = Actor.System("job");
            if (!data.TryGetValue(JobKey, out var job))
            {
                await HandleAsync(services, task, data, null, cancellationToken);
                return;
            }
            var lease = new JobLease(services.GetRequiredService<Database>(), services.GetRequiredService<TimeProvider>(), Guid.Parse(job));
            if (await lease.TakeAsync(cancellationToken))
                await RunAsync(services, lease, task, data.Where(d => d.Key != JobKey).ToDictionary(), cancellationToken);
        }
        finally
        {
            site.Leave();
        }
    }

    private static async Task RunAsync(IServiceProvider services, JobLease lease, string task, Dictionary<string, string> data, CancellationToken cancellationToken)
    {
        var progress = services.GetRequiredService<JobProgress>();
        using var work = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var ended = new CancellationTokenSource();
        var keeping = lease.KeepAsync(progress, work, ended.Token);
        var (status, message) = (JobStatus.Failed, (string?)null);
        try
        {
            message = await HandleAsync(services, task, data, lease.AskedBy, work.Token);
            status = message is null ? JobStatus.Done : JobStatus.Failed;
        }
        catch (OperationCanceledException) when (work.IsCancellationRequested)
        {
            // The process stops, and the next start goes on; or the job is another's already, which this then leaves alone.
            status = JobStatus.Queued;
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (Exception e)
        {
            message = e.Message;
            throw;
        }
        finally
        {
            await ended.CancelAsync();
            await keeping;
            await lease.EndAsync(status, progress, message);
        }
    }

    /// <param name="user">Who asked for it; null for the system.</param>
    /// <returns>Why it cannot be done; null when it is.</returns>
    private static async Task<string?> HandleAsync(IServiceProvider services, string task, IReadOnlyDictionary<string, string> data, Guid? user, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<SettingsStore>().RefreshAsync(cancellationToken);
        await services.GetRequiredService<ContentDefinitions>().RefreshAsync(cancellationToken);
        var name = task.Split(':')[0];
        // A job of a feature that has been switched off waits in vain; it is dropped, as its data says all there is to know.
        if (services.GetServices<IBackgroundTask>().FirstOrDefault(t => t.Name == name) is not { } handler)
            return "The feature that does this is switched off";
        // Never with the system's rights instead: what a user may no longer do, the queue does not do for them.
        if (user is { } id)
        {
            if (await services.GetRequiredService<Actors>().OfUserAsync(id, cancellationToken) is not { } actor)
                return "Whoever asked for this may no longer sign in";
            services.GetRequiredService<ActorContext>().Current = actor with { Source = "job" };
        }
        await handler.RunAsync(data, cancellationToken);
        return null;
    }
}

/// <summary>The queue of a process that runs no scheduler, such as a command, says so instead of losing work.</summary>
internal sealed class JobQueue(JobScheduler scheduler, JobLog jobs, DbSession session) : IJobQueue
{
    public async Task<Guid> EnqueueAsync(string task, IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        // The scheduler writes on a connection of its own, which on SQLite would wait for this transaction.
        if (session.InTransaction)
            throw new InvalidOperationException("Work is queued after the transaction that asks for it.");
        var host = scheduler.Host ?? throw new InvalidOperationException($"Task {task} needs the scheduler, which runs in the serving process only.");
        var id = await jobs.AddAsync(task, data, cancellationToken);
        try
        {
            await host.EnqueueAsync(task, new Dictionary<string, string>(data) { [JobDispatcher.JobKey] = id.ToString("D") }, cancellationToken);
            return id;
        }
        catch
        {
            await jobs.RemoveAsync(id, CancellationToken.None);
            throw;
        }
    }
}

/// <summary>Holds the process's scheduler once it runs.</summary>
internal sealed class JobScheduler
{
    public SchedulerHost? Host { get; set; }
}
