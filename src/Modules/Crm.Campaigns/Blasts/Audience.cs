using Crm.Campaigns.Segments;
using Crm.Email.Mailings;
using Crm.Email.Suppressions;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Campaigns.Blasts;

/// <summary>How many of a segment get a message, and why the others do not.</summary>
internal sealed record AudienceCount(ContentTypeDefinition Type, Filter? Filter, long Matched, long NoAddress, long Malformed, long Duplicates, long Suppressed)
{
    public long Recipients => Matched - NoAddress - Malformed - Duplicates - Suppressed;
}

/// <summary>Who a blast goes to: the segment as whoever sends it sees it at this moment, one message to an address.</summary>
internal sealed class Audience(QueryEngine queries, ContentDefinitions definitions, SuppressionList suppressions, ActorContext actor, Actors actors)
{
    private const int BatchSize = 500;

    /// <summary>All of it is read: not for large audiences on every look.</summary>
    /// <exception cref="QueryException">The segment is gone or its filter cannot be answered.</exception>
    public async Task<AudienceCount> CountAsync(ContentItem blast, CancellationToken cancellationToken)
    {
        var (type, filter) = await QuestionAsync(blast, cancellationToken);
        var count = new AudienceCount(type, filter, 0, 0, 0, 0, 0);
        await foreach (var batch in ReadAsync(blast, type, filter, cancellationToken))
        {
            var suppressed = await suppressions.ReasonsAsync(batch.Recipients.Select(r => r.Address), cancellationToken);
            count = count with
            {
                Matched = count.Matched + batch.Read,
                NoAddress = count.NoAddress + batch.NoAddress,
                Malformed = count.Malformed + batch.Malformed,
                Duplicates = count.Duplicates + batch.Duplicates,
                Suppressed = count.Suppressed + suppressed.Count,
            };
        }
        return count;
    }

    /// <summary>Whether there is anybody who can be written to; reads no further than to the first.</summary>
    /// <exception cref="QueryException">The segment is gone or its filter cannot be answered.</exception>
    public async Task<bool> AnyAsync(ContentItem blast, CancellationToken cancellationToken)
    {
        var (type, filter) = await QuestionAsync(blast, cancellationToken);
        await foreach (var batch in ReadAsync(blast, type, filter, cancellationToken))
            if (batch.Recipients.Count > 0 && (await suppressions.ReasonsAsync(batch.Recipients.Select(r => r.Address), cancellationToken)).Count < batch.Recipients.Count)
                return true;
        return false;
    }

    /// <summary>All recipients, batch by batch, suppressed ones among them.</summary>
    public async IAsyncEnumerable<IReadOnlyList<MailingRecipient>> StreamAsync(ContentItem blast, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (type, filter) = await QuestionAsync(blast, cancellationToken);
        await foreach (var batch in ReadAsync(blast, type, filter, cancellationToken))
            yield return batch.Recipients;
    }

    /// <summary>Who sends: whoever asks for it now; for work in the background whoever pressed the button, before that the owner. Nobody's, such as one of a recipe, is the site's own.</summary>
    /// <exception cref="QueryException">They can no longer sign in.</exception>
    public async Task<Actor> SenderAsync(ContentItem blast, CancellationToken cancellationToken)
    {
        if (!actor.Current.IsSystem || SenderOf(blast) is not { } user)
            return actor.Current;
        var sender = await actors.OfUserAsync(user, cancellationToken) ?? throw new QueryException("Whoever sends this can no longer sign in");
        return sender with { Source = actor.Current.Source };
    }

    public async Task<bool> IsSenderGoneAsync(ContentItem blast, CancellationToken cancellationToken)
        => SenderOf(blast) is { } user && await actors.OfUserAsync(user, cancellationToken) is null;

    private static Guid? SenderOf(ContentItem blast) => blast.Get<Guid?>("sentBy") ?? blast.Owner;

    public async Task<(ContentTypeDefinition Type, Filter? Filter)> QuestionAsync(ContentItem blast, CancellationToken cancellationToken)
        => blast.Get<Guid?>("segment") is { } id && await actor.AsSystemAsync(() => queries.GetAsync(SegmentType.Name, id, cancellationToken)) is { } segment
            ? SegmentFilter.Of(segment, definitions)
            : throw new QueryException("The blast has no segment");

    private sealed record Batch(long Read, long NoAddress, long Malformed, long Duplicates, IReadOnlyList<MailingRecipient> Recipients);

    private async IAsyncEnumerable<Batch> ReadAsync(ContentItem blast, ContentTypeDefinition type, Filter? filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sender = await SenderAsync(blast, cancellationToken);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (string? after = null; ;)
        {
            var page = await actor.AsAsync(sender, () => queries.ListAsync(new Query(type.Name) { Where = filter, Columns = ["email"], Sort = [SystemFields.Id], Take = BatchSize, After = after }, cancellationToken));
            long none = 0, malformed = 0, twice = 0;
            var recipients = new List<MailingRecipient>(page.Items.Count);
            foreach (var item in page.Items)
            {
                if (item.Get<string>("email") is not { Length: > 0 } address)
                    none++;
                else if (!MailingRecipients.CanReceive(address))
                    malformed++;
                else if (!seen.Add(address.Trim()))
                    twice++;
                else
                    recipients.Add(new(item.Id, address.Trim(), item.DisplayText));
            }
            yield return new Batch(page.Items.Count, none, malformed, twice, recipients);
            if ((after = page.Next) is null)
                yield break;
        }
    }
}
