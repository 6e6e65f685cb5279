using Crm.Campaigns.Members;
using Crm.Email.Mailings;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crm.Campaigns.Blasts;

/// <summary>
/// Begins blasts whose time has come, writes their recipients into the ledger, ends them, and tells campaigns what the
/// recipients did. Every step can be broken off and done again, by this process or another: none counts twice.
/// </summary>
internal sealed class BlastWorker(IServiceProvider services, TimeProvider clock, ILogger<BlastWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly string _me = Guid.NewGuid().ToString("N");
    private readonly Dictionary<Guid, DateTimeOffset> _rests = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await RoundAsync(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    logger.LogError(e, "Blasts could not be looked after; the next round goes on");
                }
                await Task.Delay(Poll, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The site stops; another one goes on.
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var scope = await OpenAsync(cancellationToken);
        var provider = scope.ServiceProvider;
        var queries = provider.GetRequiredService<QueryEngine>();
        var due = new CompareFilter("scheduledAt", FilterOperator.LessOrEqual, clock.GetUtcNow().UtcDateTime);
        var where = new OrFilter([Filter.Eq("status", EmailBlastType.Sending), Filter.And(Filter.Eq("status", EmailBlastType.Scheduled), due)]);
        foreach (var blast in (await queries.ListAsync(new Query(EmailBlastType.Name) { Where = where, Sort = ["scheduledAt"], Take = 100 }, cancellationToken)).Items)
            await StepAsync(blast, cancellationToken);
        if (await provider.GetRequiredService<MailingList>().HasNewsAsync(cancellationToken))
            while (await provider.GetRequiredService<MemberBook>().FollowAsync(cancellationToken))
                cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>In a scope of its own: what goes wrong with one blast leaves nothing behind for the next.</summary>
    private async Task StepAsync(ContentItem blast, CancellationToken cancellationToken)
    {
        if (_rests.TryGetValue(blast.Id, out var until) && clock.GetUtcNow() < until)
            return;
        _rests.Remove(blast.Id);
        try
        {
            await using var scope = await OpenAsync(cancellationToken);
            await scope.ServiceProvider.GetRequiredService<BlastStep>().RunAsync(blast, _me, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogError(e, "Blast {Blast} could not be moved on; another try follows in a minute", blast.Id);
            _rests[blast.Id] = clock.GetUtcNow().AddMinutes(1);
        }
    }

    private async Task<AsyncServiceScope> OpenAsync(CancellationToken cancellationToken)
    {
        var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ActorContext>().Current = Actor.System("job");
        await scope.ServiceProvider.GetRequiredService<SettingsStore>().RefreshAsync(cancellationToken);
        await scope.ServiceProvider.GetRequiredService<ContentDefinitions>().RefreshAsync(cancellationToken);
        return scope;
    }
}
