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

/// <summary>Sends blasts: checks, begins, pauses, goes on, breaks off. What it refuses it says, and then nothing is done.</summary>
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
    private static readonly Message Sent = new("This blast has been sent already");

    /// <summary>Why a blast cannot be sent as it is; none when it can.</summary>
    /// <param name="hasRecipients">Null when it is to be found out.</param>
    public async Task<IReadOnlyList<Message>> ProblemsAsync(ContentItem blast, bool? hasRecipients, CancellationToken cancellationToken)
    {
        var problems = new List<Message>();
        try
        {
            if (!(hasRecipients ?? await audience.AnyAsync(blast, cancellationToken)))
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

    /// <summary>Sends now. It goes to whom the sender may see; see <see cref="Audience.SenderAsync"/>.</summary>
    public Task<IReadOnlyList<Message>> StartAsync(Guid id, CancellationToken cancellationToken) => AnswerAsync(async ()
        => await FindAsync(id, cancellationToken) is { } blast && IsOpen(blast) ? await BeginAsync(blast, cancellationToken) : [Sent]);

    /// <summary>Begins with the blast as it was read.</summary>
    /// <exception cref="BlastChangedException">Somebody changed it in the meantime: it is not begun.</exception>
    public async Task<IReadOnlyList<Message>> BeginAsync(ContentItem blast, CancellationToken cancellationToken)
    {
        var sender = await audience.SenderAsync(blast, cancellationToken);
        return await actor.AsAsync(sender, async () =>
        {
            if (await ProblemsAsync(blast, null, cancellationToken) is { Count: > 0 } problems)
                return problems;
            var (type, _) = await audience.QuestionAsync(blast, cancellationToken);
            var template = (await TemplateAsync(blast, cancellationToken))!;
            await session.TransactAsync(async () =>
            {
                await mailings.CreateAsync(blast.Id, new MailingContent(type.Name, template, blast.Get<string>("siteUrl") ?? await site.GetAsync(cancellationToken), blast.Owner)
                {
                    RightsOf = sender.UserId,
                    FromName = blast.Get<string>("fromName"),
                    FromAddress = blast.Get<string>("fromAddress"),
                }, cancellationToken);
                await MoveAsync(blast, new() { ["status"] = EmailBlastType.Sending, ["sentAt"] = Now, ["sentBy"] = sender.UserId, ["problem"] = null }, cancellationToken);
            }, cancellationToken);
            return [];
        });
    }

    public Task<IReadOnlyList<Message>> ScheduleAsync(Guid id, DateTime at, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        if (await FindAsync(id, cancellationToken) is not { } blast || !IsOpen(blast))
            return [Sent];
        if (at <= Now)
            return [new("Choose a time that is still to come")];
        if (await ProblemsAsync(blast, null, cancellationToken) is { Count: > 0 } problems)
            return problems;
        await MoveAsync(blast, new()
        {
            ["status"] = EmailBlastType.Scheduled,
            ["scheduledAt"] = at,
            ["sentBy"] = actor.Current.UserId,
            ["siteUrl"] = await site.GetAsync(cancellationToken),
            ["problem"] = null,
        }, cancellationToken);
        return [];
    });

    public Task<IReadOnlyList<Message>> PauseAsync(Guid id, CancellationToken cancellationToken) => ChangeAsync(id, async blast =>
    {
        if (!await mailings.PauseAsync(id, cancellationToken))
            return false;
        await MoveAsync(blast, new() { ["status"] = EmailBlastType.Paused }, cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>Goes on in the name of who sent it; if they can no longer sign in, of who resumes it.</summary>
    public Task<IReadOnlyList<Message>> ResumeAsync(Guid id, CancellationToken cancellationToken) => ChangeAsync(id, async blast =>
    {
        var heir = await audience.IsSenderGoneAsync(blast, cancellationToken) ? actor.Current.UserId : null;
        if (!await mailings.ResumeAsync(id, heir, cancellationToken))
            return false;
        await MoveAsync(blast, new() { ["status"] = EmailBlastType.Sending, ["sentBy"] = heir ?? blast.Get<Guid?>("sentBy"), ["problem"] = null }, cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>A scheduled one becomes a draft again; of one that is being sent, what has not gone out will not.</summary>
    public Task<IReadOnlyList<Message>> CancelAsync(Guid id, CancellationToken cancellationToken) => ChangeAsync(id, async blast =>
    {
        switch (blast.Get<string>("status"))
        {
            case EmailBlastType.Scheduled:
                await MoveAsync(blast, new() { ["status"] = EmailBlastType.Draft, ["scheduledAt"] = null, ["sentBy"] = null }, cancellationToken);
                return true;
            case EmailBlastType.Sending or EmailBlastType.Paused:
                await mailings.CancelAsync(id, cancellationToken);
                await MoveAsync(blast, new() { ["status"] = EmailBlastType.Canceled }, cancellationToken);
                return true;
            default:
                return false;
        }
    }, cancellationToken);

    /// <inheritdoc cref="BlastMoves.SaveAsync"/>
    public Task MoveAsync(ContentItem blast, Dictionary<string, object?> values, CancellationToken cancellationToken) => moves.SaveAsync(content, actor, blast, values, cancellationToken);

    /// <summary>The mailing and its blast change together or not at all.</summary>
    private Task<IReadOnlyList<Message>> ChangeAsync(Guid id, Func<ContentItem, Task<bool>> change, CancellationToken cancellationToken)
        => AnswerAsync(() => session.TransactAsync<IReadOnlyList<Message>>(async () => await FindAsync(id, cancellationToken) is { } blast && await change(blast)
            ? [] : [new("This can no longer be done: the blast has moved on")], cancellationToken));

    private static async Task<IReadOnlyList<Message>> AnswerAsync(Func<Task<IReadOnlyList<Message>>> work)
    {
        try
        {
            return await work();
        }
        catch (BlastChangedException e)
        {
            return [e.Reason];
        }
        catch (QueryException e)
        {
            return [e.Reason];
        }
    }

    private static bool IsOpen(ContentItem blast) => blast.Get<string>("status") is EmailBlastType.Draft or EmailBlastType.Scheduled;

    private Task<ContentItem?> FindAsync(Guid id, CancellationToken cancellationToken) => queries.GetAsync(EmailBlastType.Name, id, cancellationToken);

    private async Task<TemplateParts?> TemplateAsync(ContentItem blast, CancellationToken cancellationToken)
        => blast.Get<Guid?>("template") is { } id && await queries.GetAsync(EmailTemplateType.Name, id, cancellationToken) is { } template ? TemplateParts.Of(template) : null;

    private DateTime Now => clock.Now();
}
