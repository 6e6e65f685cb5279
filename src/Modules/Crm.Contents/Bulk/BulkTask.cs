using System.Globalization;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Jobs;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Contents.Bulk;

/// <summary>Collects the records of a batch, then works them off. Killed at any moment, it goes on where it was.</summary>
internal sealed class BulkTask(BulkStore store, BulkStep step, QueryEngine queries, ContentDefinitions definitions, ChangeLog log, ActorContext actor, IEnumerable<IBulkAction> actions, Actors actors, JobProgress progress) : IBackgroundTask
{
    public const string TaskName = "bulk";

    /// <summary>Few enough that others get their turn at writing in between.</summary>
    private const int ChunkSize = 250;

    public string Name => TaskName;

    public async Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(data["culture"]);
        var id = Guid.Parse(data["batch"]);
        if (await store.FindAsync(id, cancellationToken) is not { IsRunning: true } batch)
            return;
        log.BatchId = batch.Id;
        try
        {
            await CollectAsync(batch, cancellationToken);
            await WorkAsync(batch.Id, cancellationToken);
        }
        catch (QueryException e)
        {
            // A field of the filter is gone, or whoever asked may not see the records any more.
            await store.MoveAsync(id, [BulkStatus.Collecting, BulkStatus.Working], BulkStatus.Stopped, e.Reason, cancellationToken);
        }
    }

    /// <summary>Freezes what "all that match" means, a page at a time, with the versions seen.</summary>
    private async Task CollectAsync(BulkBatch batch, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Find(batch.Type) ?? throw new QueryException("There is no content type {0}", batch.Type);
        if (batch.UndoOf is { } undone)
        {
            if (batch.Total == 0)
                await store.AddUndoItemsAsync(batch.Id, undone, cancellationToken);
            await store.MoveAsync(batch.Id, [BulkStatus.Collecting], BulkStatus.Working, null, cancellationToken);
            return;
        }
        var where = BulkSelection.Matching(type, definitions.Current, batch.Filter, batch.Search);
        while (batch.Status == BulkStatus.Collecting && (batch.Total == 0 || batch.FrozenTo is not null))
        {
            var page = await queries.ListAsync(Collect(batch, where), cancellationToken);
            await store.AddItemsAsync(batch, [.. page.Items.Select(i => (i.Id, i.Version))], page.Next, cancellationToken);
            batch = (await store.FindAsync(batch.Id, cancellationToken))!;
            progress.Report(0, batch.Total);
        }
        await store.MoveAsync(batch.Id, [BulkStatus.Collecting], BulkStatus.Working, null, cancellationToken);
    }

    /// <summary>The next page of the records to take up.</summary>
    public static Query Collect(BulkBatch batch, Filter? where) => new(batch.Type)
    {
        Where = where,
        Columns = [],
        Sort = [SystemFields.Id],
        Take = QueryEngine.MaxTake,
        After = batch.FrozenTo,
        Bin = batch.InBin ? RecycleBin.Only : RecycleBin.Without,
    };

    private async Task WorkAsync(Guid id, CancellationToken cancellationToken)
    {
        while (await store.FindAsync(id, cancellationToken) is { Status: BulkStatus.Working } batch)
        {
            progress.Report(batch.Done, batch.Total);
            if (actions.FirstOrDefault(a => a.Name == batch.Action) is not { } action)
                await StopAsync(id, "The feature that does this is switched off", cancellationToken);
            else if (!await LookWhoAsksAsync(batch, cancellationToken))
                await StopAsync(id, "Whoever asked for this may no longer sign in", cancellationToken);
            else if (!actor.Current.Can(ContentsPermissions.Bulk))
                await StopAsync(id, "Whoever asked may no longer change many records at once", cancellationToken);
            else if (!await step.RunAsync(batch, action, ChunkSize, cancellationToken))
                await store.MoveAsync(id, [BulkStatus.Working], BulkStatus.Done, null, cancellationToken);
        }
    }

    private Task<bool> StopAsync(Guid id, string reason, CancellationToken cancellationToken)
        => store.MoveAsync(id, [BulkStatus.Working], BulkStatus.Stopped, new(reason), cancellationToken);

    /// <summary>Rights are those of the moment, however long the work takes.</summary>
    private async Task<bool> LookWhoAsksAsync(BulkBatch batch, CancellationToken cancellationToken)
    {
        if (await actors.OfUserAsync(batch.By, cancellationToken) is not { } user)
            return false;
        actor.Current = user with { Source = BulkStep.Source };
        return true;
    }
}

/// <summary>What was done long ago is forgotten, and cannot be undone any more.</summary>
internal sealed class ForgetBulk(BulkStore store, TimeProvider clock) : IBackgroundTask
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(30);

    public string Name => "forget-bulk";

    public string Cron => "20 3 * * *";

    public Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken) => store.ForgetAsync(clock.GetUtcNow().UtcDateTime - Age, cancellationToken);
}
