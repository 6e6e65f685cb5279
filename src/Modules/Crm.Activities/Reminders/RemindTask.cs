using Crm.Notifications;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Jobs;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Activities.Reminders;

/// <summary>
/// Tells assignees what falls due. The notification's key is the activity and its due time: killed and run again, or by
/// two processes at once, it tells nobody twice; put off, it tells again at the new time. What fell due more than a day
/// ago, while nothing ran, shows as overdue and is not told. The customer is named to those who may see it.
/// </summary>
internal sealed class RemindTask(QueryEngine queries, NotificationCenter notifications, DbSession session, ActorContext actor, Actors actors) : IBackgroundTask
{
    public const string TaskName = "activities-remind";

    public string Name => TaskName;

    public string Cron => "* * * * *";

    public async Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        var due = new Query(ActivityType.Name)
        {
            Where = Filter.And(Filter.Eq(ActivityFields.Status, ActivityStatus.Open),
                new CompareFilter(ActivityFields.DueAt, FilterOperator.LessOrEqual, "@now"), new CompareFilter(ActivityFields.DueAt, FilterOperator.Greater, "@now-24h")),
            Columns = [ActivityFields.DueAt],
            Sort = [ActivityFields.DueAt],
            Take = QueryEngine.MaxTake,
        };
        for (string? after = null; ;)
        {
            var page = await queries.ListAsync(due with { After = after }, cancellationToken);
            foreach (var theirs in page.Items.Where(i => i.Owner is not null).GroupBy(i => i.Owner!.Value))
                await RemindAsync(theirs.Key, [.. theirs], cancellationToken);
            if ((after = page.Next) is null)
                return;
        }
    }

    private async Task RemindAsync(Guid user, List<ContentItem> items, CancellationToken cancellationToken)
    {
        var told = await notifications.ToldAsync(user, items.Select(KeyOf), cancellationToken);
        items.RemoveAll(i => told.Contains(KeyOf(i)));
        if (items.Count == 0)
            return;
        var customers = await actors.OfUserAsync(user, cancellationToken) is { } reader ? await actor.AsAsync(reader, () => CustomersAsync(items, cancellationToken)) : [];
        await session.TransactAsync(async () =>
        {
            foreach (var item in items)
                await notifications.NotifyAsync(user, KeyOf(item),
                    customers.TryGetValue(item.Id, out var customer) ? new("“{0}” is due ({1})", item.DisplayText, customer) : new("“{0}” is due", item.DisplayText),
                    $"{ActivitiesMenu.Url}/{item.Id}", cancellationToken);
        }, cancellationToken);
    }

    /// <summary>By activity, as far as the reader sees them.</summary>
    private async Task<Dictionary<Guid, string>> CustomersAsync(IReadOnlyList<ContentItem> items, CancellationToken cancellationToken)
    {
        var query = new Query(ActivityType.Name) { Where = Filter.In(SystemFields.Id, items.Select(i => (object?)i.Id)), Columns = [ActivityFields.Customer], Sort = [SystemFields.Id], Take = QueryEngine.MaxTake };
        return (await queries.ListAsync(query, cancellationToken)).Items.Select(i => (i.Id, Name: i.DisplayOf(ActivityFields.Customer))).Where(i => i.Name is not null).ToDictionary(i => i.Id, i => i.Name!);
    }

    private static string KeyOf(ContentItem item) => $"due:{item.Id}:{item.Get<DateTime>(ActivityFields.DueAt).Ticks}";
}
