using Crm.Email;
using Crm.Email.Mailings;
using Crm.Email.Templates;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Campaigns.Blasts;

/// <summary>Sends blasts: checks, begins, pauses, goes on, breaks off. What it refuses it says.</summary>
internal sealed class BlastRun(
    QueryEngine queries,
    IContentManager content,
    ActorContext actor,
    Audience audience,
    MailingList mailings,
    BlastMoves moves,
    SiteAddress site,
    DbSession session,
    TimeProvider clock)
{
    /// <summary>Why a blast cannot be sent as it is; none when it can.</summary>
    public async Task<IReadOnlyList<Message>> ProblemsAsync(ContentItem blast, AudienceCount? count, CancellationToken cancellationToken)
    {
        var problems = new List<Message>();
        try
        {
            if (count is null ? !await audience.AnyAsync(blast, cancellationToken) : count.Recipients == 0)
                problems.Add(new("The blast has no recipients: nobody in the segment can be written to"));
        }
        catch (QueryException e)
        {
            problems.Add(e.Reason);
        }
        if (await TemplateAsync(blast, cancellationToken) is not { } template)
            problems.Add(new("The template is gone or you may not see it"));
        else if (template.Problem() is { } broken)
            problems.AddRange([new("The template cannot be used"), broken]);
        return problems;
    }

    public async Task<IReadOnlyList<Message>> StartAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } blast || blast.Get<string>("status") is not (EmailBlastType.Draft or EmailBlastType.Scheduled))
            return [new("This blast has been sent already")];
        if (await ProblemsAsync(blast, null, cancellationToken) is { Count: > 0 } problems)
            return problems;
        var (type, _) = await audience.QuestionAsync(blast, cancellationToken);
        var template = (await TemplateAsync(blast, cancellationToken))!;
        await session.TransactAsync(async () =>
        {
            await mailings.CreateAsync(id, new MailingContent(type.Name, template, blast.Get<string>("siteUrl") ?? await site.GetAsync(cancellationToken), blast.Owner)
            {
                FromName = blast.Get<string>("fromName"),
                FromAddress = blast.Get<string>("fromAddress"),
            }, cancellationToken);
            await MoveAsync(id, new() { ["status"] = EmailBlastType.Sending, ["sentAt"] = Now, ["problem"] = null }, cancellationToken);
        }, cancellationToken);
        return [];
    }

    public async Task<IReadOnlyList<Message>> ScheduleAsync(Guid id, DateTime at, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } blast || blast.Get<string>("status") is not (EmailBlastType.Draft or EmailBlastType.Scheduled))
            return [new("This blast has been sent already")];
        if (at <= Now)
            return [new("Choose a time that is still to come")];
        if (await ProblemsAsync(blast, null, cancellationToken) is { Count: > 0 } problems)
            return problems;
        await MoveAsync(id, new() { ["status"] = EmailBlastType.Scheduled, ["scheduledAt"] = at, ["siteUrl"] = await site.GetAsync(cancellationToken), ["problem"] = null }, cancellationToken);
        return [];
    }

    public async Task PauseAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await mailings.PauseAsync(id, cancellationToken))
            await MoveAsync(id, new() { ["status"] = EmailBlastType.Paused }, cancellationToken);
    }

    public async Task ResumeAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await mailings.ResumeAsync(id, cancellationToken))
            await MoveAsync(id, new() { ["status"] = EmailBlastType.Sending }, cancellationToken);
    }

    /// <summary>A scheduled one becomes a draft again; of one that is being sent, what has not gone out will not.</summary>
    public async Task CancelAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } blast)
            return;
        if (blast.Get<string>("status") == EmailBlastType.Scheduled)
        {
            await MoveAsync(id, new() { ["status"] = EmailBlastType.Draft, ["scheduledAt"] = null }, cancellationToken);
        }
        else if (blast.Get<string>("status") is EmailBlastType.Sending or EmailBlastType.Paused)
        {
            await mailings.CancelAsync(id, cancellationToken);
            await MoveAsync(id, new() { ["status"] = EmailBlastType.Canceled }, cancellationToken);
        }
    }

    public Task MoveAsync(Guid id, Dictionary<string, object?> values, CancellationToken cancellationToken) => moves.SaveAsync(content, actor, id, values, cancellationToken);

    private Task<ContentItem?> FindAsync(Guid id, CancellationToken cancellationToken) => queries.GetAsync(EmailBlastType.Name, id, cancellationToken);

    private async Task<TemplateParts?> TemplateAsync(ContentItem blast, CancellationToken cancellationToken)
        => blast.Get<Guid?>("template") is { } id && await queries.GetAsync(EmailTemplateType.Name, id, cancellationToken) is { } template ? TemplateParts.Of(template) : null;

    private DateTime Now
    {
        get
        {
            var now = clock.GetUtcNow().UtcDateTime;
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
        }
    }
}
