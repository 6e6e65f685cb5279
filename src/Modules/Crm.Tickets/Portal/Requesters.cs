using Crm.Customers;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Tickets.Portal;

/// <summary>Who a visitor is, as far as an address tells.</summary>
internal sealed class Requesters(QueryEngine queries, ActorContext actor)
{
    /// <summary>The one contact, or else the one customer, with this address; neither when several share it.</summary>
    public Task<(Guid? Contact, Guid? Customer)> FindAsync(string email, CancellationToken cancellationToken)
        // The visitor sees neither; staff find the ticket with its customer.
        => actor.AsSystemAsync(async () =>
        {
            var contacts = await WithAddressAsync(ContactType.Name, ["customer"], email, cancellationToken);
            if (contacts.Count > 0)
                return contacts is [var contact] ? (contact.Id, contact.Get<Guid?>("customer")) : ((Guid?)null, (Guid?)null);
            return (null, await WithAddressAsync(CustomerType.Name, [], email, cancellationToken) is [var customer] ? customer.Id : (Guid?)null);
        });

    private async Task<IReadOnlyList<ContentItem>> WithAddressAsync(string type, IReadOnlyList<string> columns, string email, CancellationToken cancellationToken)
        => (await queries.ListAsync(new Query(type) { Where = Filter.Eq("email", email), Columns = columns, Take = 2, Sort = [SystemFields.Id] }, cancellationToken)).Items;
}
