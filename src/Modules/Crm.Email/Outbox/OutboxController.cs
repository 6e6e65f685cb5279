using System.Text;
using Crm.Email.Sending;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using MimeKit;

namespace Crm.Email.Outbox;

/// <summary>The messages in the outbox folder, to be read in the browser.</summary>
[Route("/admin/email/outbox"), RequirePermission(EmailPermissions.Outbox)]
internal sealed class OutboxController(OutboxFolder outbox) : Controller
{
    private const int PageSize = 50;

    [HttpGet("")]
    public async Task<IActionResult> Index(int page, CancellationToken cancellationToken)
    {
        var all = outbox.List();
        page = Math.Clamp(page, 1, Math.Max(1, (all.Count + PageSize - 1) / PageSize));
        var messages = new List<OutboxMessage>();
        foreach (var id in all.Skip((page - 1) * PageSize).Take(PageSize))
            if (await outbox.ReadAsync(id, headersOnly: true, cancellationToken) is { } message)
                messages.Add(new(id, message));
        return View(new OutboxPage(messages, all.Count, page, page * PageSize < all.Count));
    }

    [HttpGet("{id:guid}")]
    public async Task<IActionResult> Message(Guid id, CancellationToken cancellationToken)
    {
        if (await outbox.ReadAsync(id, headersOnly: false, cancellationToken) is not { } message)
            return NotFound();
        return View(new OutboxMessage(id, message));
    }

    /// <summary>The HTML part as a mail program would show it: no script, no form, nothing from elsewhere; links open outside.</summary>
    [HttpGet("{id:guid}/html")]
    public async Task<IActionResult> Html(Guid id, CancellationToken cancellationToken)
    {
        if (await outbox.ReadAsync(id, headersOnly: false, cancellationToken) is not { HtmlBody: { } html })
            return NotFound();
        MessageFrame.Protect(Response);
        return Content(MessageFrame.Wrap(html), "text/html; charset=utf-8", Encoding.UTF8);
    }

    [HttpGet("{id:guid}/file")]
    public IActionResult Download(Guid id)
        => outbox.Contains(id) ? PhysicalFile(outbox.PathOf(id), "message/rfc822", $"{id:D}.eml") : NotFound();
}

internal sealed record OutboxMessage(Guid Id, MimeMessage Message);

internal sealed record OutboxPage(IReadOnlyList<OutboxMessage> Messages, int Total, int Page, bool HasMore);
