using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Workbench.Stars;

internal sealed record StarredRecord(ContentTypeDefinition Type, ContentItem Item, string Hint);

/// <summary>The starred records, on the first page: customers before everything else.</summary>
internal sealed class StarredPart(StarStore stars, QueryEngine queries, ContentDefinitions definitions, FieldViews views, ActorContext actor) : ISlotPart
{
    private const int ShownOfEach = 8;

    public string Slot => SlotNames.HomeSide;

    public int Order => 10;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        var shown = new List<StarredRecord>();
        foreach (var group in (await stars.AllAsync(cancellationToken)).OrderByDescending(g => g.Key == "customers").ThenBy(g => g.Key, StringComparer.Ordinal))
        {
            if (definitions.Current.Find(group.Key) is not { } type || !actor.Current.CanOpen(type))
                continue;
            var hints = type.ListColumns.Where(c => c != type.DisplayField && type.Find(c.Split('.')[0]) is { Hidden: false }).Take(2).ToList();
            // More than are shown, as some may be deleted or out of sight by now.
            var ids = group.Take(10 * ShownOfEach).ToList();
            var found = await queries.ListAsync(new Query(type.Name) { Where = Filter.In(SystemFields.Id, ids.Select(i => (object?)i)), Columns = hints, Sort = [SystemFields.Id], Take = ids.Count }, cancellationToken);
            shown.AddRange(found.Items.OrderBy(i => ids.IndexOf(i.Id)).Take(ShownOfEach)
                .Select(i => new StarredRecord(type, i, string.Join(" · ", hints.Select(h => views.Display(type, i, h)?.Shown).Where(t => !string.IsNullOrEmpty(t))))));
        }
        return shown.Count > 0 ? new("_Starred", shown) : null;
    }
}
