using System.Net;
using System.Text;
using Crm.Email.Outbox;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Email.Templates;

/// <summary>What a template looks like to a recipient, saved or as it is being written.</summary>
[RequirePermission("emailTemplates.view")]
internal sealed class EmailTemplatesController(MailTemplates templates, QueryEngine queries, ContentDefinitions definitions, ActorContext actor, IStringLocalizer localizer) : Controller
{
    private const int Longest = 200_000;

    [HttpGet("/emailTemplates/{id:guid}/preview")]
    public async Task<IActionResult> Saved(Guid id, Guid? recipient, CancellationToken cancellationToken)
        => await queries.GetAsync(EmailTemplateType.Name, id, cancellationToken) is { } template ? await ShowAsync(TemplateParts.Of(template), recipient, cancellationToken) : NotFound();

    /// <summary>The form's texts, which nobody has saved: for those who may save them.</summary>
    [HttpPost("/emailTemplates/preview")]
    public async Task<IActionResult> Unsaved([FromForm] string? subject, [FromForm] string? html, [FromForm] string? text, [FromForm] Guid? recipient, CancellationToken cancellationToken)
        => actor.Current.Can("emailTemplates.create") || actor.Current.Can("emailTemplates.edit")
            ? await ShowAsync(new(Cut(subject), Cut(html), Cut(text)), recipient, cancellationToken)
            : StatusCode(StatusCodes.Status403Forbidden);

    private static string Cut(string? text) => text is null ? "" : text.Length > Longest ? text[..Longest] : text;

    private async Task<IActionResult> ShowAsync(TemplateParts parts, Guid? recipient, CancellationToken cancellationToken)
    {
        MessageFrame.Protect(Response);
        string page;
        try
        {
            if ((recipient ?? await AnybodyAsync(cancellationToken)) is not { } id)
                throw new TemplateException(new("There is no contact yet to show the template for"));
            page = MessageFrame.Page(await templates.RenderAsync(parts, "contacts", id, cancellationToken), localizer);
        }
        catch (TemplateException e)
        {
            page = MessageFrame.Wrap($"<p style=\"color:#b42525;font:14px/20px sans-serif\">{WebUtility.HtmlEncode(e.Reason.For(localizer))}</p>");
        }
        return Content(page, "text/html; charset=utf-8", Encoding.UTF8);
    }

    /// <summary>Until a recipient is chosen, the first contact that has an address.</summary>
    private async Task<Guid?> AnybodyAsync(CancellationToken cancellationToken)
        => definitions.Current.Find("contacts") is null ? null : (await queries.ListAsync(new Query("contacts") { Columns = [], Take = 1, Where = new CompareFilter("email", Platform.Fields.FilterOperator.NotEqual, null) }, cancellationToken)).Items is [var first] ? first.Id : null;
}
