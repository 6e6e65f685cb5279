using Crm.Platform.Jobs;

namespace Crm.Tickets.Portal;

/// <summary>Links that lead nowhere any more need not be kept.</summary>
internal sealed class ForgetLinks(FollowLinks links) : IBackgroundTask
{
    public string Name => "forget-ticket-links";

    public string Cron => "41 3 * * *";

    public Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken) => links.ForgetAsync(cancellationToken);
}
