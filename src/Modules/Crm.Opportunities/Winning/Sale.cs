using Crm.Platform.Content;

namespace Crm.Opportunities.Winning;

/// <summary>
/// A won opportunity and its deal are one sale: what both have is the same in both, whichever of them somebody corrects.
/// </summary>
internal static class Sale
{
    public static readonly (string Opportunity, string Deal)[] Fields =
    [
        ("name", "name"), (OpportunityType.Customer, DealType.Customer), (OpportunityType.Product, "product"), (OpportunityType.Amount, DealType.Amount),
        (OpportunityType.CloseDate, DealType.DealDate), (OpportunityType.ContractNumber, DealType.ContractNumber),
        (SystemFields.Owner, SystemFields.Owner), (SystemFields.Team, SystemFields.Team),
    ];

    public static bool IsWon(ContentItem opportunity) => opportunity.Get<string>(OpportunityType.Stage) == StageKeys.Won;
}
