using System.Data.Common;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Contents.Bulk;

/// <summary>Does the next few records of a batch and keeps what has become of them, in one transaction.</summary>
internal sealed class BulkStep(BulkStore store, ContentDefinitions definitions, DbSession session)
{
    /// <summary>The change log's word for it.</summary>
    public const string Source = "bulk";

    private const int MaxAttempts = 5;

    /// <returns>Whether there was anything to do.</returns>
    public async Task<bool> RunAsync(BulkBatch batch, IBulkAction action, int take, CancellationToken cancellationToken)
    {
        var waiting = await store.NextAsync(batch.Id, take, cancellationToken);
        if (waiting.Count == 0)
            return false;
        // An undo goes through what it takes back in order, whatever the types.
        var seen = new HashSet<Guid>();
        var items = waiting.TakeWhile(i => i.Type == waiting[0].Type && seen.Add(i.Id)).ToList();
        if (await TryAsync(batch, action, items, cancellationToken) is not null)
            foreach (var item in items)
                if (await TryAsync(batch, action, [item], cancellationToken) is { } refused)
                    await session.TransactAsync(() => store.KeepAsync(batch.Id, [item], [new(item.Id, BulkState.LeftOut, refused)], cancellationToken), cancellationToken);
        return true;
    }

    /// <summary>All of them or, when one of them makes the others impossible, none; then they are tried one by one.</summary>
    /// <returns>Why nothing was done; null when it was.</returns>
    private async Task<Message?> TryAsync(BulkBatch batch, IBulkAction action, List<BulkItem> items, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await session.TransactAsync(async () =>
                {
                    var outcomes = definitions.Current.Find(items[0].Type) is { } type
                        ? await action.RunAsync(new BulkWork(type, batch.Id, batch.Settings, items), cancellationToken)
                        : [.. items.Select(i => new BulkOutcome(i.Id, BulkState.LeftOut, new("There is no content type {0}", i.Type)))];
                    await store.KeepAsync(batch.Id, items, outcomes, cancellationToken);
                }, cancellationToken);
                return null;
            }
            catch (SaveRefusedException e)
            {
                return e.Reason.Message;
            }
            catch (DbException e) when (Database.IsUniqueViolation(e))
            {
                return new("Another record with the same value was saved at the same moment");
            }
            catch (DbException e) when (e.IsTransient && attempt < MaxAttempts)
            {
                // PostgreSQL ended one of two that locked the same records in another order.
                await Task.Delay(TimeSpan.FromMilliseconds(10 * attempt), cancellationToken);
            }
        }
    }
}
