using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Security;

namespace Crm.Tickets.Conversation;

/// <summary>What a member of staff says about a ticket, and what it becomes with that.</summary>
internal sealed record MessageInput
{
    /// <summary><see cref="ReplyKind.Reply"/> or <see cref="ReplyKind.Note"/>.</summary>
    public string Kind { get; init; } = ReplyKind.Reply;

    public string? Text { get; init; }

    /// <summary>Empty leaves the ticket in its state.</summary>
    public string? Status { get; init; }

    public string? Resolution { get; init; }
}

/// <summary>Adds a reply or an internal note and changes the ticket's state, both or neither.</summary>
internal sealed class AddMessage(IContentManager content, DbSession session, ActorContext actor)
{
    private sealed class RefusedException(SaveResult result) : Exception
    {
        public SaveResult Result => result;
    }

    /// <param name="ticket">That the actor sees. Its state is changed with the actor's right to edit it.</param>
    public async Task<SaveResult> RunAsync(ContentItem ticket, MessageInput input, CancellationToken cancellationToken)
    {
        var change = new ContentChange(TicketType.Name) { Id = ticket.Id };
        if (!string.IsNullOrEmpty(input.Status) && input.Status != ticket.Get<string>(TicketFields.Status))
            change.Texts[TicketFields.Status] = input.Status;
        if (TicketStatus.IsDone(input.Status))
            change.Texts[TicketFields.Resolution] = input.Resolution;
        var isSilent = string.IsNullOrWhiteSpace(input.Text);
        if (isSilent && change.Texts.Count == 0)
            return Refused(ticket, ReplyFields.Text, new("Write something, or choose another state"));
        if (input.Kind is not (ReplyKind.Reply or ReplyKind.Note))
            return Refused(ticket, ReplyFields.Text, new("A message is a reply or an internal note"));
        try
        {
            return await session.TransactAsync(async () =>
            {
                var message = isSilent ? null : Check(await SaveMessageAsync(ticket, input, cancellationToken));
                // Whoever only notes something need not have the right to edit the ticket.
                return change.Texts.Count == 0 ? message! : Check(await content.SaveAsync(change, new SaveOptions { Culture = CultureInfo.CurrentCulture }, cancellationToken));
            }, cancellationToken);
        }
        catch (RefusedException e)
        {
            return e.Result;
        }
    }

    /// <summary>Messages are written with the system's rights: see <see cref="TicketReplyType"/>. Their owner is whoever wrote them.</summary>
    private Task<SaveResult> SaveMessageAsync(ContentItem ticket, MessageInput input, CancellationToken cancellationToken)
        => actor.AsSystemAsync(() => content.SaveAsync(new ContentChange(TicketReplyType.Name)
        {
            Values = { [ReplyFields.Ticket] = ticket.Id, [ReplyFields.Kind] = input.Kind },
            Texts = { [ReplyFields.Text] = input.Text },
        }, SaveOptions.Default, cancellationToken));

    private static SaveResult Check(SaveResult result) => result.Succeeded ? result : throw new RefusedException(result);

    private static SaveResult Refused(ContentItem ticket, string field, Platform.Localization.Message message)
        => new(SaveStatus.Invalid, ticket.Id, ticket.Version, [new(field, message)]);
}
