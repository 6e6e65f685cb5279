using Crm.Notifications;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Jobs;
using Crm.Platform.Queries;

namespace Crm.Activities.Reminders;

/// <summary>
/// Tells assignees what falls due. The notification's key is the activity and its due time: killed and run again, or by
/// two processes at once, it tells nobody twice; put off, it tells again at the new time. What fell due more than a day
/// ago, while nothing ran, shows as overdue and is not told.
/// </summary>
internal sealed class RemindTask(QueryEngine queries, NotificationCenter notifications, DbSession session) : IBackgroundTask
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
            Columns = [ActivityFields.DueAt, ActivityFields.Customer],
            Sort = [ActivityFields.DueAt],
            Take = QueryEngine.MaxTake,
        };
        for (string? after = null; ;)
        {
            var page = await queries.ListAsync(due with { After = after }, cancellationToken);
            await session.TransactAsync(async () =>
            {
                foreach (var item in page.Items.Where(i => i.Owner is not null))
                    await RemindAsync(item, cancellationToken);
                return true;
            }, cancellationToken);
            if ((after = page.Next) is null)
                return;
        }
    }

    private Task<bool> RemindAsync(ContentItem item, CancellationToken cancellationToken)
    {
        var key = $"due:{item.Id}:{item.Get<DateTime>(ActivityFields.DueAt).Ticks}";
        var url = $"{ActivitiesMenu.Url}/{item.Id}";
        return item.DisplayOf(ActivityFields.Customer) is { } customer
            ? notifications.NotifyAsync(item.Owner!.Value, key, new("“{0}” is due ({1})", item.DisplayText, customer), url, cancellationToken)
            : notifications.NotifyAsync(item.Owner!.Value, key, new("“{0}” is due", item.DisplayText), url, cancellationToken);
    }
}
