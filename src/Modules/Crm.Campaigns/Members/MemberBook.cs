using Crm.Campaigns.Blasts;
using Crm.Customers;
using Crm.Email.Mailings;
using Crm.Email.Suppressions;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;

namespace Crm.Campaigns.Members;

/// <summary>Puts people into campaigns, and lets their membership follow what they do with its messages.</summary>
internal sealed class MemberBook(QueryEngine queries, IContentManager content, ContentDefinitions definitions, MailingList mailings, SuppressionList suppressions, DbSession session)
{
    private const int BatchSize = 500;

    /// <summary>Adds those records who are not members yet.</summary>
    /// <param name="type">contacts or customers.</param>
    /// <returns>How many are new.</returns>
    public async Task<int> AddAsync(Guid campaign, string type, IReadOnlyList<Guid> records, string status, Guid? owner, CancellationToken cancellationToken)
    {
        var field = FieldOf(type);
        var members = await ReadAsync(campaign, field, records, cancellationToken);
        var changes = records.Where(r => !members.ContainsKey(r)).Select(r => new ContentChange(CampaignMemberType.Name)
        {
            Values = { ["campaign"] = campaign, [field] = r, ["status"] = status },
        }).ToList();
        if (owner is { } user)
            foreach (var change in changes)
                change.Values[SystemFields.Owner] = user;
        return (await content.SaveManyAsync(CampaignMemberType.Name, changes, SaveOptions.Default, cancellationToken)).Count(r => r.Succeeded);
    }

    /// <summary>All records of a list.</summary>
    public async Task<int> AddAllAsync(Guid campaign, string type, string? filter, Action<int> report, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var where = string.IsNullOrWhiteSpace(filter) ? null : FilterParser.Parse(filter, definition, definitions.Current);
        var added = 0;
        for (string? after = null; ;)
        {
            var page = await queries.ListAsync(new Query(definition.Name) { Where = where, Columns = [], Sort = [SystemFields.Id], Take = BatchSize, After = after }, cancellationToken);
            added += await AddAsync(campaign, definition.Name, [.. page.Items.Select(i => i.Id)], "planned", null, cancellationToken);
            report(added);
            if ((after = page.Next) is null)
                return added;
        }
    }

    /// <summary>Takes the next news of messages and writes them to the members, both or neither. Mailboxes that do not exist are not written to again.</summary>
    public async Task<bool> FollowAsync(CancellationToken cancellationToken) => await session.TransactAsync(async () =>
    {
        var all = await mailings.TakeNewsAsync(BatchSize, cancellationToken);
        foreach (var bounced in all.Where(n => n.Status == "bounced"))
            await suppressions.AddAsync(bounced.Address, SuppressionType.Bounced, null, cancellationToken);
        foreach (var mailing in all.Where(n => n.Status is not null && n.MailingId is not null && n.RecordId is not null).GroupBy(n => n.MailingId!.Value))
            if (await queries.GetAsync(EmailBlastType.Name, mailing.Key, cancellationToken, RecycleBin.With) is { } blast && blast.Get<Guid?>("campaign") is { } campaign)
                foreach (var field in new[] { "contact", "customer" })
                    await FollowAsync(campaign, field, [.. mailing], cancellationToken);
        return all.Count == BatchSize;
    }, cancellationToken);

    private async Task FollowAsync(Guid campaign, string field, IReadOnlyList<MailingNews> news, CancellationToken cancellationToken)
    {
        var members = await ReadAsync(campaign, field, [.. news.Select(n => n.RecordId!.Value)], cancellationToken);
        var changes = news.GroupBy(n => n.RecordId!.Value).Where(g => members.ContainsKey(g.Key)).Select(g => (Member: members[g.Key], Status: g.MaxBy(n => Rank(n.Status))!.Status!))
            .Where(c => Rank(c.Status) > Rank(c.Member.Get<string>("status")))
            .Select(c => new ContentChange(CampaignMemberType.Name) { Id = c.Member.Id, Values = { ["status"] = c.Status } }).ToList();
        await content.SaveManyAsync(CampaignMemberType.Name, changes, SaveOptions.Default, cancellationToken);
    }

    private static int Rank(string? status)
    {
        for (var i = 0; i < CampaignMemberType.Ranks.Count; i++)
            if (CampaignMemberType.Ranks[i] == status)
                return i;
        return -1;
    }

    private static string FieldOf(string type) => type == ContactType.Name ? "contact" : "customer";

    /// <summary>Members by the record that they are. A contact's membership is not its customer's.</summary>
    private async Task<Dictionary<Guid, ContentItem>> ReadAsync(Guid campaign, string field, IReadOnlyList<Guid> records, CancellationToken cancellationToken)
    {
        var members = new Dictionary<Guid, ContentItem>();
        foreach (var chunk in records.Distinct().Chunk(BatchSize))
        {
            var where = Filter.And(Filter.Eq("campaign", campaign), Filter.In(field, chunk.Cast<object?>()), field == "customer" ? Filter.Eq("contact", null) : null);
            await foreach (var item in queries.StreamAsync(new Query(CampaignMemberType.Name) { Where = where, Columns = [field, "status"], Sort = [SystemFields.Id] }, cancellationToken))
                members[item.Get<Guid>(field)] = item;
        }
        return members;
    }
}
