using Crm.Platform.Content;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Tickets.Portal;

/// <summary>The forms with which customers reach us without signing in.</summary>
[Route("/portal"), AllowAnonymous, PortalVisitor]
internal sealed class PortalController(ContentDefinitions definitions, Submissions submissions, FollowLinks links, SubmissionLimit limit, PortalWords words, IStringLocalizer localizer) : Controller
{
    private const string Ticket = "portal.ticket";
    private const string Address = "portal.address";
    private const string FeedbackNumber = "portal.feedback";

    [HttpGet("")]
    public IActionResult Index() => Redirect("/portal/tickets/new");

    [HttpGet("tickets/new")]
    public IActionResult NewTicket() => View("NewTicket", Form(new PortalInput { Kind = "question" }, TicketFields.Type, TicketType.Name));

    [HttpPost("tickets/new")]
    public async Task<IActionResult> NewTicket([FromForm] PortalInput input, CancellationToken cancellationToken)
    {
        if (Refuse(input, TicketFields.Type, TicketType.Name) is { } refused)
            return Again("NewTicket", refused);
        var (result, token) = await submissions.TicketAsync(input, cancellationToken);
        if (!result.Succeeded)
            return Again("NewTicket", Form(input, TicketFields.Type, TicketType.Name, errors: words.Of(definitions.Current.Get(TicketType.Name), result.Errors)));
        if (token is not null)
            return Redirect($"{FollowLinks.PathOf(token)}?sent=ticket");
        TempData[Ticket] = await submissions.NumberOfAsync(TicketType.Name, result.Id, cancellationToken);
        TempData[Address] = input.Email!.Trim();
        return Redirect("/portal/tickets/sent");
    }

    [HttpGet("tickets/sent")]
    public IActionResult TicketSent()
        => TempData[Ticket] is string number && TempData[Address] is string address ? View("TicketSent", new SentTicket(number, address)) : Redirect("/portal/tickets/new");

    /// <param name="t">The follow link of the ticket that it is about.</param>
    [HttpGet("feedback")]
    public async Task<IActionResult> Feedback(string? t, CancellationToken cancellationToken)
    {
        if (TempData[FeedbackNumber] is string number)
            return View("FeedbackSent", number);
        var ticket = t is null ? null : (await links.FindAsync(t, cancellationToken))?.Ticket;
        var input = new PortalInput { Kind = "suggestion", Name = ticket?.Get<string>(TicketFields.RequesterName), Email = ticket?.Get<string>(TicketFields.RequesterEmail) };
        return View("Feedback", Form(input, FeedbackFields.Kind, FeedbackType.Name));
    }

    [HttpPost("feedback")]
    public async Task<IActionResult> Feedback([FromForm] PortalInput input, string? t, CancellationToken cancellationToken)
    {
        if (Refuse(input, FeedbackFields.Kind, FeedbackType.Name) is { } refused)
            return Again("Feedback", refused);
        var (result, _) = await submissions.FeedbackAsync(input, t is null ? null : await links.FindAsync(t, cancellationToken), cancellationToken);
        if (!result.Succeeded)
            return Again("Feedback", Form(input, FeedbackFields.Kind, FeedbackType.Name, errors: words.Of(definitions.Current.Get(FeedbackType.Name), result.Errors)));
        TempData[FeedbackNumber] = await submissions.NumberOfAsync(FeedbackType.Name, result.Id, cancellationToken);
        return Redirect("/portal/feedback");
    }

    /// <summary>Before anything is written.</summary>
    /// <returns>The form to show again; null when it may go on.</returns>
    private PortalForm? Refuse(PortalInput input, string kind, string type)
    {
        // Said openly: a person whose browser filled the trap in can still send the message.
        if (!string.IsNullOrEmpty(input.Website))
            return Form(input, kind, type, localizer["This looks like an automatic message. Please send it again."]);
        if (!limit.Take(HttpContext))
            return TooMany(localizer["Too many messages came from your address. Wait {0} minutes, then try again. What you wrote is still here.", (int)SubmissionLimit.Sender.Window.TotalMinutes]);
        if (words.Missing(input) is { Count: > 0 } missing)
            return Form(input, kind, type, errors: missing);
        return limit.Take(input.Email!) ? null
            : TooMany(localizer["Too many messages came with this e-mail address. Wait {0} minutes, then try again. What you wrote is still here.", (int)SubmissionLimit.Mailbox.Window.TotalMinutes]);

        PortalForm TooMany(string problem)
        {
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return Form(input, kind, type, problem);
        }
    }

    private ViewResult Again(string view, PortalForm form)
    {
        if (Response.StatusCode == StatusCodes.Status200OK)
            Response.StatusCode = StatusCodes.Status400BadRequest;
        ModelState.Clear();
        return View(view, form with { Input = form.Input with { Website = null } });
    }

    private PortalForm Form(PortalInput input, string kind, string type, string? problem = null, IReadOnlyDictionary<string, string>? errors = null)
        => new(input, [.. definitions.Current.Get(type).Find(kind)?.Options.Where(o => !o.Hidden) ?? []], problem ?? errors?.GetValueOrDefault(""), errors ?? new Dictionary<string, string>());
}

internal sealed record SentTicket(string Number, string Address);
