using System.Threading.Channels;
using Crm.Platform.Data;

namespace Crm.Email.Ledger;

/// <summary>
/// Writes what several connections say at the same moment in one transaction, so that each message costs a share of a
/// commit and is still on disk before the next step.
/// </summary>
internal sealed class LedgerWriter(Database database)
{
    private const int MostAtOnce = 200;

    private readonly Channel<Entry> _entries = Channel.CreateUnbounded<Entry>(new() { SingleReader = true });

    private sealed record Entry(IReadOnlyList<SqlText> Statements, TaskCompletionSource<IReadOnlyList<int>> Written);

    /// <summary>Returns when it is durable: how many rows each statement has changed.</summary>
    public Task<IReadOnlyList<int>> WriteAsync(params IReadOnlyList<SqlText> statements)
    {
        var written = new TaskCompletionSource<IReadOnlyList<int>>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_entries.Writer.TryWrite(new Entry(statements, written)))
            written.SetException(new InvalidOperationException("The ledger is closed."));
        return written.Task;
    }

    /// <summary>Nothing more will come; <see cref="RunAsync"/> then ends.</summary>
    public void Complete() => _entries.Writer.TryComplete();

    public async Task RunAsync()
    {
        var batch = new List<Entry>();
        while (await _entries.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MostAtOnce && _entries.Reader.TryRead(out var entry))
                batch.Add(entry);
            try
            {
                await using var session = new DbSession(database);
                // Not to be cancelled: what a server has taken must be written down.
                var counts = await session.TransactAsync(() => ExecuteAsync(session, batch), CancellationToken.None);
                for (var i = 0; i < batch.Count; i++)
                    batch[i].Written.SetResult(counts[i]);
            }
            catch (Exception e)
            {
                // Each connection hears of it and stops.
                foreach (var entry in batch)
                    entry.Written.TrySetException(e);
            }
        }
    }

    private static async Task<List<IReadOnlyList<int>>> ExecuteAsync(DbSession session, List<Entry> batch)
    {
        var all = new List<IReadOnlyList<int>>(batch.Count);
        foreach (var entry in batch)
        {
            var counts = new int[entry.Statements.Count];
            for (var i = 0; i < counts.Length; i++)
                counts[i] = await session.ExecuteAsync(entry.Statements[i], CancellationToken.None);
            all.Add(counts);
        }
        return all;
    }
}
