using Crm.Platform.Display;
using Crm.Platform.Security;

namespace Crm.Notifications;

/// <summary>The bell in the top bar, with the number of what is unread.</summary>
internal sealed class Bell(Inbox inbox, ActorContext actor) : ISlotPart
{
    /// <summary>More than these are "99+".</summary>
    public const int Shown = 99;

    public string Slot => SlotNames.TopBar;

    public int Order => 90;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => actor.Current.UserId is { } me ? new("_Bell", await inbox.CountUnreadAsync(me, Shown + 1, cancellationToken)) : null;
}
