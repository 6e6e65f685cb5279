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
    public async Task<IActionResult> Index(string token, string? sent, CancellationToken cancellationToken)
        => await links.FindAsync(token, cancellationToken) is { } ticket ? await ShowAsync(token, ticket, new() { Sent = sent }, cancellationToken) : Unknown();

    [HttpPost("answer")]
    public async Task<IActionResult> Answer(string token, [FromForm] string? text, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(token, cancellationToken) is not { } ticket)
            return Unknown();
        if (ticket.Get<string>(TicketFields.Status) == TicketStatus.Closed)
            return await RefuseAsync(token, ticket, text, localizer["This ticket is closed. Please open a new one."], StatusCodes.Status409Conflict, cancellationToken);
        if (!limit.Take(HttpContext.Connection.RemoteIpAddress))
            return await RefuseAsync(token, ticket, text, TooMany, StatusCodes.Status429TooManyRequests, cancellationToken);
        if (string.IsNullOrWhiteSpace(text))
            return await RefuseAsync(token, ticket, text, localizer["Write your message first."], StatusCodes.Status400BadRequest, cancellationToken);
        var result = await submissions.AnswerAsync(ticket, text, cancellationToken);
        return result.Succeeded
            ? Redirect($"{FollowLinks.PathOf(token)}?sent=answer")
            : await RefuseAsync(token, ticket, text, words.Of(definitions.Current.Get(TicketReplyType.Name), result.Errors).Values.First(), StatusCodes.Status400BadRequest, cancellationToken);
    }

    /// <summary>Where the mail's two links lead. Opening the page changes nothing: mail scanners open every link.</summary>
    [HttpGet("rate")]
    public async Task<IActionResult> Rate(string token, string? value, CancellationToken cancellationToken)
        => await links.FindAsync(token, cancellationToken) is { } ticket
            ? View("Rate", new RatePage(token, ticket, value ?? ticket.Get<string>(TicketFields.Satisfaction), ticket.Get<string>(TicketFields.SatisfactionComment), submissions.CanRate(ticket), null))
            : Unknown();

    [HttpPost("rate")]
    public async Task<IActionResult> Rate(string token, [FromForm] string? value, [FromForm] string? comment, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(token, cancellationToken) is not { } ticket)
            return Unknown();
        var (status, problem) = !submissions.CanRate(ticket) ? (StatusCodes.Status409Conflict, (string?)null)
            : value is not ("good" or "bad") ? (StatusCodes.Status400BadRequest, localizer["Choose one of the two answers."])
            : !limit.Take(HttpContext.Connection.RemoteIpAddress) ? (StatusCodes.Status429TooManyRequests, TooMany)
            : (StatusCodes.Status200OK, null);
        if (status == StatusCodes.Status200OK)
        {
            var result = await submissions.RateAsync(ticket, value, comment, cancellationToken);
            if (result.Succeeded)
                return Redirect($"{FollowLinks.PathOf(token)}?sent=rating");
            (status, problem) = (StatusCodes.Status400BadRequest, result.Errors[0].Message.For(localizer));
        }
        Response.StatusCode = status;
        return View("Rate", new RatePage(token, ticket, value, comment, submissions.CanRate(ticket), problem));
    }

    private string TooMany => localizer["Too many messages came from your address. Wait {0} minutes, then try again. What you wrote is still here.", (int)SubmissionLimit.Window.TotalMinutes];

    private Task<IActionResult> RefuseAsync(string token, ContentItem ticket, string? text, string problem, int status, CancellationToken cancellationToken)
    {
        Response.StatusCode = status;
        return ShowAsync(token, ticket, new() { Text = text, Problem = problem }, cancellationToken);
    }

    private async Task<IActionResult> ShowAsync(string token, ContentItem ticket, FollowState state, CancellationToken cancellationToken)
    {
        var messages = await conversation.ReadAsync(ticket, forCustomer: true, cancellationToken);
        return View("Follow", new FollowPage(token, ticket, [.. messages.Reverse()], submissions.CanRate(ticket), state)
        {
            Url = $"{Request.Scheme}://{Request.Host}{FollowLinks.PathOf(token)}",
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

    public string Status => Ticket.Get<string>(TicketFields.Status) ?? TicketStatus.New;
}

/// <summary>What just happened: <c>ticket</c>, <c>answer</c> or <c>rating</c> was sent, or an answer was refused.</summary>
internal sealed record FollowState
{
    public string? Sent { get; init; }

    public string? Text { get; init; }

    public string? Problem { get; init; }
}

internal sealed record RatePage(string Token, ContentItem Ticket, string? Value, string? Comment, bool CanRate, string? Problem);
