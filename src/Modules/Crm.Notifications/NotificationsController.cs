using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Notifications;

/// <param name="Next">The last one shown, when there are older ones.</param>
internal sealed record NotificationsPage(IReadOnlyList<Notification> Notifications, bool IsFirst, Guid? Next);

/// <summary>What the user was told. Everybody has only their own.</summary>
[SignedIn]
internal sealed class NotificationsController(Inbox inbox, ActorContext actor) : Controller
{
    private const int PageSize = 30;

    private Guid Me => actor.Current.UserId ?? Guid.Empty;

    [HttpGet("/notifications")]
    public async Task<IActionResult> Index(Guid? before, CancellationToken cancellationToken)
    {
        var found = await inbox.ListAsync(Me, before, PageSize + 1, cancellationToken);
        return View(new NotificationsPage(found.Count > PageSize ? found[..PageSize] : found, before is null, found.Count > PageSize ? found[PageSize - 1].Id : null));
    }

    /// <summary>Marks it read and goes where it leads: a change, so no link does this.</summary>
    [HttpPost("/notifications/{id:guid}/open")]
    public async Task<IActionResult> Open(Guid id, CancellationToken cancellationToken)
    {
        if (await inbox.FindAsync(Me, id, cancellationToken) is not { } found)
            return NotFound();
        await inbox.MarkReadAsync(Me, id, cancellationToken);
        return LocalRedirect(Url.IsLocalUrl(found.Url) ? found.Url : "/notifications");
    }

    [HttpPost("/notifications/{id:guid}/read")]
    public async Task<IActionResult> MarkRead(Guid id, CancellationToken cancellationToken)
    {
        await inbox.MarkReadAsync(Me, id, cancellationToken);
        return LocalRedirect("/notifications");
    }

    [HttpPost("/notifications/read")]
    public async Task<IActionResult> MarkAllRead(CancellationToken cancellationToken)
    {
        await inbox.MarkReadAsync(Me, null, cancellationToken);
        return LocalRedirect("/notifications");
    }
}
