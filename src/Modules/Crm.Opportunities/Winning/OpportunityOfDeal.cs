using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Opportunities.Winning;

/// <summary>
/// What is corrected in a deal is corrected in its opportunity, in the same transaction: reports of deals and of
/// opportunities tell the same. One statement for all deals whose opportunities say so already, as those just made.
/// </summary>
internal sealed class OpportunityOfDeal(QueryEngine queries, ActorContext actor, IContentManager content) : IContentHandler
{
    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != DealType.Name)
            return;
        var deals = saves.Where(s => s.After[DealType.Opportunity] is Guid && Sale.Fields.Any(f => s.Changed.Contains(f.Deal)))
            .GroupBy(s => s.After.Get<Guid>(DealType.Opportunity)).ToDictionary(g => g.Key, g => g.Last());
        // Whoever may correct a deal corrects the sale that it is, whatever the right to opportunities.
        foreach (var ids in deals.Keys.Chunk(500))
            await actor.AsSystemAsync(() => FollowAsync(ids, deals, cancellationToken));
    }

    private async Task FollowAsync(IEnumerable<Guid> ids, Dictionary<Guid, PendingSave> deals, CancellationToken cancellationToken)
    {
        var query = new Query(OpportunityType.Name)
        {
            Where = Filter.And(Filter.In(SystemFields.Id, ids.Cast<object?>()), Filter.Eq(OpportunityType.Stage, StageKeys.Won)),
            Columns = [.. Sale.Fields.Select(f => f.Opportunity)],
            Sort = [SystemFields.Id],
            Take = QueryEngine.MaxTake,
        };
        var changes = (await queries.ListAsync(query, cancellationToken)).Items
            .Select(o => new ContentChange(OpportunityType.Name) { Id = o.Id, Values = Differing(o, deals[o.Id].After) })
            .Where(c => c.Values.Count > 0).ToList();
        var results = await content.SaveManyAsync(OpportunityType.Name, changes, SaveOptions.BySystem, cancellationToken);
        if (results.FirstOrDefault(r => !r.Succeeded) is { } refused)
            throw new SaveRefusedException(new(FieldOf(refused), new("The opportunity of “{0}” cannot follow: {1}", deals[refused.Id].After.DisplayText, refused.Reason)));
    }

    private static Dictionary<string, object?> Differing(ContentItem opportunity, ContentItem deal)
        => Sale.Fields.Where(f => !Equals(opportunity[f.Opportunity], deal[f.Deal])).ToDictionary(f => f.Opportunity, f => deal[f.Deal], StringComparer.OrdinalIgnoreCase);

    /// <summary>The deal's field that the opportunity refuses to take over; null when it is another one.</summary>
    private static string? FieldOf(SaveResult refused)
        => refused.Errors is [var error, ..] ? Sale.Fields.FirstOrDefault(f => f.Opportunity == error.Field).Deal : null;
}
