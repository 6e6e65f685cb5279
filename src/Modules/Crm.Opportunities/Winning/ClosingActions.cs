using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;

namespace Crm.Opportunities.Winning;

/// <summary>Buttons in the head of an opportunity's page.</summary>
internal sealed class ClosingActions(ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.RecordActions;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => Task.FromResult(context is { Type.Name: OpportunityType.Name, Item: { } item } && actor.Current.Can(context.Type, ContentActions.Edit, item)
            ? new SlotView("_ClosingActions", item)
            : null);
}
