using Crm.Platform.Jobs;

namespace Crm.Notifications;

/// <summary>News is no archive: after half a year it goes.</summary>
internal sealed class ForgetTask(Inbox inbox, TimeProvider clock) : IBackgroundTask
{
    private const int Days = 180;

    public string Name => "notifications-forget";

    public string Cron => "17 3 * * *";

    public Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
        => inbox.ForgetAsync(clock.GetUtcNow().UtcDateTime.AddDays(-Days), cancellationToken);
}
