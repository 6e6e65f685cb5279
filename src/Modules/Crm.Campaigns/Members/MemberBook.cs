using Crm.Campaigns.Blasts;
using Crm.Customers;
using Crm.Email.Mailings;
using Crm.Email.Suppressions;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Microsoft.Extensions.Logging;

namespace Crm.Campaigns.Members;

/// <param name="Reason">Why the first of those was refused.</param>
internal sealed record MembersAdded(int Count, int Refused, Message? Reason);

/// <summary>Puts people into campaigns, and lets their membership follow what they do with its messages.</summary>
internal sealed class MemberBook(QueryEngine queries, IContentManager content, ContentDefinitions definitions, MailingList mailings, SuppressionList suppressions, DbSession session, ILogger<MemberBook> logger)
{
    private const int BatchSize = 500;

    /// <summary>Adds those records who are not members yet.</summary>
    /// <param name="type">contacts or customers.</param>
    public async Task<MembersAdded> AddAsync(Guid campaign, string type, IReadOnlyList<Guid> records, string status, Guid? owner, CancellationToken cancellationToken)
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
        var results = await content.SaveManyAsync(CampaignMemberType.Name, changes, SaveOptions.BySystem, cancellationToken);
        var refused = results.Where(r => !r.Succeeded).ToList();
        if (refused.Count > 0)
            logger.LogWarning("{Count} records did not become members of campaign {Campaign}: {Reason}", refused.Count, campaign, Reason(refused[0]));
        return new(results.Count - refused.Count, refused.Count, refused.Count > 0 ? Reason(refused[0]) : null);
    }

    /// <summary>Adds those records who are not members yet.</summary>
    /// <returns>By record, what has become of those that were not.</returns>
    public async Task<IReadOnlyDictionary<Guid, SaveResult>> AddEachAsync(Guid campaign, string type, IReadOnlyList<Guid> records, CancellationToken cancellationToken)
    {
        var field = FieldOf(type);
        var members = await ReadAsync(campaign, field, records, cancellationToken);
        var missing = records.Where(r => !members.ContainsKey(r)).ToList();
        var results = await content.SaveManyAsync(CampaignMemberType.Name, [.. missing.Select(r => new ContentChange(CampaignMemberType.Name)
        {
            Values = { ["campaign"] = campaign, [field] = r, ["status"] = "planned" },
        })], SaveOptions.BySystem, cancellationToken);
        return missing.Zip(results).ToDictionary(r => r.First, r => r.Second);
    }

    /// <summary>All records of a list.</summary>
    public async Task<MembersAdded> AddAllAsync(Guid campaign, string type, string? filter, Action<int> report, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var where = string.IsNullOrWhiteSpace(filter) ? null : FilterParser.Parse(filter, definition, definitions.Current);
        var all = new MembersAdded(0, 0, null);
        for (string? after = null; ;)
        {
            var page = await queries.ListAsync(new Query(definition.Name) { Where = where, Columns = [], Sort = [SystemFields.Id], Take = BatchSize, After = after }, cancellationToken);
            var (added, refused, reason) = await AddAsync(campaign, definition.Name, [.. page.Items.Select(i => i.Id)], "planned", null, cancellationToken);
            all = new(all.Count + added, all.Refused + refused, all.Reason ?? reason);
            report(all.Count);
            if ((after = page.Next) is null)
                return all;
        }
    }

    /// <summary>
    /// Takes the next news of messages and writes them to the members, both or neither. Mailboxes that do not exist are not
    /// written to again. News that cannot be told does not hold up the others.
    /// </summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> FollowAsync(CancellationToken cancellationToken)
    {
        var news = await mailings.NewsAsync(BatchSize, cancellationToken);
        try
        {
            await TellAsync(news, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning(e, "News of {Count} messages cannot be told together; each is tried alone", news.Count);
            foreach (var message in news)
                await TellAloneAsync(message, cancellationToken);
        }
        return news.Count == BatchSize;
    }

    private async Task TellAloneAsync(Guid message, CancellationToken cancellationToken)
    {
        try
        {
            await TellAsync([message], cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogError(e, "News of message {Message} cannot be told; another try follows in an hour", message);
            await mailings.KeepNewsAsync(message, cancellationToken);
        }
    }

    private Task TellAsync(IReadOnlyList<Guid> messages, CancellationToken cancellationToken) => session.TransactAsync(async () =>
    {
        var all = await mailings.TakeNewsAsync(messages, cancellationToken);
        foreach (var bounced in all.Where(n => n.Status == "bounced"))
            await suppressions.AddAsync(bounced.Address, SuppressionType.Bounced, null, cancellationToken);
        foreach (var mailing in all.Where(n => n.Status is not null && n.MailingId is not null && n.RecordId is not null).GroupBy(n => n.MailingId!.Value))
            if (await queries.GetAsync(EmailBlastType.Name, mailing.Key, cancellationToken, RecycleBin.With) is { } blast && blast.Get<Guid?>("campaign") is { } campaign)
                foreach (var field in new[] { "contact", "customer" })
                    await FollowAsync(campaign, field, [.. mailing], cancellationToken);
    }, cancellationToken);

    private async Task FollowAsync(Guid campaign, string field, IReadOnlyList<MailingNews> news, CancellationToken cancellationToken)
    {
        var members = await ReadAsync(campaign, field, [.. news.Select(n => n.RecordId!.Value)], cancellationToken);
        var changes = news.GroupBy(n => n.RecordId!.Value).Where(g => members.ContainsKey(g.Key)).Select(g => (Member: members[g.Key], Status: g.MaxBy(n => Rank(n.Status))!.Status!))
            .Where(c => Rank(c.Status) > Rank(c.Member.Get<string>("status")))
            .Select(c => new ContentChange(CampaignMemberType.Name) { Id = c.Member.Id, Values = { ["status"] = c.Status } }).ToList();
        var results = await content.SaveManyAsync(CampaignMemberType.Name, changes, SaveOptions.BySystem, cancellationToken);
        if (results.FirstOrDefault(r => !r.Succeeded) is { } refused)
            throw new InvalidOperationException($"Member {refused.Id} cannot follow its message: {Reason(refused)}");
    }

    private static Message Reason(SaveResult refused) => refused.Errors is [var error, ..] ? error.Message : new Message("The record is gone or you may not see it");

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
