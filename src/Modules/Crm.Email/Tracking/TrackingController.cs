using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Email.Tracking;

/// <summary>Where the links in mailings lead. Strangers come here, and mail programs that look before people do.</summary>
[AllowAnonymous]
internal sealed class TrackingController(MailTracker tracker) : Controller
{
    /// <summary>A picture of one transparent point.</summary>
    private static readonly byte[] Point = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    [HttpGet("/t/o/{id:guid}/{signature}")]
    public async Task<IActionResult> Open(Guid id, string signature, CancellationToken cancellationToken)
    {
        if (await FindAsync("o", id, "", signature, cancellationToken) is null)
            return NotFound();
        await tracker.OpenedAsync(id, cancellationToken);
        Response.Headers.CacheControl = "no-store";
        return File(Point, "image/gif");
    }

    /// <summary>Only to an address that stood in that very message: the signature covers it.</summary>
    [HttpGet("/t/c/{id:guid}/{signature}")]
    public async Task<IActionResult> Click(Guid id, string signature, string? u, CancellationToken cancellationToken)
    {
        if (u is null || await FindAsync("c", id, u, signature, cancellationToken) is null)
            return NotFound();
        await tracker.ClickedAsync(id, u, cancellationToken);
        Response.Headers.CacheControl = "no-store";
        // A header carries plain letters only; a merge field may have put others into the address.
        return Redirect(new Uri(u).AbsoluteUri);
    }

    /// <summary>Asks first and changes nothing: programs that test links must not unsubscribe anybody.</summary>
    [HttpGet("/t/u/{id:guid}/{signature}")]
    public async Task<IActionResult> Ask(Guid id, string signature, CancellationToken cancellationToken)
        => await FindAsync("u", id, "", signature, cancellationToken) is { } mail ? View("Unsubscribe", mail) : NotFound();

    /// <summary>The page's button, and the one click of mail programs (RFC 8058), which have no token to give.</summary>
    [HttpPost("/t/u/{id:guid}/{signature}"), IgnoreAntiforgeryToken]
    public async Task<IActionResult> Unsubscribe(Guid id, string signature, CancellationToken cancellationToken)
    {
        if (await FindAsync("u", id, "", signature, cancellationToken) is not { } mail)
            return NotFound();
        await tracker.UnsubscribeAsync(mail, cancellationToken);
        return View("Unsubscribe", mail with { IsUnsubscribed = true });
    }

    private async Task<TrackedMail?> FindAsync(string purpose, Guid id, string url, string signature, CancellationToken cancellationToken)
        => await tracker.FindAsync(id, cancellationToken) is { } mail && mail.Links.IsSigned(purpose, id, url, signature) ? mail : null;
}
