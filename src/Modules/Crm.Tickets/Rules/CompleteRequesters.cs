using Crm.Customers;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Tickets.Rules;

/// <summary>
/// A chosen contact brings its customer, name and address, where nobody has given others. An address that staff have
/// given is their word for it: there is nothing to confirm any more.
/// </summary>
internal sealed class CompleteRequesters(QueryEngine queries, ActorContext actor) : IContentHandler
{
    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name is not (TicketType.Name or FeedbackType.Name))
            return;
        foreach (var save in saves.Where(s => !s.IsNew && s.Changed.Contains(TicketFields.RequesterEmail)))
            save.Set(TicketFields.AddressCheck, null);
        var chosen = saves.Where(s => s.Changed.Contains(TicketFields.Contact) && s.After.Get<Guid?>(TicketFields.Contact) is not null).ToList();
        foreach (var chunk in chosen.Chunk(500))
        {
            var query = new Query(ContactType.Name) { Where = Filter.In(SystemFields.Id, chunk.Select(s => s.After[TicketFields.Contact]).Distinct()), Columns = ["name", "email", "customer"], Take = QueryEngine.MaxTake };
            // The contact was chosen by somebody who sees it; the rest of the card follows.
            var contacts = (await actor.AsSystemAsync(() => queries.ListAsync(query, cancellationToken))).Items.ToDictionary(c => c.Id);
            foreach (var save in chunk)
                if (contacts.TryGetValue(save.After.Get<Guid>(TicketFields.Contact), out var contact))
                {
                    Complete(save, TicketFields.Customer, contact["customer"]);
                    Complete(save, TicketFields.RequesterName, contact["name"] is string { Length: <= 100 } name ? name : null);
                    Complete(save, TicketFields.RequesterEmail, contact["email"]);
                }
        }
    }

    private static void Complete(PendingSave save, string field, object? value)
    {
        if (save.After[field] is null && value is not null)
            save.Set(field, value);
    }
}
