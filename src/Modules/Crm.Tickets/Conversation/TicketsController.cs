using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Tickets.Portal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Tickets.Conversation;

/// <summary>What one does with a ticket besides editing it: reply, note, solve, take, assign, hand out its link.</summary>
[Route("/tickets/{id:guid}"), RequirePermission("tickets.view")]
internal sealed class TicketsController(
    ContentDefinitions definitions,
    QueryEngine queries,
    IContentManager content,
    AddMessage addMessage,
    MessageForms forms,
    ConversationReader conversation,
    FollowLinks links,
    FieldViews views,
    ActorContext actor,
    IStringLocalizer localizer) : Controller
{
    private ContentTypeDefinition Type => definitions.Current.Get(TicketType.Name);

    [HttpGet("reply")]
    public async Task<IActionResult> Reply(Guid id, CancellationToken cancellationToken)
        => await queries.GetAsync(TicketType.Name, id, cancellationToken) is { } ticket ? View(forms.Of(Type, ticket)) : NotFound();

    /// <summary>The same form with the state chosen: where the board's doors lead.</summary>
    [HttpGet("solve"), HttpGet("close"), RequirePermission("tickets.edit")]
    public async Task<IActionResult> Solve(Guid id, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(TicketType.Name, id, cancellationToken) is not { } ticket)
            return NotFound();
        var status = Request.Path.Value!.EndsWith("/close", StringComparison.OrdinalIgnoreCase) ? TicketStatus.Closed : TicketStatus.Solved;
        return View("Reply", forms.Of(Type, ticket, new MessageInput { Status = status, Resolution = ticket.Get<string>(TicketFields.Resolution) }));
    }

    [HttpPost("reply")]
    public async Task<IActionResult> Reply(Guid id, [FromForm] MessageInput input, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(TicketType.Name, id, cancellationToken) is not { } ticket)
            return NotFound();
        var form = forms.Of(Type, ticket, input);
        if (!(input.Kind == ReplyKind.Note && string.IsNullOrEmpty(input.Status) ? form.CanNote || form.CanReply : form.CanReply))
            return StatusCode(StatusCodes.Status403Forbidden);
        var result = await addMessage.RunAsync(ticket, input, cancellationToken);
        if (result.Status == SaveStatus.Forbidden)
            return StatusCode(StatusCodes.Status403Forbidden);
        if (!result.Succeeded)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return View(forms.Of(Type, ticket, input, result.Errors.GroupBy(e => e.Field ?? ReplyFields.Text).ToDictionary(g => g.Key, g => g.First().Message.For(localizer))));
        }
        var text = TicketStatus.IsDone(input.Status) ? localizer["The ticket is done."]
            : string.IsNullOrWhiteSpace(input.Text) ? localizer["The state was changed."]
            : input.Kind == ReplyKind.Note ? localizer["The note was added. Only colleagues see it."]
            : form.MailedTo is { } address ? localizer["The reply is on its way to {0}.", address]
            : localizer["The reply was recorded. The customer sees it through the follow link."];
        new Toast(text).ShowOnNextPage(this);
        return Redirect($"/tickets/{id}");
    }

    [HttpPost("take"), RequirePermission("tickets.edit")]
    public Task<IActionResult> Take(Guid id, CancellationToken cancellationToken)
        => AssignAsync(id, new ContentChange(TicketType.Name) { Id = id, Values = { [SystemFields.Owner] = actor.Current.UserId } }, cancellationToken);

    [HttpGet("assign"), RequirePermission("tickets.edit")]
    public async Task<IActionResult> Assign(Guid id, CancellationToken cancellationToken)
        => await queries.GetAsync(TicketType.Name, id, cancellationToken) is { } ticket ? View("Assign", Form(ticket, ticket.Owner?.ToString("D") ?? "", null)) : NotFound();

    [HttpPost("assign"), RequirePermission("tickets.edit")]
    public Task<IActionResult> Assign(Guid id, [FromForm] string? owner, CancellationToken cancellationToken)
        => AssignAsync(id, new ContentChange(TicketType.Name) { Id = id, Texts = { [SystemFields.Owner] = owner } }, cancellationToken);

    [HttpGet("conversation")]
    public async Task<IActionResult> Conversation(Guid id, string? after, CancellationToken cancellationToken)
        => await queries.GetAsync(TicketType.Name, id, cancellationToken) is { } ticket
            ? View("Conversation", new EarlierMessages(ticket, await conversation.ReadAsync(ticket, forCustomer: false, after, cancellationToken)))
            : NotFound();

    [HttpGet("link"), RequirePermission("tickets.edit")]
    public Task<IActionResult> Link(Guid id, CancellationToken cancellationToken) => WithLinksAsync(id, () => Task.FromResult<string?>(null), cancellationToken);

    /// <summary>A new link each time: what was handed out before is known by its hash alone.</summary>
    [HttpPost("link"), RequirePermission("tickets.edit")]
    public Task<IActionResult> NewLink(Guid id, CancellationToken cancellationToken)
        => WithLinksAsync(id, async () => $"{Request.Scheme}://{Request.Host}{FollowLinks.PathOf(await links.IssueAsync(id, mailed: false, cancellationToken))}", cancellationToken);

    /// <summary>For a link that has come into the wrong hands.</summary>
    [HttpPost("link/withdraw"), RequirePermission("tickets.edit")]
    public Task<IActionResult> WithdrawLinks(Guid id, CancellationToken cancellationToken)
        => WithLinksAsync(id, async () =>
        {
            await links.WithdrawAsync(id, cancellationToken);
            return null;
        }, cancellationToken);

    /// <param name="work">Returns the new link that the page is to show, if any.</param>
    private async Task<IActionResult> WithLinksAsync(Guid id, Func<Task<string?>> work, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(TicketType.Name, id, cancellationToken) is not { } ticket)
            return NotFound();
        if (!actor.Current.Can(Type, ContentActions.Edit, ticket))
            return StatusCode(StatusCodes.Status403Forbidden);
        var url = await work();
        return View("Link", new FollowLinkPage(ticket, url, await links.CountAsync(id, cancellationToken)));
    }

    private async Task<IActionResult> AssignAsync(Guid id, ContentChange change, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(TicketType.Name, id, cancellationToken) is not { } ticket)
            return NotFound();
        var result = await content.SaveAsync(change, SaveOptions.Default, cancellationToken);
        if (result.Status == SaveStatus.Forbidden)
            return StatusCode(StatusCodes.Status403Forbidden);
        if (!result.Succeeded)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return View("Assign", Form(ticket, change.Texts.GetValueOrDefault(SystemFields.Owner) ?? "", result.Errors[0].Message.For(localizer)));
        }
        var after = await queries.GetAsync(TicketType.Name, id, cancellationToken);
        new Toast(after?.DisplayOf(SystemFields.Owner) is { } name ? localizer["The ticket is now {0}’s.", name] : localizer["The ticket has no assignee now."]).ShowOnNextPage(this);
        return Redirect(after is null ? "/tickets" : $"/tickets/{id}");
    }

    private AssignForm Form(ContentItem ticket, string owner, string? error) => new(ticket, views.Editor(Type, Type.Field(SystemFields.Owner), [owner]) with
    {
        ChosenText = owner == ticket.Owner?.ToString("D") ? ticket.DisplayOf(SystemFields.Owner) : null,
        Error = error,
        IsWide = true,
    });
}

internal sealed record AssignForm(ContentItem Ticket, FieldEditor Owner);

/// <param name="Url">The link that was just made; null for none.</param>
/// <param name="Count">How many links lead to the ticket.</param>
internal sealed record FollowLinkPage(ContentItem Ticket, string? Url, long Count);
