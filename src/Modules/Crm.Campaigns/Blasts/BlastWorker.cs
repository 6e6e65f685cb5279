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
        await using var scope = services.CreateAsyncScope();
        var provider = scope.ServiceProvider;
        provider.GetRequiredService<ActorContext>().Current = Actor.System("job");
        await provider.GetRequiredService<SettingsStore>().RefreshAsync(cancellationToken);
        await provider.GetRequiredService<ContentDefinitions>().RefreshAsync(cancellationToken);
        var queries = provider.GetRequiredService<QueryEngine>();
        var due = new CompareFilter("scheduledAt", FilterOperator.LessOrEqual, clock.GetUtcNow().UtcDateTime);
        var where = new OrFilter([Filter.Eq("status", EmailBlastType.Sending), Filter.And(Filter.Eq("status", EmailBlastType.Scheduled), due)]);
        foreach (var blast in (await queries.ListAsync(new Query(EmailBlastType.Name) { Where = where, Sort = ["scheduledAt"], Take = 100 }, cancellationToken)).Items)
            await provider.GetRequiredService<BlastStep>().RunAsync(blast, cancellationToken);
        if (await provider.GetRequiredService<MailingList>().HasNewsAsync(cancellationToken))
            while (await provider.GetRequiredService<MemberBook>().FollowAsync(cancellationToken))
                cancellationToken.ThrowIfCancellationRequested();
    }
}

/// <summary>The next step of one blast.</summary>
internal sealed class BlastStep(BlastRun run, Audience audience, MailingList mailings, MemberBook members)
{
    public async Task RunAsync(ContentItem blast, CancellationToken cancellationToken)
    {
        if (blast.Get<string>("status") == EmailBlastType.Scheduled)
        {
            if (await run.StartAsync(blast.Id, cancellationToken) is { Count: > 0 } problems)
                await FailAsync(blast, EmailBlastType.Draft, problems, cancellationToken);
            return;
        }
        switch (await mailings.StateAsync(blast.Id, cancellationToken))
        {
            case MailingStates.Building:
                await BuildAsync(blast, cancellationToken);
                break;
            case MailingStates.Sending when await mailings.FinishAsync(blast.Id, cancellationToken):
            case MailingStates.Done:
                await run.MoveAsync(blast.Id, new() { ["status"] = EmailBlastType.Done }, cancellationToken);
                break;
        }
    }

    /// <summary>One ledger row for each recipient, and a member of the campaign. Nothing goes out before all are there.</summary>
    private async Task BuildAsync(ContentItem blast, CancellationToken cancellationToken)
    {
        try
        {
            var (type, _) = await audience.QuestionAsync(blast, cancellationToken);
            var recipients = 0;
            await foreach (var batch in audience.StreamAsync(blast, cancellationToken))
            {
                await mailings.AddAsync(blast.Id, type.Name, batch, cancellationToken);
                if (blast.Get<Guid?>("campaign") is { } campaign && batch.Count > 0)
                    await members.AddAsync(campaign, type.Name, [.. batch.Select(r => r.RecordId)], "planned", blast.Owner, cancellationToken);
                recipients += batch.Count;
            }
            await run.MoveAsync(blast.Id, new() { ["recipients"] = (decimal)recipients }, cancellationToken);
            await mailings.StartAsync(blast.Id, cancellationToken);
        }
        catch (QueryException e)
        {
            await mailings.CancelAsync(blast.Id, cancellationToken);
            await FailAsync(blast, EmailBlastType.Canceled, [e.Reason], cancellationToken);
        }
    }

    private Task FailAsync(ContentItem blast, string status, IReadOnlyList<Message> problems, CancellationToken cancellationToken)
        => run.MoveAsync(blast.Id, new() { ["status"] = status, ["problem"] = string.Join("; ", problems) }, cancellationToken);
}
