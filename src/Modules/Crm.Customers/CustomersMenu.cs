using Crm.Platform.Display;

namespace Crm.Customers;

internal sealed class CustomersMenu : IMenuProvider
{
    public IEnumerable<MenuEntry> Entries =>
    [
        new("Customers", "/customers", "building", "customers.view", 10),
        new("Contacts", "/contacts", "address-book", "contacts.view", 20),
    ];
}
