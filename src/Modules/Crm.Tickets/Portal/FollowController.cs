using Crm.Platform.Content;
using Crm.Tickets.Conversation;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Tickets.Portal;

/// <summary>A ticket as its customer sees it, behind the secret link.</summary>
[Route("/portal/t/{token}"), AllowAnonymous, PortalVisitor]
internal sealed class FollowController(ContentDefinitions definitions, Submissions submissions, FollowLinks links, ConversationReader conversation, SubmissionLimit limit, PortalWords words, IStringLocalizer localizer) : Controller
{
    [HttpGet("")]
    public async Task<IActionResult> Index(string token, string? sent, string? after, CancellationToken cancellationToken)
        => await links.FindAsync(token, cancellationToken) is { } followed ? await ShowAsync(token, followed, new() { Sent = sent, After = after }, cancellationToken) : Unknown();

    /// <summary>"Yes, I wrote this": by a button, as mail scanners open every link.</summary>
    [HttpPost("confirm")]
    public async Task<IActionResult> Confirm(string token, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(token, cancellationToken) is not { } followed)
            return Unknown();
        await submissions.ConfirmAsync(followed, cancellationToken);
        return Redirect($"{FollowLinks.PathOf(token)}?sent=confirmation");
    }

    [HttpPost("answer")]
    public async Task<IActionResult> Answer(string token, [FromForm] string? text, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(token, cancellationToken) is not { } followed)
            return Unknown();
        if (followed.Ticket.Get<string>(TicketFields.Status) == TicketStatus.Closed)
            return await RefuseAsync(localizer["This ticket is closed. Please open a new one."], StatusCodes.Status409Conflict);
        if (!limit.Take(HttpContext))
            return await RefuseAsync(TooMany, StatusCodes.Status429TooManyRequests);
        if (string.IsNullOrWhiteSpace(text))
            return await RefuseAsync(localizer["Write your message first."], StatusCodes.Status400BadRequest);
        var result = await submissions.AnswerAsync(followed.Ticket, text, cancellationToken);
        if (!result.Succeeded)
            return await RefuseAsync(words.Of(definitions.Current.Get(TicketReplyType.Name), result.Errors).Values.First(), StatusCodes.Status400BadRequest);
        await submissions.ConfirmAsync(followed, cancellationToken);
        return Redirect($"{FollowLinks.PathOf(token)}?sent=answer");

        Task<IActionResult> RefuseAsync(string problem, int status)
        {
            Response.StatusCode = status;
            return ShowAsync(token, followed, new() { Text = text, Problem = problem }, cancellationToken);
        }
    }

    /// <summary>Where the mail's two links lead. Opening the page changes nothing: mail scanners open every link.</summary>
    [HttpGet("rate")]
    public async Task<IActionResult> Rate(string token, string? value, CancellationToken cancellationToken)
        => await links.FindAsync(token, cancellationToken) is { Ticket: var ticket }
            ? View("Rate", new RatePage(token, ticket, value ?? ticket.Get<string>(TicketFields.Satisfaction), ticket.Get<string>(TicketFields.SatisfactionComment), submissions.CanRate(ticket), null))
            : Unknown();

    [HttpPost("rate")]
    public async Task<IActionResult> Rate(string token, [FromForm] string? value, [FromForm] string? comment, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(token, cancellationToken) is not { } followed)
            return Unknown();
        var ticket = followed.Ticket;
        var (status, problem) = !submissions.CanRate(ticket) ? (StatusCodes.Status409Conflict, (string?)null)
            : value is not ("good" or "bad") ? (StatusCodes.Status400BadRequest, localizer["Choose one of the two answers."])
            : !limit.Take(HttpContext) ? (StatusCodes.Status429TooManyRequests, TooMany)
            : (StatusCodes.Status200OK, null);
        if (status == StatusCodes.Status200OK)
        {
            var result = await submissions.RateAsync(ticket, value, comment, cancellationToken);
            if (result.Succeeded)
            {
                await submissions.ConfirmAsync(followed, cancellationToken);
                return Redirect($"{FollowLinks.PathOf(token)}?sent=rating");
            }
            (status, problem) = (StatusCodes.Status400BadRequest, result.Errors[0].Message.For(localizer));
        }
        Response.StatusCode = status;
        return View("Rate", new RatePage(token, ticket, value, comment, submissions.CanRate(ticket), problem));
    }

    private string TooMany => localizer["Too many messages came from your address. Wait {0} minutes, then try again. What you wrote is still here.", (int)SubmissionLimit.Sender.Window.TotalMinutes];

    private async Task<IActionResult> ShowAsync(string token, FollowedTicket followed, FollowState state, CancellationToken cancellationToken)
    {
        var ticket = followed.Ticket;
        var page = await conversation.ReadAsync(ticket, forCustomer: true, state.After, cancellationToken);
        return View("Follow", new FollowPage(token, ticket, [.. page.Messages.Reverse()], submissions.CanRate(ticket), state)
        {
            Url = $"{Request.Scheme}://{Request.Host}{FollowLinks.PathOf(token)}",
            Earlier = page.Earlier,
            CanConfirm = followed.CanConfirm,
        });
    }

    /// <summary>The same answer to every link that leads nowhere: it tells nothing about tickets that there are or were.</summary>
    private ViewResult Unknown()
    {
        Response.StatusCode = StatusCodes.Status404NotFound;
        return View("Unknown");
    }
}

/// <param name="Messages">Oldest first, without internal notes.</param>
internal sealed record FollowPage(string Token, ContentItem Ticket, IReadOnlyList<ConversationMessage> Messages, bool CanRate, FollowState State)
{
    public required string Url { get; init; }

    /// <summary>Cursor of the page with what was said before; null when all of it is here.</summary>
    public string? Earlier { get; init; }

    public bool CanConfirm { get; init; }

    public string Status => Ticket.Get<string>(TicketFields.Status) ?? TicketStatus.New;
}

/// <summary>What just happened: <c>ticket</c>, <c>answer</c>, <c>rating</c> or <c>confirmation</c> was sent, or an answer was refused.</summary>
internal sealed record FollowState
{
    public string? Sent { get; init; }

    /// <summary>Where a page of earlier messages starts; null for the latest.</summary>
    public string? After { get; init; }

    public string? Text { get; init; }

    public string? Problem { get; init; }
}

internal sealed record RatePage(string Token, ContentItem Ticket, string? Value, string? Comment, bool CanRate, string? Problem);
