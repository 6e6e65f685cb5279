using Crm.Platform.Display;

namespace Crm.Opportunities;

/// <summary>From the lists of opportunities and targets to their pages of figures.</summary>
internal sealed class SalesListActions : ISlotPart
{
    public string Slot => SlotNames.ListActions;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => Task.FromResult(context.Type?.Name is OpportunityType.Name or TargetType.Name ? new SlotView("_SalesListActions", context.Type.Name) : null);
}
