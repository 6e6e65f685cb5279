using System.Globalization;
using Crm.Contents.Bulk.Actions;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Jobs;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Contents.Bulk;

/// <summary>Starts, pauses and takes back changes of many records. Everybody has his own.</summary>
internal sealed class BulkBatches(BulkStore store, IEnumerable<IBulkAction> actions, IJobQueue jobs, JobLog jobLog, ContentDefinitions definitions, QueryEngine queries, DbSession session, ActorContext actor, TimeProvider clock)
{
    private Guid Me => actor.Current.UserId ?? throw new InvalidOperationException("Changes of many records are a user's.");

    /// <summary>The actor's own; null for another's, which nobody needs to know of.</summary>
    public async Task<BulkBatch?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } batch || batch.By != Me)
            return null;
        batch = batch with { IsFinal = actions.Any(a => a.Name == batch.Action && a.IsFinal) };
        // The work is over although the batch does not know: it failed, or whoever asked was locked out for a while.
        return batch is { IsRunning: true, JobId: { } job } && await jobLog.FindAsync(job, cancellationToken) is { Status: JobStatus.Failed } failed
            ? batch with { Status = BulkStatus.Stopped, Message = new Message(failed.Message ?? "") }
            : batch;
    }

    public async Task<BulkBatch> StartAsync(ContentTypeDefinition type, IBulkAction action, BulkPlan plan, BulkSelection selection, CancellationToken cancellationToken)
    {
        var batch = New(type.Name, action.Name, plan.Title, plan.Settings) with { InBin = selection.InBin };
        if (selection.All)
            await store.AddAsync(batch = batch with { Filter = selection.FilterText, Search = selection.Search }, cancellationToken);
        else
            await AddNamedAsync(batch, selection.Where(type, definitions.Current), cancellationToken);
        await EnqueueAsync(batch, cancellationToken);
        return batch;
    }

    /// <summary>Records that were chosen one by one are taken up at once, as far as they are still there to see.</summary>
    private async Task AddNamedAsync(BulkBatch batch, Filter? chosen, CancellationToken cancellationToken)
    {
        var records = await queries.ListAsync(BulkTask.Collect(batch, chosen), cancellationToken);
        await session.TransactAsync(async () =>
        {
            // With none there is nothing to go on with, least of all what a batch without names would be about.
            await store.AddAsync(records.Items.Count > 0 ? batch : batch with { Status = BulkStatus.Done }, cancellationToken);
            await store.AddItemsAsync(batch, [.. records.Items.Select(i => (i.Id, i.Version))], null, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Takes back a batch of the change log, such as an import's.</summary>
    public async Task<BulkBatch> UndoAsync(Guid logBatch, string type, Message title, CancellationToken cancellationToken)
    {
        var batch = New(type, UndoChanges.ActionName, title, new Dictionary<string, string?>()) with { UndoOf = logBatch };
        await store.AddAsync(batch, cancellationToken);
        await EnqueueAsync(batch, cancellationToken);
        return batch;
    }

    public async Task<BulkBatch?> UndoAsync(BulkBatch undone, CancellationToken cancellationToken)
    {
        var batch = New(undone.Type, UndoChanges.ActionName, new("Undo: {0}", undone.Title), new Dictionary<string, string?>()) with { UndoOf = undone.Id };
        var isFirst = await session.TransactAsync(async () =>
        {
            if (!await store.MarkUndoneAsync(undone.Id, batch.Id, cancellationToken))
                return false;
            // What its work was too broken to say itself.
            await store.MoveAsync(undone.Id, [BulkStatus.Collecting, BulkStatus.Working], BulkStatus.Stopped, undone.Message, cancellationToken);
            await store.AddAsync(batch, cancellationToken);
            return true;
        }, cancellationToken);
        if (!isFirst)
            return null;
        await EnqueueAsync(batch, cancellationToken);
        return batch;
    }

    public Task PauseAsync(BulkBatch batch, CancellationToken cancellationToken)
        => store.MoveAsync(batch.Id, [BulkStatus.Collecting, BulkStatus.Working], BulkStatus.Paused, null, cancellationToken);

    public Task CancelAsync(BulkBatch batch, CancellationToken cancellationToken)
        => store.MoveAsync(batch.Id, [BulkStatus.Collecting, BulkStatus.Working, BulkStatus.Paused, BulkStatus.Stopped], BulkStatus.Cancelled, null, cancellationToken);

    /// <summary>Goes on where it was paused or stopped.</summary>
    public async Task ResumeAsync(BulkBatch batch, CancellationToken cancellationToken)
    {
        var goesOn = await store.MoveAsync(batch.Id, [BulkStatus.Paused, BulkStatus.Stopped], BulkStatus.Collecting, null, cancellationToken);
        if (goesOn || batch.Status == BulkStatus.Stopped)
            await EnqueueAsync(batch, cancellationToken);
    }

    private BulkBatch New(string type, string action, Message title, IReadOnlyDictionary<string, string?> settings)
        => new(Guid.CreateVersion7(), type, action, title, settings, null, false, Me, clock.GetUtcNow().UtcDateTime) { Status = BulkStatus.Collecting };

    /// <summary>One person's batches wait for each other, those of several people work side by side.</summary>
    private async Task EnqueueAsync(BulkBatch batch, CancellationToken cancellationToken)
    {
        var data = new Dictionary<string, string> { ["batch"] = batch.Id.ToString("D"), ["culture"] = CultureInfo.CurrentUICulture.Name };
        await store.SetJobAsync(batch.Id, await jobs.EnqueueAsync($"{BulkTask.TaskName}:{batch.By:N}", data, cancellationToken), cancellationToken);
    }
}
