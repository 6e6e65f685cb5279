using Crm.Campaigns.Members;
using Crm.Email.Mailings;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Microsoft.Extensions.Logging;

namespace Crm.Campaigns.Blasts;

/// <summary>The next step of one blast. Whatever somebody changes in between is looked at again in the next round.</summary>
internal sealed class BlastStep(BlastRun run, Audience audience, MailingList mailings, MailingReport report, MemberBook members, QueryEngine queries, DbSession session, ILogger<BlastStep> logger)
{
    /// <param name="worker">Who adds recipients: one worker among all processes.</param>
    public async Task RunAsync(ContentItem blast, string worker, CancellationToken cancellationToken)
    {
        try
        {
            if (blast.Get<string>("status") == EmailBlastType.Scheduled)
                await BeginAsync(blast, cancellationToken);
            else
                await GoOnAsync(blast, worker, cancellationToken);
        }
        catch (BlastChangedException e)
        {
            logger.LogInformation("Blast {Blast} was changed meanwhile: {Reason}", blast.Id, e.Message);
        }
    }

    private async Task BeginAsync(ContentItem blast, CancellationToken cancellationToken)
    {
        IReadOnlyList<Message> problems;
        try
        {
            problems = (await audience.SenderAsync(blast, cancellationToken)).Can(CampaignPermissions.Send)
                ? await run.BeginAsync(blast, cancellationToken)
                : [new("Whoever scheduled this may no longer send e-mail blasts")];
        }
        catch (QueryException e)
        {
            problems = [e.Reason];
        }
        if (problems.Count > 0)
            await run.MoveAsync(blast, new() { ["status"] = EmailBlastType.Draft, ["scheduledAt"] = null, ["sentBy"] = null, ["problem"] = Write(problems) }, cancellationToken);
    }

    private async Task GoOnAsync(ContentItem blast, string worker, CancellationToken cancellationToken)
    {
        switch (await mailings.FindAsync(blast.Id, cancellationToken))
        {
            case { State: MailingStates.Building }:
                await BuildAsync(blast, worker, cancellationToken);
                break;
            case { State: MailingStates.Sending } when await mailings.FinishAsync(blast.Id, cancellationToken):
            case { State: MailingStates.Done }:
                await run.MoveAsync(blast, new() { ["status"] = EmailBlastType.Done }, cancellationToken);
                break;
            case { State: MailingStates.Paused } stopped:
                await run.MoveAsync(blast, new() { ["status"] = EmailBlastType.Paused, ["problem"] = stopped.Problem is { } problem ? StoredMessage.Write(problem) : null }, cancellationToken);
                break;
            case null or { State: MailingStates.Canceled }:
                await run.MoveAsync(blast, new() { ["status"] = EmailBlastType.Canceled }, cancellationToken);
                break;
        }
    }

    /// <summary>One ledger row for each recipient, and a member of the campaign. Nothing goes out before all are there.</summary>
    private async Task BuildAsync(ContentItem blast, string worker, CancellationToken cancellationToken)
    {
        if (!await mailings.LeaseAsync(blast.Id, worker, cancellationToken))
            return;
        try
        {
            var (type, _) = await audience.QuestionAsync(blast, cancellationToken);
            await foreach (var batch in audience.StreamAsync(blast, cancellationToken))
            {
                if (!await mailings.AddAsync(blast.Id, worker, type.Name, batch, cancellationToken))
                    return;
                if (blast.Get<Guid?>("campaign") is { } campaign && batch.Count > 0)
                    await members.AddAsync(campaign, type.Name, [.. batch.Select(r => r.RecordId)], "planned", blast.Owner, cancellationToken);
            }
            await session.TransactAsync(async () =>
            {
                if (await mailings.StartAsync(blast.Id, worker, cancellationToken) && await queries.GetAsync(EmailBlastType.Name, blast.Id, cancellationToken) is { } now)
                    await run.MoveAsync(now, new() { ["recipients"] = (decimal)(await report.FiguresAsync(blast.Id, cancellationToken)).Due }, cancellationToken);
            }, cancellationToken);
        }
        catch (QueryException e)
        {
            await session.TransactAsync(async () =>
            {
                await mailings.CancelAsync(blast.Id, cancellationToken);
                await run.MoveAsync(blast, new() { ["status"] = EmailBlastType.Canceled, ["problem"] = Write([e.Reason]) }, cancellationToken);
            }, cancellationToken);
        }
    }

    private static string Write(IReadOnlyList<Message> problems) => StoredMessage.Write(problems.Aggregate((all, next) => new Message("{0}; {1}", all, next)));
}
