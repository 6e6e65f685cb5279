using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Workbench.Stars;

namespace Crm.Workbench.Recent;

internal sealed record RecentRecord(ContentTypeDefinition Type, ContentItem Item, DateTime At, string? Who);

/// <summary>What changed lately on records that are mine or that I have starred. One query for each type, whatever there is.</summary>
internal sealed class RecentPart(StarStore stars, QueryEngine queries, ContentDefinitions definitions, ActorContext actor) : ISlotPart
{
    private const int Shown = 8;

    public string Slot => SlotNames.HomeMain;

    public int Order => 50;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        var starred = await stars.AllAsync(cancellationToken);
        var recent = new List<RecentRecord>();
        foreach (var type in definitions.Current.Types.Where(t => !t.IsAdmin && actor.Current.CanOpen(t)))
        {
            var mine = Filter.Eq(SystemFields.Owner, "@me");
            var ids = starred[type.Name].Take(100).ToList();
            var query = new Query(type.Name)
            {
                Where = ids.Count == 0 ? mine : new OrFilter([mine, Filter.In(SystemFields.Id, ids.Select(i => (object?)i))]),
                Columns = [SystemFields.ModifiedAt, SystemFields.ModifiedBy],
                Sort = [$"-{SystemFields.ModifiedAt}"],
                Take = Shown,
            };
            recent.AddRange((await queries.ListAsync(query, cancellationToken)).Items
                .Select(i => new RecentRecord(type, i, i.Get<DateTime>(SystemFields.ModifiedAt), i.DisplayOf(SystemFields.ModifiedBy))));
        }
        return recent.Count > 0 ? new("_Recent", recent.OrderByDescending(r => r.At).Take(Shown).ToList()) : null;
    }
}
