using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crm.Platform.Changes;

/// <summary>
/// Reads the change log from where it left off. Idempotent: after a kill the last batch comes again, and one that takes long may
/// come to another node meanwhile. Register with
/// <c>services.AddScoped&lt;IChangeConsumer, T&gt;()</c>.
/// </summary>
public interface IChangeConsumer
{
    /// <summary>Names the cursor; never to be changed.</summary>
    string Name { get; }

    Task HandleAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken);
}

/// <summary>Runs the consumers of this site, each by one worker among all sites and nodes: whoever holds its lease.</summary>
internal sealed class ChangeConsumerWorker(IServiceProvider services, ChangeSignal signal, TimeProvider clock, ILogger<ChangeConsumerWorker> logger) : BackgroundService
{
    private const int BatchSize = 500;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private readonly string _me = Guid.NewGuid().ToString("N");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<string> names;
        await using (var scope = services.CreateAsyncScope())
            names = [.. scope.ServiceProvider.GetServices<IChangeConsumer>().Select(c => c.Name)];
        await Task.WhenAll(names.Select(name => ConsumeAsync(name, stoppingToken)));
    }

    private async Task ConsumeAsync(string name, CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var woken = signal.Next;
                var handled = 0;
                try
                {
                    handled = await HandleBatchAsync(name, stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    logger.LogError(e, "Consumer {Consumer} failed; the same changes come again", name);
                }
                if (handled < BatchSize)
                    await Task.WhenAny(woken, Task.Delay(Poll, clock, stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The site stops; the lease is given back below.
        }
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<DbSession>().ExecuteAsync(new SqlText().Append(
            "UPDATE crm_consumers SET leased_by = NULL, leased_until = NULL WHERE name = {} AND leased_by = {}", (ColumnType.Text, name), (ColumnType.Text, _me)), CancellationToken.None);
    }

    private async Task<int> HandleBatchAsync(string name, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ActorContext>().Current = Actor.System("consumer");
        var session = scope.ServiceProvider.GetRequiredService<DbSession>();
        if (await TakeLeaseAsync(session, name, cancellationToken) is not { } position)
            return 0;
        var changes = await scope.ServiceProvider.GetRequiredService<ChangeLog>().ReadAfterAsync(position, BatchSize, cancellationToken);
        if (changes.Count == 0)
            return 0;
        await scope.ServiceProvider.GetRequiredService<SettingsStore>().RefreshAsync(cancellationToken);
        await scope.ServiceProvider.GetRequiredService<ContentDefinitions>().RefreshAsync(cancellationToken);
        await scope.ServiceProvider.GetServices<IChangeConsumer>().First(c => c.Name == name).HandleAsync(changes, cancellationToken);
        // Whoever holds the lease by now: what is done is done. Nothing is written when another node was sooner with the same batch.
        await session.ExecuteAsync(new SqlText().Append("UPDATE crm_consumers SET position = {} WHERE name = {} AND position = {}",
            (ColumnType.Integer, changes[^1].Sequence), (ColumnType.Text, name), (ColumnType.Integer, position)), cancellationToken);
        return changes.Count;
    }

    /// <summary>The cursor's position when this worker holds the lease. A read comes first: an idle consumer writes only to renew.</summary>
    private async Task<long?> TakeLeaseAsync(DbSession session, string name, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var rows = await session.ReadAsync(new SqlText("SELECT position, leased_by, leased_until FROM crm_consumers WHERE name = ").Append(ColumnType.Text, name),
            r => (Position: r.GetInt64(0), By: r.IsDBNull(1) ? null : r.GetString(1), Until: (DateTime?)session.Dialect.Read(r, 2, ColumnType.DateTime)), cancellationToken);
        if (rows is [var row])
        {
            if (row.By == _me && row.Until > now + (Lease / 2))
                return row.Position;
            if (row.By is not null && row.By != _me && row.Until > now)
                return null;
        }
        else
        {
            await session.ExecuteAsync(new SqlText("INSERT INTO crm_consumers (name, position) VALUES (").Append(ColumnType.Text, name).Append(", 0) ON CONFLICT (name) DO NOTHING"), cancellationToken);
        }
        var taken = await session.ExecuteAsync(new SqlText().Append(
            "UPDATE crm_consumers SET leased_by = {}, leased_until = {} WHERE name = {} AND (leased_by IS NULL OR leased_by = {} OR leased_until < {})",
            (ColumnType.Text, _me), (ColumnType.DateTime, now + Lease), (ColumnType.Text, name), (ColumnType.Text, _me), (ColumnType.DateTime, now)), cancellationToken);
        return taken == 1
            ? await session.CountAsync(new SqlText("SELECT position FROM crm_consumers WHERE name = ").Append(ColumnType.Text, name), cancellationToken)
            : null;
    }
}
