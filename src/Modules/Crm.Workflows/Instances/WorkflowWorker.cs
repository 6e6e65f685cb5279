using System.Data.Common;
using Crm.Platform.Content;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crm.Workflows;

/// <summary>
/// Carries instances on, on every node at once: which worker takes an instance is settled by its row. Every few seconds it
/// also looks for what the clock starts.
/// </summary>
internal sealed class WorkflowWorker(IServiceProvider services, WorkflowSignal signal, TimeProvider clock, ILogger<WorkflowWorker> logger) : BackgroundService
{
    private const int BatchSize = 50;
    private const int AtOnce = 4;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var woken = signal.Next;
                var moved = false;
                try
                {
                    await InScopeAsync<TimeTriggers>(t => t.StartDueAsync(stoppingToken), stoppingToken);
                    moved = await MoveDueAsync(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    logger.LogError(e, "The workflow worker failed; it tries again");
                }
                if (!moved)
                    await Task.WhenAny(woken, Task.Delay(Poll, clock, stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The site stops; transactions under way are rolled back and come again.
        }
    }

    private async Task<bool> MoveDueAsync(CancellationToken cancellationToken)
    {
        List<Guid> due = [];
        await InScopeAsync<InstanceStore>(async store => due = await store.DueAsync(BatchSize, cancellationToken), cancellationToken);
        var moved = 0;
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (id, token) =>
        {
            try
            {
                await CarryOnAsync(id, () => Interlocked.Increment(ref moved), token);
            }
            catch (DbException e)
            {
                // Not even its failure could be noted. It is still due.
                logger.LogError(e, "Workflow instance {Instance} could not be carried on", id);
            }
        });
        return moved > 0;
    }

    private async Task CarryOnAsync(Guid id, Action moved, CancellationToken cancellationToken)
    {
        try
        {
            await InScopeAsync<WorkflowRunner>(async runner =>
            {
                while (await runner.StepAsync(id, cancellationToken))
                    moved();
            }, cancellationToken);
        }
        catch (Exception e) when (e is not DbException && !cancellationToken.IsCancellationRequested)
        {
            // It is so broken that the runner could not even say why. It holds up no other, and does not come again by itself.
            logger.LogError(e, "Workflow instance {Instance} cannot be carried on", id);
            await InScopeAsync<InstanceStore>(store => store.FailAsync(id, WorkflowRunner.ReasonOf(e), cancellationToken), cancellationToken);
        }
    }

    private async Task InScopeAsync<T>(Func<T, Task> work, CancellationToken cancellationToken) where T : notnull
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ActorContext>().Current = Actor.System("workflow");
        await scope.ServiceProvider.GetRequiredService<SettingsStore>().RefreshAsync(cancellationToken);
        await scope.ServiceProvider.GetRequiredService<ContentDefinitions>().RefreshAsync(cancellationToken);
        await work(scope.ServiceProvider.GetRequiredService<T>());
    }
}
