using System.Globalization;
using Crm.Email;
using Crm.Email.Mailings;
using Crm.Email.Outbox;
using Crm.Email.Templates;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Campaigns.Blasts;

/// <summary>A blast's own page: who gets it, what they get, sending it, and what became of it.</summary>
[Route("/emailBlasts/{id:guid}"), RequirePermission("emailBlasts.view")]
internal sealed class BlastsController(
    QueryEngine queries,
    ContentDefinitions definitions,
    BlastRun run,
    Audience audience,
    MailingReport report,
    MailTemplates templates,
    MailQueue queue,
    ActorContext actor,
    IStringLocalizer localizer) : Controller
{
    private const int PageSize = 100;

    /// <summary>Who can be written to is counted at once in segments of at most this size; in larger ones when it is asked for.</summary>
    private const int CountedAtOnce = 2000;

    [HttpGet("", Order = -1)]
    public async Task<IActionResult> Index(Guid id, Guid? recipient, bool count, CancellationToken cancellationToken)
        => await PageAsync(id, recipient, count, [], cancellationToken) is { } page ? View("Index", page) : NotFound();

    /// <summary>The part of the page that moves while it is being sent.</summary>
    [HttpGet("progress")]
    public async Task<IActionResult> Progress(Guid id, CancellationToken cancellationToken)
        => await queries.GetAsync(EmailBlastType.Name, id, cancellationToken) is { } blast ? PartialView("_Progress", new BlastProgress(blast, await report.FiguresAsync(id, cancellationToken))) : NotFound();

    [HttpGet("preview")]
    public async Task<IActionResult> Preview(Guid id, Guid? recipient, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(EmailBlastType.Name, id, cancellationToken) is not { } blast)
            return NotFound();
        MessageFrame.Protect(Response);
        try
        {
            return Content(MessageFrame.Page(await RenderAsync(blast, recipient, cancellationToken), localizer), "text/html; charset=utf-8");
        }
        catch (Exception e) when (e is TemplateException or QueryException)
        {
            var reason = e is TemplateException template ? template.Reason : ((QueryException)e).Reason;
            return Content(MessageFrame.Wrap($"<p>{System.Net.WebUtility.HtmlEncode(reason.For(localizer))}</p>"), "text/html; charset=utf-8");
        }
    }

    [HttpPost("test"), RequirePermission(CampaignPermissions.Send)]
    public async Task<IActionResult> Test(Guid id, [FromForm] Guid? recipient, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(EmailBlastType.Name, id, cancellationToken) is not { } blast)
            return NotFound();
        try
        {
            var mail = await RenderAsync(blast, recipient, cancellationToken);
            var me = actor.Current.UserId is { } user ? await actor.AsSystemAsync(() => queries.GetAsync(SystemTypes.Users, user, cancellationToken)) : null;
            if (me?.Get<string>("email") is not { Length: > 0 } address)
                throw new QueryException("Your user has no e-mail address to send the test to");
            var queued = await queue.EnqueueAsync($"test:{id:N}:{Guid.NewGuid():N}", new OutgoingMail(address, localizer["Test: {0}", mail.Subject], mail.Text)
            {
                ToName = me.DisplayText,
                Html = mail.Html,
                FromName = blast.Get<string>("fromName"),
                FromAddress = blast.Get<string>("fromAddress"),
            }, cancellationToken);
            new Toast(queued ? localizer["The test message is on its way to {0}.", address] : localizer["{0} is on the list of suppressed addresses.", address], IsBad: !queued).ShowOnNextPage(this);
        }
        catch (Exception e) when (e is TemplateException or QueryException)
        {
            new Toast((e is TemplateException template ? template.Reason : ((QueryException)e).Reason).For(localizer), IsBad: true).ShowOnNextPage(this);
        }
        return Redirect($"/emailBlasts/{id}" + (recipient is { } shown ? $"?recipient={shown}" : ""));
    }

    [HttpPost("send"), RequirePermission(CampaignPermissions.Send)]
    public Task<IActionResult> Send(Guid id, CancellationToken cancellationToken) => AnswerAsync(id, () => run.StartAsync(id, cancellationToken), localizer["Sending has begun."], cancellationToken);

    [HttpPost("schedule"), RequirePermission(CampaignPermissions.Send)]
    public Task<IActionResult> Schedule(Guid id, [FromForm] string? at, CancellationToken cancellationToken)
    {
        if (!DateTime.TryParseExact(at, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) || actor.Current.TimeZone.IsInvalidTime(local))
            return AnswerAsync(id, () => Task.FromResult<IReadOnlyList<Message>>([new("Give the day and time at which it is to be sent")]), "", cancellationToken);
        return AnswerAsync(id, () => run.ScheduleAsync(id, TimeZoneInfo.ConvertTimeToUtc(local, actor.Current.TimeZone), cancellationToken), localizer["The blast is scheduled."], cancellationToken);
    }

    [HttpPost("pause"), RequirePermission(CampaignPermissions.Send)]
    public Task<IActionResult> Pause(Guid id, CancellationToken cancellationToken) => AnswerAsync(id, () => run.PauseAsync(id, cancellationToken), null, cancellationToken);

    [HttpPost("resume"), RequirePermission(CampaignPermissions.Send)]
    public Task<IActionResult> Resume(Guid id, CancellationToken cancellationToken) => AnswerAsync(id, () => run.ResumeAsync(id, cancellationToken), null, cancellationToken);

    [HttpPost("cancel"), RequirePermission(CampaignPermissions.Send)]
    public Task<IActionResult> Cancel(Guid id, CancellationToken cancellationToken) => AnswerAsync(id, () => run.CancelAsync(id, cancellationToken), null, cancellationToken);

    /// <summary>The recipients behind a number.</summary>
    [HttpGet("recipients")]
    public async Task<IActionResult> Recipients(Guid id, string? part, Guid? after, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(EmailBlastType.Name, id, cancellationToken) is not { } blast)
            return NotFound();
        var which = MailingReport.Part(part);
        var messages = await report.ListAsync(id, which, after, PageSize + 1, cancellationToken);
        var shown = messages.Take(PageSize).ToList();
        return View("Recipients", new RecipientsPage(blast, which, await SeenAsync(shown, cancellationToken), await report.CountAsync(id, which, cancellationToken), messages.Count > PageSize ? shown[^1].Id : null));
    }

    /// <summary>Names and addresses are the records': whoever may not see a record does not read them here.</summary>
    private async Task<IReadOnlyList<SeenRecipient>> SeenAsync(IReadOnlyList<MailingMessage> messages, CancellationToken cancellationToken)
    {
        var seen = new HashSet<Guid>();
        foreach (var group in messages.Where(m => m.RecordId is not null).GroupBy(m => m.RecordType))
            if (group.Key is { } name && definitions.Current.Find(name) is { } type && actor.Current.CanOpen(type))
                foreach (var item in (await queries.ListAsync(new Query(type.Name) { Where = Filter.In(SystemFields.Id, group.Select(m => (object?)m.RecordId)), Columns = [], Sort = [SystemFields.Id], Take = PageSize, Bin = RecycleBin.With }, cancellationToken)).Items)
                    seen.Add(item.Id);
        return [.. messages.Select(m => new SeenRecipient(m, m.RecordId is { } id && seen.Contains(id) ? $"{definitions.Current.Get(m.RecordType!).Path}/{id}" : null))];
    }

    private async Task<IActionResult> AnswerAsync(Guid id, Func<Task<IReadOnlyList<Message>>> work, string? said, CancellationToken cancellationToken)
    {
        if (!await MayAsync(id, cancellationToken))
            return StatusCode(StatusCodes.Status403Forbidden);
        if (await work() is { Count: > 0 } problems)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return View("Index", await PageAsync(id, null, false, problems, cancellationToken));
        }
        if (said is not null)
            new Toast(said).ShowOnNextPage(this);
        return Redirect($"/emailBlasts/{id}");
    }

    /// <summary>Whoever may edit this blast may send it, if they may send at all.</summary>
    private async Task<bool> MayAsync(Guid id, CancellationToken cancellationToken)
        => await queries.GetAsync(EmailBlastType.Name, id, cancellationToken) is { } blast && actor.Current.Can(definitions.Current.Get(EmailBlastType.Name), ContentActions.Edit, blast);

    private async Task<RenderedMail> RenderAsync(ContentItem blast, Guid? recipient, CancellationToken cancellationToken)
    {
        var (type, filter) = await audience.QuestionAsync(blast, cancellationToken);
        var first = await queries.ListAsync(new Query(type.Name) { Where = filter, Columns = [], Take = 1 }, cancellationToken);
        var id = recipient ?? (first.Items is [var anybody] ? anybody.Id : (Guid?)null);
        return blast.Get<Guid?>("template") is { } template && id is { } shown
            ? await templates.RenderAsync(template, type.Name, shown, cancellationToken)
            : throw new QueryException("The blast has no recipients: nobody in the segment can be written to");
    }

    private async Task<BlastPage?> PageAsync(Guid id, Guid? recipient, bool countAll, IReadOnlyList<Message> refused, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(EmailBlastType.Name, id, cancellationToken) is not { } blast)
            return null;
        var type = definitions.Current.Get(EmailBlastType.Name);
        var page = new BlastPage(type, blast, await report.FiguresAsync(id, cancellationToken), refused)
        {
            CanEdit = actor.Current.Can(type, ContentActions.Edit, blast),
            CanSend = actor.Current.Can(CampaignPermissions.Send) && actor.Current.Can(type, ContentActions.Edit, blast),
            ReadsOutbox = actor.Current.Can("email.outbox"),
        };
        if (!page.IsOpen)
            return page;
        try
        {
            var (list, filter) = await audience.QuestionAsync(blast, cancellationToken);
            var size = await queries.CountAsync(list.Name, filter, cancellationToken);
            page = page with { People = list, Filter = filter, Size = size, Audience = countAll || size.Count <= CountedAtOnce ? await audience.CountAsync(blast, cancellationToken) : null };
        }
        catch (QueryException)
        {
            // Said among the problems below.
        }
        var shown = recipient is { } chosen && page.People is { } people ? await queries.GetAsync(people.Name, chosen, cancellationToken) : null;
        return page with { Problems = await run.ProblemsAsync(blast, page.People is null ? null : page.Audience?.Recipients > 0 || page is { Audience: null, Size.Count: > 0 }, cancellationToken), Recipient = shown };
    }
}

