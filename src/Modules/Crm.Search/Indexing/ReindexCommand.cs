using System.CommandLine;
using Crm.Platform.Commands;
using Crm.Platform.Hosting;

namespace Crm.Search.Indexing;

/// <summary>
/// <c>reindex</c>: indexes everything anew. A server that runs on this node directory owns the index: it is asked to do
/// the work and this waits; without one it is done here. Other nodes follow by themselves.
/// </summary>
internal sealed class ReindexCommand(SearchIndex index, Indexer indexer) : SiteCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public override Command Definition { get; } = new("reindex", "Builds the search index anew; a running server does it while searches go on");

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var clock = run.Services.GetRequiredService<TimeProvider>();
        var number = await run.Services.GetRequiredService<Rebuilds>().AskAsync(cancellationToken);
        var (seen, seenAt) = (0L, clock.GetTimestamp());
        while (true)
        {
            await indexer.TryFinishAsync(cancellationToken);
            using (var view = index.Read())
            {
                if (view is not null && view.State.Rebuild >= number)
                {
                    await run.Output.WriteLineAsync(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{view.Searcher.IndexReader.NumDocs} records indexed."));
                    return 0;
                }
                var commit = view is null ? 0 : ((Lucene.Net.Index.DirectoryReader)view.Searcher.IndexReader).IndexCommit.Generation;
                if (commit != seen)
                    (seen, seenAt) = (commit, clock.GetTimestamp());
            }
            // It commits every few seconds while it works.
            if (clock.GetElapsedTime(seenAt) > Patience)
                throw new SetupException("The running server does not rebuild its search index; its log says why");
            await Task.Delay(Look, clock, cancellationToken);
        }
    }
}
