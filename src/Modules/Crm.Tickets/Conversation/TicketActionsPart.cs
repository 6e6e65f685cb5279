using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;

namespace Crm.Tickets.Conversation;

internal sealed record TicketActions(Guid Id, bool CanTake);

/// <summary>Take, assign and the follow link, in the head of a ticket.</summary>
internal sealed class TicketActionsPart(ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.RecordActions;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => Task.FromResult(context is { Type.Name: TicketType.Name, Item: { } ticket } && actor.Current.Can(context.Type, ContentActions.Edit, ticket)
            ? new SlotView("_TicketActions", new TicketActions(ticket.Id, ticket.Owner != actor.Current.UserId && actor.Current.UserId is not null))
            : null);
}
