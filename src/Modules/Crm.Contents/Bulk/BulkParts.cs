using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;

namespace Crm.Contents.Bulk;

/// <summary>What can be done with the records that are chosen on a list.</summary>
internal sealed class BulkChoices(IEnumerable<IBulkAction> actions, ActorContext actor) : ISlotPart
{
    private const int Usual = 100;

    public string Slot => SlotNames.ListBulk;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => Task.FromResult(Of(context.Type!, inBin: false) is { } choice ? new SlotView("_BulkChoices", choice) : null);

    public BulkChoice? Of(ContentTypeDefinition type, bool inBin)
    {
        if (!actor.Current.Can(ContentsPermissions.Bulk))
            return null;
        var offered = actions.Where(a => a.IsForRecycleBin == inBin && a.IsOffered(type)).OrderBy(a => a.Order).ToList();
        return offered.Count == 0 ? null : new BulkChoice(type.Path, inBin, [.. offered.Where(a => a.Order < Usual)], [.. offered.Where(a => a.Order >= Usual)]);
    }
}

/// <summary>In the top bar of every page, while something of one's own is under way.</summary>
internal sealed class BulkRunning(BulkStore store, ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.TopBar;

    public int Order => 80;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => actor.Current is { UserId: { } me } who && who.Can(ContentsPermissions.Bulk) && await store.ListRunningAsync(me, cancellationToken) is [var first, ..]
            ? new SlotView("_BulkRunning", first)
            : null;
}
