using System.Collections.Concurrent;
using Crm.IntegrationTests.Support;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Changes;

public sealed class ChangeLogOrderSqliteTests() : ChangeLogOrderTests(DatabaseProvider.Sqlite);

public sealed class ChangeLogOrderPostgresTests() : ChangeLogOrderTests(DatabaseProvider.Postgres);

public abstract class ChangeLogOrderTests(DatabaseProvider provider)
{
    [Fact]
    public async Task ReadAfter_WhileManyWrite_SeesEveryChangeOnceInAnOrderToTrust()
    {
        const int writers = 8;
        const int saves = 25;
        await using var platform = await TestPlatform.CreateAsync(provider);
        using var done = new CancellationTokenSource();
        var seen = new List<Change>();
        var reading = Task.Run(async () =>
        {
            // Reads without pause, so that a row which became visible late would be stepped over.
            for (var finished = false; ;)
            {
                await using var scope = platform.OpenAsSystem();
                var next = await scope.Log.ReadAfterAsync(seen.Count == 0 ? 0 : seen[^1].Sequence, 7, CancellationToken.None);
                seen.AddRange(next);
                if (next.Count == 0 && finished)
                    return;
                finished = done.IsCancellationRequested && next.Count == 0;
            }
        });
        var written = new ConcurrentBag<(Guid Id, long Version)>();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < saves; i++)
            {
                await using var scope = platform.OpenAsSystem();
                var id = await scope.CreateAsync("companies", ("name", $"W{w}-{i}"));
                written.Add((id, 1));
                var result = await scope.SaveAsync("companies", id, 1, ("employees", "1"));
                written.Add((id, result.Version));
            }
        })));
        await done.CancelAsync();
        await reading;

        Assert.Equal(writers * saves * 2, seen.Count);
        Assert.Equal(seen.Select(c => c.Sequence).Order(), seen.Select(c => c.Sequence));
        Assert.Equal(written.Order(), seen.Select(c => (c.RecordId, c.Version)).Order());
        // Every record's creation comes before its update.
        foreach (var record in seen.GroupBy(c => c.RecordId))
            Assert.Equal([ChangeKind.Created, ChangeKind.Updated], record.Select(c => c.Kind));
    }

    [Fact]
    public async Task Consumer_Registered_GetsEveryChangeAndTwoSitesDoNotDoubleIt()
    {
        var consumer = new Recording();
        await using var platform = await TestPlatform.CreateAsync(provider, s => s.AddSingleton<IChangeConsumer>(consumer));
        await using var scope = platform.OpenAsSystem();
        var workers = Enumerable.Range(0, 2).Select(_ => ActivatorUtilities.CreateInstance<ChangeConsumerWorker>(platform.Services)).ToList();
        foreach (var worker in workers)
            await worker.StartAsync(CancellationToken.None);
        for (var i = 0; i < 20; i++)
            await scope.CreateAsync("companies", ("name", $"N{i}"));
        await consumer.WaitForAsync(20);
        foreach (var worker in workers)
            await worker.StopAsync(CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"N{i}"), consumer.Names);
    }

    [Fact]
    public async Task Consumer_WhoseBatchOutlastsItsLease_GoesOnThoughAnotherNodeBeganTheSame()
    {
        var (clock, consumer) = (new MovableClock(), new Slow());
        await using var platform = await TestPlatform.CreateAsync(provider, s => s.AddSingleton<TimeProvider>(clock).AddSingleton<IChangeConsumer>(consumer));
        await using var scope = platform.OpenAsSystem();
        await scope.CreateAsync("companies", ("name", "First"));
        var nodes = Enumerable.Range(0, 2).Select(_ => ActivatorUtilities.CreateInstance<ChangeConsumerWorker>(platform.Services)).ToList();
        foreach (var node in nodes)
            await node.StartAsync(CancellationToken.None);
        var slow = await consumer.NextAsync();
        clock.Forward(TimeSpan.FromSeconds(31));
        var again = await consumer.NextAsync();
        Assert.Equal(slow.Names, again.Names);

        // The first one ends while the other holds the lease: what it did counts, and nobody has to do it a third time.
        await scope.CreateAsync("companies", ("name", "Second"));
        slow.End();
        clock.Forward(TimeSpan.FromSeconds(31));
        var next = await consumer.NextAsync();
        Assert.Equal(["Second"], next.Names);
        again.End();
        next.End();
        await Eventually.HoldsAsync(async () => await scope.Session.CountAsync(new SqlText("SELECT position - (SELECT MAX(seq) FROM crm_change_log) FROM crm_consumers WHERE name = 'slow'"), CancellationToken.None) == 0);
        foreach (var node in nodes)
            await node.StopAsync(CancellationToken.None);
    }

    private sealed class Slow : IChangeConsumer
    {
        private readonly System.Threading.Channels.Channel<Batch> _begun = System.Threading.Channels.Channel.CreateUnbounded<Batch>();

        public string Name => "slow";

        public async Task HandleAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
        {
            var batch = new Batch([.. changes.Select(c => c.Fields["name"].New)]);
            await _begun.Writer.WriteAsync(batch, cancellationToken);
            await batch.Ended.WaitAsync(cancellationToken);
        }

        public async Task<Batch> NextAsync() => await _begun.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    private sealed record Batch(IReadOnlyList<string?> Names)
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _end.Task;

        public void End() => _end.SetResult();
    }

    private sealed class Recording : IChangeConsumer
    {
        private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _wanted = int.MaxValue;

        public string Name => "recording";

        public ConcurrentQueue<string?> Names { get; } = new();

        public Task HandleAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
        {
            foreach (var change in changes)
                Names.Enqueue(change.Fields["name"].New);
            if (Names.Count >= Volatile.Read(ref _wanted))
                _enough.TrySetResult();
            return Task.CompletedTask;
        }

        public async Task WaitForAsync(int count)
        {
            Volatile.Write(ref _wanted, count);
            if (Names.Count < count)
                await _enough.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }
}