/// <param name="Refused">Why what was just asked for was not done.</param>
internal sealed record BlastPage(ContentTypeDefinition Type, ContentItem Blast, MailingFigures Figures, IReadOnlyList<Message> Refused)
{
    public bool CanEdit { get; init; }

    public bool CanSend { get; init; }

    public bool ReadsOutbox { get; init; }

    /// <summary>The list that the segment asks; null when it cannot be asked.</summary>
    public ContentTypeDefinition? People { get; init; }

    public Filter? Filter { get; init; }

    /// <summary>How many are in the segment.</summary>
    public QueryCount Size { get; init; }

    /// <summary>How many of them can be written to; null when they are too many to count on every look.</summary>
    public AudienceCount? Audience { get; init; }

    public IReadOnlyList<Message> Problems { get; init; } = [];

    /// <summary>Whom the preview is for; null for the first.</summary>
    public ContentItem? Recipient { get; init; }

    public string Status => Blast.Get<string>("status") ?? EmailBlastType.Draft;

    /// <summary>Nothing has been sent yet.</summary>
    public bool IsOpen => Status is EmailBlastType.Draft or EmailBlastType.Scheduled;

    public BlastProgress Progress => new(Blast, Figures);
}

internal sealed record BlastProgress(ContentItem Blast, MailingFigures Figures)
{
    public string Status => Blast.Get<string>("status") ?? EmailBlastType.Draft;

    public bool IsMoving => Status == EmailBlastType.Sending;
}

internal sealed record RecipientsPage(ContentItem Blast, MailingPart Part, IReadOnlyList<SeenRecipient> Messages, long Total, Guid? Next);

/// <param name="Url">The recipient's record; null when the reader may not see it.</param>
internal sealed record SeenRecipient(MailingMessage Message, string? Url);
