using Crm.Customers;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Opportunities.Figures;

/// <summary>In the head of a customer's page: what is open with it, and what it has bought so far.</summary>
internal sealed class CustomerFigures(SalesFigures figures, ContentDefinitions definitions, ActorContext actor, IStringLocalizer localizer) : ISlotPart
{
    public string Slot => SlotNames.RecordFigures;

    public int Order => 10;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        if (context is not { Type.Name: CustomerType.Name, Item: { } customer })
            return null;
        var shown = new List<SalesFigure>();
        if (actor.Current.Can(definitions.Current.Get(OpportunityType.Name), ContentActions.View))
            shown.Add(await figures.OpenAsync(localizer["Open pipeline"], Filter.Eq(OpportunityType.Customer, customer.Id), cancellationToken));
        if (actor.Current.Can(definitions.Current.Get(DealType.Name), ContentActions.View))
            shown.Add(await figures.SoldAsync(localizer["Bought so far"], Filter.Eq(DealType.Customer, customer.Id), cancellationToken));
        return shown.Count == 0 ? null : new SlotView("_RecordFigures", shown);
    }
}
