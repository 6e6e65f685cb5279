using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crm.Search.Indexing;

/// <summary>
/// Keeps this node's index. Consumers of the change log run once in a cluster, by a lease in the database; an index on a
/// node's disk needs every change on every node, so it has a place of its own in the log, kept in the index.
/// </summary>
internal sealed class Indexer(IServiceProvider services, SearchIndex index, IndexRun run, ChangeSignal signal, TimeProvider clock, ILogger<Indexer> logger) : BackgroundService
{
    // Changes of this process wake it; those of others it finds by looking.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CommitEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    // The site that this one replaces gives the lock back at once.
    private static readonly TimeSpan LockLook = TimeSpan.FromMilliseconds(200);

    private long _committedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var woken = signal.Next;
            var wait = Look;
            try
            {
                if (!index.IsWriter && !index.TryOpenWriter())
                    wait = LockLook;
                else if (await StepAsync(stoppingToken))
                    continue;
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                // The site stops; the next one goes on where this one was.
                break;
            }
            catch (Exception e)
            {
                logger.LogError(e, "The search index could not be brought up to date; it goes on from its last commit");
                index.Problem = e.Message;
                Abandon();
                (woken, wait) = (Task.Delay(Pause, stoppingToken), Pause);
            }
            await Task.WhenAny(woken, Task.Delay(wait, clock, stoppingToken));
        }
        Close();
    }

    /// <summary>Does all there is to do in this process and gives the lock back; false when another has it.</summary>
    public async Task<bool> TryFinishAsync(CancellationToken cancellationToken)
    {
        if (!index.TryOpenWriter())
            return false;
        try
        {
            while (await StepAsync(cancellationToken))
                cancellationToken.ThrowIfCancellationRequested();
            return true;
        }
        finally
        {
            Close();
        }
    }

    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ActorContext>().Current = Actor.System("search");
        await scope.ServiceProvider.GetRequiredService<SettingsStore>().RefreshAsync(cancellationToken);
        await scope.ServiceProvider.GetRequiredService<ContentDefinitions>().RefreshAsync(cancellationToken);
        var more = await scope.ServiceProvider.GetRequiredService<IndexStep>().RunAsync(cancellationToken);
        if (run.IsDirty && (run.IsUrgent || clock.GetElapsedTime(_committedAt) >= CommitEvery))
        {
            index.Commit();
            (run.IsDirty, run.IsUrgent, _committedAt) = (false, false, clock.GetTimestamp());
        }
        index.Problem = null;
        return more;
    }

    private void Abandon()
    {
        run.Stop();
        index.Progress = null;
        try
        {
            index.Abandon();
        }
        catch (IOException e)
        {
            logger.LogError(e, "The search index could not be closed");
        }
    }

    private void Close()
    {
        run.Stop();
        index.Progress = null;
        try
        {
            index.CloseWriter();
        }
        catch (IOException e)
        {
            logger.LogError(e, "The search index could not be committed; what it lacks is read from the change log again");
        }
    }
}
