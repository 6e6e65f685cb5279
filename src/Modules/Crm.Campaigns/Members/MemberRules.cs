using Crm.Customers;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Campaigns.Members;

/// <summary>A member is somebody, once in a campaign, with the name and address of the contact or customer.</summary>
internal sealed class MemberRules(QueryEngine queries, ActorContext actor) : IContentHandler
{
    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != CampaignMemberType.Name)
            return;
        var touched = saves.Where(s => s.IsNew || s.Changed.Contains("contact") || s.Changed.Contains("customer") || s.Changed.Contains("name") || s.Changed.Contains("campaign")).ToList();
        var contacts = await ReadAsync(ContactType.Name, touched, "contact", ["email", "customer"], cancellationToken);
        var customers = await ReadAsync(CustomerType.Name, touched, "customer", ["email"], cancellationToken);
        foreach (var save in touched)
        {
            if (save.After.Get<Guid?>("contact") is { } contact && contacts.TryGetValue(contact, out var person))
            {
                Fill(save, "name", person.DisplayText);
                Fill(save, "email", person.Get<string>("email"));
                Fill(save, "customer", person.Get<Guid?>("customer"));
            }
            else if (save.After.Get<Guid?>("customer") is { } customer && customers.TryGetValue(customer, out var company))
            {
                Fill(save, "name", company.DisplayText);
                Fill(save, "email", company.Get<string>("email"));
            }
        }
        // Somebody else at a customer, who has no contact, is a member beside it.
        var people = touched.Where(s => s.After.Get<Guid?>("contact") is not null).ToList();
        var companies = touched.Except(people).Where(s => s.After.Get<Guid?>("customer") is { } id && customers.TryGetValue(id, out var company) && s.After.Get<string>("name") == company.DisplayText).ToList();
        await RefuseTwiceAsync(people, "contact", cancellationToken);
        await RefuseTwiceAsync(companies, "customer", cancellationToken);
        foreach (var save in touched.Where(s => s.IsValid))
            save.Set(CampaignMemberType.Key, people.Contains(save) ? KeyOf(save, "contact") : companies.Contains(save) ? KeyOf(save, "customer") : null);
    }

    private static string KeyOf(PendingSave save, string field) => $"{save.After.Get<Guid>("campaign"):N}:{save.After.Get<Guid>(field):N}";

    private static void Fill(PendingSave save, string field, object? value)
    {
        if (save.After[field] is null or "" && value is not null)
            save.Set(field, value);
    }

    private async Task RefuseTwiceAsync(List<PendingSave> saves, string field, CancellationToken cancellationToken)
    {
        var seen = new HashSet<(Guid, Guid)>();
        foreach (var group in saves.Where(s => s.IsValid).GroupBy(s => s.After.Get<Guid>("campaign")))
        {
            // Whether the actor may see the other one does not matter.
            var there = await actor.AsSystemAsync(async () =>
            {
                var found = new Dictionary<Guid, Guid>();
                foreach (var chunk in group.Select(s => s.After.Get<Guid>(field)).Distinct().Chunk(500))
                    await foreach (var item in queries.StreamAsync(new Query(CampaignMemberType.Name) { Where = Filter.And(Filter.Eq("campaign", group.Key), Filter.In(field, chunk.Cast<object?>()), field == "customer" ? Filter.Eq("contact", null) : null), Columns = [field, "name"], Sort = [SystemFields.Id] }, cancellationToken))
                        if (field == "contact" || item.Get<string>("name") == item.DisplayOf(field))
                            found[item.Get<Guid>(field)] = item.Id;
                return found;
            });
            foreach (var save in group)
                if (!seen.Add((group.Key, save.After.Get<Guid>(field))) || (there.TryGetValue(save.After.Get<Guid>(field), out var other) && other != save.After.Id))
                    save.Error(field, new("{0} is a member of this campaign already", save.After.Get<string>("name") ?? ""));
        }
    }

    private async Task<Dictionary<Guid, ContentItem>> ReadAsync(string type, List<PendingSave> saves, string field, string[] columns, CancellationToken cancellationToken)
    {
        var items = new Dictionary<Guid, ContentItem>();
        foreach (var chunk in saves.Select(s => s.After.Get<Guid?>(field)).OfType<Guid>().Distinct().Chunk(500))
            await foreach (var item in queries.StreamAsync(new Query(type) { Where = Filter.In(SystemFields.Id, chunk.Cast<object?>()), Columns = columns, Sort = [SystemFields.Id] }, cancellationToken))
                items[item.Id] = item;
        return items;
    }

    /// <summary>Whoever was added again meanwhile is in already.</summary>
    public async ValueTask<Platform.Localization.Message?> RestoringAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
    {
        if (type.Name != CampaignMemberType.Name || (item["contact"] ?? item["customer"]) is null)
            return null;
        var who = item["contact"] is { } contact ? Filter.Eq("contact", contact) : Filter.And(Filter.Eq("contact", null), Filter.Eq("customer", item["customer"]), Filter.Eq("name", item["name"]));
        var where = Filter.And(Filter.Eq("campaign", item["campaign"]), who);
        // Whether the actor may see the other one does not matter.
        return (await actor.AsSystemAsync(() => queries.CountAsync(CampaignMemberType.Name, where, cancellationToken))).Count > 0
            ? new("{0} is a member of this campaign already", item.DisplayText)
            : null;
    }
}
