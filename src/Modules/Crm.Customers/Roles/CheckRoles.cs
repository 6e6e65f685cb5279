using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Customers.Roles;

/// <summary>A role ends after it began, and somebody has one at a customer at a time: whoever comes back gets a new one.</summary>
internal sealed class CheckRoles(QueryEngine queries, ActorContext actor) : IContentHandler
{
    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != CustomerContactType.Name)
            return;
        foreach (var save in saves.Where(s => s.After.Get<DateOnly?>("since") is { } since && s.After.Get<DateOnly?>(CustomerContactType.Until) is { } until && until < since))
            save.Error(CustomerContactType.Until, new("{0} must not be before {1}", type.Field(CustomerContactType.Until).Label, type.Field("since").Label));
        var open = saves.Where(s => s.IsNew && s.After[CustomerContactType.Until] is null && s.After.Get<Guid?>(CustomerContactType.Contact) is not null).ToList();
        var taken = new HashSet<(Guid?, Guid?)>();
        // What one may not see is there all the same.
        await actor.AsSystemAsync(async () =>
        {
            foreach (var contacts in open.Select(s => s.After[CustomerContactType.Contact]).Distinct().Chunk(500))
                await foreach (var item in queries.StreamAsync(new Query(type.Name)
                {
                    Where = Filter.And(Filter.In(CustomerContactType.Contact, contacts), Filter.Eq(CustomerContactType.Until, null)),
                    Columns = [CustomerContactType.Contact, CustomerContactType.Customer],
                    Sort = [SystemFields.Id],
                }, cancellationToken))
                    taken.Add(Pair(item));
        });
        foreach (var save in open.Where(s => !taken.Add(Pair(s.After))))
            save.Error(CustomerContactType.Customer, new("The contact has a role at this customer already. Give that one an end, or change it"));
    }

    private static (Guid?, Guid?) Pair(ContentItem item) => (item.Get<Guid?>(CustomerContactType.Contact), item.Get<Guid?>(CustomerContactType.Customer));
}
