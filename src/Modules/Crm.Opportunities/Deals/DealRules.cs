using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Opportunities.Deals;

/// <summary>A deal belongs to an opportunity that is won and has no other; it goes when that is reopened, not by itself.</summary>
internal sealed class DealRules(QueryEngine queries, DbSession session, ActorContext actor, TimeProvider clock) : IContentHandler
{
    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != DealType.Name)
            return;
        foreach (var save in saves)
        {
            if (save.After[DealType.Amount] is Money { Amount: < 0 })
                save.Error(DealType.Amount, new("{0} cannot be negative", type.Field(DealType.Amount).Label));
            if (save.Changed.Contains(DealType.DealDate) && save.After[DealType.DealDate] is DateOnly at && at > actor.Current.Today(clock).AddDays(1))
                save.Error(DealType.DealDate, new("The deal date cannot lie in the future"));
        }
        var linked = saves.Where(s => s.Changed.Contains(DealType.Opportunity)).ToList();
        if (linked.Count == 0)
            return;
        var ids = linked.SelectMany(s => new[] { s.Before?[DealType.Opportunity], s.After[DealType.Opportunity] }).OfType<Guid>().Distinct().ToList();
        await WaitAsync(cancellationToken);
        var (won, taken) = await ReadAsync(ids, cancellationToken);
        foreach (var save in linked)
        {
            if (save.Before?[DealType.Opportunity] is Guid left && won.Contains(left))
                save.Error(DealType.Opportunity, StaysWithOpportunity);
            else if (save.After[DealType.Opportunity] is not Guid to)
                continue;
            else if (Refusal(to, won, taken) is { } refusal)
                save.Error(DealType.Opportunity, refusal);
            else
                taken[to] = save.After.DisplayText;
        }
    }

    /// <summary>What was reopened and won again has a new deal: the old one would count twice.</summary>
    public async ValueTask<Message?> RestoringAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
    {
        if (type.Name != DealType.Name || item[DealType.Opportunity] is not Guid opportunity)
            return null;
        await WaitAsync(cancellationToken);
        var (won, taken) = await ReadAsync([opportunity], cancellationToken);
        return Refusal(opportunity, won, taken);
    }

    private static Message? Refusal(Guid opportunity, HashSet<Guid> won, Dictionary<Guid, string> taken)
        => !won.Contains(opportunity) ? new("That opportunity is not won. Convert it on its own page")
            : taken.TryGetValue(opportunity, out var number) ? new("That opportunity is a deal already: {0}", number) : null;

    /// <summary>Two who give one opportunity a deal at once wait for each other.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (session.Database.Provider == DatabaseProvider.Postgres)
            await session.ExecuteAsync("SELECT pg_advisory_xact_lock(727402)", cancellationToken);
    }

    public async ValueTask<Message?> DeletingAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
    {
        if (type.Name != DealType.Name || item[DealType.Opportunity] is not Guid opportunity)
            return null;
        return (await ReadAsync([opportunity], cancellationToken)).Won.Count > 0 ? StaysWithOpportunity : null;
    }

    private static Message StaysWithOpportunity => new("The deal belongs to a won opportunity. Reopen that, and the deal goes with it");

    /// <summary>Which opportunities are won, and the numbers of those that have a deal; whether the actor may see them or not.</summary>
    private Task<(HashSet<Guid> Won, Dictionary<Guid, string> Taken)> ReadAsync(IReadOnlyList<Guid> opportunities, CancellationToken cancellationToken)
        => actor.AsSystemAsync(async () =>
        {
            var (won, taken) = (new HashSet<Guid>(), new Dictionary<Guid, string>());
            foreach (var ids in opportunities.Cast<object?>().Chunk(500))
            {
                var isWon = Filter.And(Filter.In(SystemFields.Id, ids), Filter.Eq(OpportunityType.Stage, StageKeys.Won));
                await foreach (var item in queries.StreamAsync(new Query(OpportunityType.Name) { Where = isWon, Columns = [], Sort = [SystemFields.Id] }, cancellationToken))
                    won.Add(item.Id);
                await foreach (var deal in queries.StreamAsync(new Query(DealType.Name) { Where = Filter.In(DealType.Opportunity, ids), Columns = [DealType.Opportunity, "number"], Sort = [SystemFields.Id] }, cancellationToken))
                    taken[deal.Get<Guid>(DealType.Opportunity)] = deal.Get<string>("number")!;
            }
            return (won, taken);
        });
}
