using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Opportunities.Winning;

/// <summary>The pages that ask what converting, losing and reopening an opportunity need. Each is one save.</summary>
[Route("/opportunities/{id:guid}"), RequirePermission("opportunities.edit")]
internal sealed class ClosingController(ContentDefinitions definitions, IContentManager content, QueryEngine queries, ClosingForm form, ReopeningConsent consent, ActorContext actor, IStringLocalizer localizer) : Controller
{
    private ContentTypeDefinition Type => definitions.Current.Get(OpportunityType.Name);

    [HttpGet("convert")]
    public Task<IActionResult> Convert(Guid id, CancellationToken cancellationToken) => AskAsync(id, ClosingStep.Convert, cancellationToken);

    [HttpPost("convert")]
    public Task<IActionResult> Convert(Guid id, [FromForm] long version, CancellationToken cancellationToken)
        => SaveAsync(id, version, ClosingStep.Convert, StageKeys.Won, cancellationToken);

    [HttpGet("lose")]
    public Task<IActionResult> Lose(Guid id, CancellationToken cancellationToken) => AskAsync(id, ClosingStep.Lose, cancellationToken);

    [HttpPost("lose")]
    public Task<IActionResult> Lose(Guid id, [FromForm] long version, CancellationToken cancellationToken)
        => SaveAsync(id, version, ClosingStep.Lose, StageKeys.Lost, cancellationToken);

    [HttpGet("reopen")]
    public Task<IActionResult> Reopen(Guid id, CancellationToken cancellationToken) => AskAsync(id, ClosingStep.Reopen, cancellationToken);

    [HttpPost("reopen")]
    public Task<IActionResult> Reopen(Guid id, [FromForm] long version, [FromForm] string stage, CancellationToken cancellationToken)
    {
        // The page has said what becomes of the deal.
        consent.Give(id);
        return StageKeys.Open(Type).Any(o => o.Key == stage)
            ? SaveAsync(id, version, ClosingStep.Reopen, stage, cancellationToken)
            : Task.FromResult<IActionResult>(BadRequest());
    }

    private async Task<IActionResult> AskAsync(Guid id, ClosingStep step, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(OpportunityType.Name, id, cancellationToken) is not { } item)
            return NotFound();
        if (!actor.Current.Can(Type, ContentActions.Edit, item))
            return StatusCode(StatusCodes.Status403Forbidden);
        return View("Closing", await form.PageAsync(Type, item, step, [], null, cancellationToken));
    }

    private async Task<IActionResult> SaveAsync(Guid id, long version, ClosingStep step, string stage, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(OpportunityType.Name, id, cancellationToken) is not { } item)
            return NotFound();
        if (ClosingForm.Refusal(item, step) is not null)
            return await ShowAsync(item, step, [], StatusCodes.Status409Conflict, cancellationToken);
        var change = new ContentChange(OpportunityType.Name) { Id = id, Version = version, Texts = form.Texts(Type, step, Request.Form), Values = { [OpportunityType.Stage] = stage } };
        var result = await content.SaveAsync(change, new SaveOptions { Culture = CultureInfo.CurrentCulture }, cancellationToken);
        switch (result.Status)
        {
            case SaveStatus.Forbidden:
                return StatusCode(StatusCodes.Status403Forbidden);
            case SaveStatus.NotFound:
                return NotFound();
            case SaveStatus.Conflict or SaveStatus.Invalid:
                var current = await queries.GetAsync(OpportunityType.Name, id, cancellationToken) ?? item;
                return await ShowAsync(current, step, result.Errors, result.Status == SaveStatus.Conflict ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest, cancellationToken);
        }
        new Toast(step switch
        {
            ClosingStep.Convert => localizer["“{0}” is won. Its deal was made.", item.DisplayText],
            ClosingStep.Lose => localizer["“{0}” is lost.", item.DisplayText],
            _ => localizer["“{0}” is open again.", item.DisplayText],
        }).ShowOnNextPage(this);
        var deal = step == ClosingStep.Convert ? await form.DealAsync(id, cancellationToken) : null;
        return Redirect(deal is null ? $"{Type.Path}/{id}" : $"/{DealType.Name}/{deal.Id}");
    }

    private async Task<ViewResult> ShowAsync(ContentItem item, ClosingStep step, IReadOnlyList<FieldError> errors, int status, CancellationToken cancellationToken)
    {
        Response.StatusCode = status;
        return View("Closing", await form.PageAsync(Type, item, step, errors, Request.Form, cancellationToken));
    }
}
