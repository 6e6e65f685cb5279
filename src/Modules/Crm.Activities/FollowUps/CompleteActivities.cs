using Crm.Customers;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Queries;

namespace Crm.Activities.FollowUps;

/// <summary>Fills in what follows from the rest: whose customer it is, that a note is done, when something was done.</summary>
internal sealed class CompleteActivities(QueryEngine queries, ContentDefinitions definitions, TimeProvider clock) : IContentHandler
{
    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != ActivityType.Name)
            return;
        foreach (var save in saves)
        {
            NameRecord(save);
            SetDone(save);
        }
        await SetCustomersAsync(saves.Where(s => s.Changed.Contains(ActivityFields.Regarding) && s.After[ActivityFields.Regarding] is not null).ToList(), cancellationToken);
        await SetCustomersOfContactsAsync(saves.Where(s => s.After[ActivityFields.Customer] is null && s.After[ActivityFields.Contact] is not null).ToList(), cancellationToken);
    }

    /// <summary>What names a customer or contact and nothing else is about that.</summary>
    private static void NameRecord(PendingSave save)
    {
        if (!save.IsNew || save.After[ActivityFields.Regarding] is not null)
            return;
        if (save.After[ActivityFields.Contact] is Guid contact)
            save.Set(ActivityFields.Regarding, new RecordLink(ContactType.Name, contact));
        else if (save.After[ActivityFields.Customer] is Guid customer)
            save.Set(ActivityFields.Regarding, new RecordLink(CustomerType.Name, customer));
    }

    private void SetDone(PendingSave save)
    {
        if (save.IsNew && save.After.Get<string>(ActivityFields.Kind) == ActivityKinds.Note)
            save.Set(ActivityFields.Status, ActivityStatus.Done);
        var isOpen = save.After.Get<string>(ActivityFields.Status) == ActivityStatus.Open;
        if (isOpen && save.After[ActivityFields.DoneAt] is not null)
            save.Set(ActivityFields.DoneAt, null);
        if (isOpen || save.After[ActivityFields.DoneAt] is not null)
            return;
        var now = clock.Now();
        // A call or meeting that is entered when it is over took place when it says.
        save.Set(ActivityFields.DoneAt, save.IsNew && save.After[ActivityFields.DueAt] is DateTime due && due < now ? due : now);
    }

    /// <summary>One query for each type that the activities are about.</summary>
    private async Task SetCustomersAsync(List<PendingSave> saves, CancellationToken cancellationToken)
    {
        foreach (var group in saves.GroupBy(s => s.After.Get<RecordLink>(ActivityFields.Regarding)!.Type, StringComparer.OrdinalIgnoreCase))
        {
            if (group.Key == CustomerType.Name)
            {
                foreach (var save in group)
                    save.Set(ActivityFields.Customer, save.After.Get<RecordLink>(ActivityFields.Regarding)!.Id);
                continue;
            }
            if (group.Key == ContactType.Name)
                foreach (var save in group)
                    save.Set(ActivityFields.Contact, save.After.Get<RecordLink>(ActivityFields.Regarding)!.Id);
            if (definitions.Current.Find(group.Key)?.Find(ActivityFields.Customer) is not { Hidden: false, Target: CustomerType.Name })
                continue;
            var customers = await ReadAsync(group.Key, group.Select(s => s.After.Get<RecordLink>(ActivityFields.Regarding)!.Id), cancellationToken);
            foreach (var save in group)
                save.Set(ActivityFields.Customer, customers.GetValueOrDefault(save.After.Get<RecordLink>(ActivityFields.Regarding)!.Id));
        }
    }

    private async Task SetCustomersOfContactsAsync(List<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (saves.Count == 0)
            return;
        var customers = await ReadAsync(ContactType.Name, saves.Select(s => (Guid)s.After[ActivityFields.Contact]!), cancellationToken);
        foreach (var save in saves)
            if (customers.GetValueOrDefault((Guid)save.After[ActivityFields.Contact]!) is { } customer)
                save.Set(ActivityFields.Customer, customer);
    }

    private async Task<Dictionary<Guid, Guid?>> ReadAsync(string type, IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        var query = new Query(type) { Where = Filter.In(SystemFields.Id, ids.Distinct().Select(i => (object?)i)), Columns = [ActivityFields.Customer], Sort = [SystemFields.Id], Take = QueryEngine.MaxTake };
        return (await queries.ListAsync(query, cancellationToken)).Items.ToDictionary(i => i.Id, i => i.Get<Guid?>(ActivityFields.Customer));
    }
}
