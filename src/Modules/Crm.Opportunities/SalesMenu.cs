using Crm.Platform.Display;
using Crm.Platform.Localization;

namespace Crm.Opportunities;

internal sealed class SalesMenu : IMenuProvider
{
    private static readonly LocalizedText Group = "Sales";

    public IEnumerable<MenuEntry> Entries =>
    [
        new("Opportunities", "/opportunities", "target-arrow", "opportunities.view", 30, Group),
        new("Deals", "/deals", "contract", "deals.view", 40, Group),
        new("Products", "/products", "package", "products.view", 50, Group),
        new("Sales targets", "/targets", "target", "targets.view", 55, Group),
    ];
}
