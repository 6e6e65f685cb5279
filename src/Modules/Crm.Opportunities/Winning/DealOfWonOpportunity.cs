using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Opportunities.Winning;

/// <summary>
/// A won opportunity has one deal, and no other has any, whoever won it: page, board, import or API. All of a batch at
/// once: three statements however many there are.
/// </summary>
internal sealed class DealOfWonOpportunity(QueryEngine queries, ActorContext actor, IContentManager content) : IContentHandler
{
    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != OpportunityType.Name)
            return;
        var won = saves.Where(s => Sale.IsWon(s.After) && (s.IsNew || Sale.Fields.Any(f => s.Changed.Contains(f.Opportunity)) || s.Changed.Contains(OpportunityType.Stage))).ToList();
        var reopened = saves.Where(s => s.Before is not null && Sale.IsWon(s.Before) && !Sale.IsWon(s.After)).ToList();
        if (won.Count == 0 && reopened.Count == 0)
            return;
        // Whoever may win or reopen an opportunity makes or removes its deal, whatever the right to deals themselves.
        await actor.AsSystemAsync(async () =>
        {
            var deals = await DealsAsync([.. won.Where(s => !s.IsNew).Concat(reopened).Select(s => s.After.Id)], cancellationToken);
            foreach (var save in reopened)
                if (deals.TryGetValue(save.After.Id, out var deal))
                    Follow(save, await content.DeleteAsync(DealType.Name, deal, null, cancellationToken));
            var results = await content.SaveManyAsync(DealType.Name, [.. won.Select(s => Deal(s, deals))], SaveOptions.BySystem, cancellationToken);
            for (var i = 0; i < won.Count; i++)
                Follow(won[i], results[i]);
        });
    }

    private static ContentChange Deal(PendingSave save, Dictionary<Guid, Guid> deals)
    {
        var known = deals.TryGetValue(save.After.Id, out var deal);
        var values = Sale.Fields.Where(f => !known || save.Changed.Contains(f.Opportunity)).ToDictionary(f => f.Deal, f => save.After[f.Opportunity]);
        if (!known)
            values[DealType.Opportunity] = save.After.Id;
        return new ContentChange(DealType.Name) { Id = known ? deal : null, Values = values };
    }

    /// <summary>Deals by opportunity.</summary>
    private async Task<Dictionary<Guid, Guid>> DealsAsync(IReadOnlyList<Guid> opportunities, CancellationToken cancellationToken)
    {
        var deals = new Dictionary<Guid, Guid>();
        foreach (var ids in opportunities.Chunk(500))
            await foreach (var deal in queries.StreamAsync(new Query(DealType.Name) { Where = Filter.In(DealType.Opportunity, ids.Cast<object?>()), Columns = [DealType.Opportunity], Sort = [SystemFields.Id] }, cancellationToken))
                deals[deal.Get<Guid>(DealType.Opportunity)] = deal.Id;
        return deals;
    }

    /// <summary>An opportunity is not won when its deal cannot be written.</summary>
    private static void Follow(PendingSave save, SaveResult result)
    {
        if (!result.Succeeded)
            throw new SaveRefusedException(new(OpportunityType.Stage, new("“{0}”: its deal could not be written: {1}", save.After.DisplayText, result.Reason)));
    }
}
