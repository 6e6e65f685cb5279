using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Tickets.Figures;

/// <summary>Tickets that wait for me: new or open, not those that wait for the customer.</summary>
internal sealed class MyOpenTickets(QueryEngine queries, ContentDefinitions definitions, ActorContext actor) : IMenuBadge
{
    public string Entry => "/tickets";

    public async Task<MenuBadge?> CountAsync(CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(TicketType.Name);
        if (actor.Current.UserId is null || !actor.Current.Can(type, ContentActions.View))
            return null;
        var where = Filter.And(Filter.Eq(SystemFields.Owner, "@me"), Filter.In(TicketFields.Status, [TicketStatus.New, TicketStatus.Open]));
        return new((await queries.CountAsync(TicketType.Name, where, cancellationToken)).Count, ListLinks.Of(type, where), "Waiting for you");
    }
}
