using Crm.Platform.Display;

namespace Crm.Tickets;

internal sealed class TicketsMenu : IMenuProvider
{
    public IEnumerable<MenuEntry> Entries =>
    [
        new("Tickets", "/tickets", "lifebuoy", "tickets.view", 70, "Customer service"),
        new("Feedback", "/feedback", "message-heart", "feedback.view", 75, "Customer service"),
    ];
}
