using Crm.Notifications;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Tickets.Notices;

/// <summary>Tells the assignee that a ticket or feedback is theirs now, and that the customer has answered or is not satisfied.</summary>
internal sealed class NotifyAssignees(NotificationCenter notifications, QueryEngine queries, ActorContext actor) : IContentHandler
{
    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (actor.Current.Source is "recipe" or "import")
            return;
        if (type.Name is TicketType.Name or FeedbackType.Name)
            foreach (var save in saves.Where(s => s.Changed.Contains(SystemFields.Owner)))
                if (save.After.Owner is { } owner && owner != actor.Current.UserId)
                    await notifications.NotifyAsync(owner, $"assigned:{save.After.Id}:{save.After.Version}", new("“{0}” was assigned to you", save.After.DisplayText), $"/{type.Name}/{save.After.Id}", cancellationToken);
        if (type.Name == TicketType.Name)
            foreach (var save in saves.Where(s => s.Changed.Contains(TicketFields.Satisfaction) && s.After.Get<string>(TicketFields.Satisfaction) == "bad"))
                if (save.After.Owner is { } owner)
                    await notifications.NotifyAsync(owner, $"rated-bad:{save.After.Id}:{save.After.Version}", new("The customer is not satisfied: “{0}”", save.After.DisplayText), $"/tickets/{save.After.Id}", cancellationToken);
        if (type.Name == TicketReplyType.Name)
            foreach (var save in saves.Where(s => s.IsNew && s.After.Get<string>(ReplyFields.Kind) == ReplyKind.Answer))
            {
                // The customer, who reads nothing, wrote; the assignee is told whatever the writer may see.
                var ticket = await actor.AsSystemAsync(() => queries.GetAsync(TicketType.Name, save.After.Get<Guid>(ReplyFields.Ticket), cancellationToken));
                if (ticket?.Owner is { } owner)
                    await notifications.NotifyAsync(owner, $"ticket-answer:{save.After.Id}", new("The customer has answered: “{0}”", ticket.DisplayText), $"/tickets/{ticket.Id}", cancellationToken);
            }
    }
}
