using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Opportunities.Figures;

/// <summary>
/// On the workbench: my open pipeline and what I have won this month; whoever may change everybody's opportunities,
/// such as a manager, reads those of all.
/// </summary>
internal sealed class HomeFigures(SalesFigures figures, ContentDefinitions definitions, ActorContext actor, IStringLocalizer localizer) : ISlotPart
{
    public string Slot => SlotNames.HomeFigures;

    public int Order => 10;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        // Those who only read have no pipeline of their own.
        var opportunities = definitions.Current.Get(OpportunityType.Name);
        if (!actor.Current.Can(opportunities, ContentActions.View) || !actor.Current.Can(opportunities, ContentActions.Create))
            return null;
        var leads = actor.Current.ScopeOf(opportunities.Permission(ContentActions.Edit)) == PermissionScope.All;
        var whose = leads ? null : Filter.Eq(SystemFields.Owner, "@me");
        var thisMonth = Filter.And(whose, new CompareFilter(DealType.DealDate, FilterOperator.GreaterOrEqual, "@month"), new CompareFilter(DealType.DealDate, FilterOperator.Less, "@month+1"));
        return new SlotView("_HomeFigures", new List<SalesFigure>
        {
            await figures.OpenAsync(localizer[leads ? "Open pipeline" : "My open pipeline"], whose, cancellationToken),
            await figures.SoldAsync(localizer["Won this month"], thisMonth, cancellationToken),
        });
    }
}
