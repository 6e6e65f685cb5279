using Crm.Platform.Content;
using Crm.Tickets.Portal;

namespace Crm.Tickets.Rules;

/// <summary>
/// Whoever has the address that was wrong has the ticket's links too: with another address they end. Stands before the
/// mail, which brings new ones.
/// </summary>
internal sealed class WithdrawLinks(FollowLinks links) : IContentHandler
{
    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != TicketType.Name)
            return;
        foreach (var save in saves.Where(s => s.Changed.Contains(TicketFields.RequesterEmail) && s.Before?[TicketFields.RequesterEmail] is not null))
            await links.WithdrawAsync(save.After.Id, cancellationToken);
    }
}
