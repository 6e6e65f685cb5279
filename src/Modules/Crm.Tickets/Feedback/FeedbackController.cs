using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Tickets.Feedback;

internal sealed record AnswerForm(ContentItem Feedback, string? Text, string? MailedTo, string? Error);

/// <summary>Answers feedback from its page.</summary>
[Route("/feedback/{id:guid}"), RequirePermission("feedback.edit")]
internal sealed class FeedbackController(QueryEngine queries, IContentManager content, EnabledFeatures features, IStringLocalizer localizer) : Controller
{
    [HttpPost("answer")]
    public async Task<IActionResult> Answer(Guid id, [FromForm] string? text, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(FeedbackType.Name, id, cancellationToken) is not { } feedback)
            return NotFound();
        var mailedTo = features.Contains("Crm.Email") ? feedback.Get<string>(TicketFields.RequesterEmail) : null;
        var (result, error) = ((SaveResult?)null, string.IsNullOrWhiteSpace(text) ? localizer["Write the answer first"].Value : null);
        if (error is null)
        {
            result = await content.SaveAsync(new ContentChange(FeedbackType.Name) { Id = id, Texts = { [FeedbackFields.Answer] = text } }, SaveOptions.Default, cancellationToken);
            if (result.Status == SaveStatus.Forbidden)
                return StatusCode(StatusCodes.Status403Forbidden);
            error = result.Succeeded ? null : result.Errors[0].Message.For(localizer);
        }
        if (error is not null)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return View(new AnswerForm(feedback, text, mailedTo, error));
        }
        new Toast(mailedTo is null ? localizer["The answer was recorded."] : localizer["The answer is on its way to {0}.", mailedTo]).ShowOnNextPage(this);
        return Redirect($"/feedback/{id}");
    }
}

/// <summary>What the person wrote, our answer, and the form for it.</summary>
internal sealed record FeedbackView(ContentItem Feedback, AnswerForm? Form);

internal sealed class FeedbackPart(EnabledFeatures features, ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.RecordMain;

    public int Order => 5;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        if (context is not { Type: { Name: FeedbackType.Name } type, Item: { } feedback })
            return Task.FromResult<SlotView?>(null);
        var canAnswer = feedback[FeedbackFields.Answer] is null && actor.Current.Can(type, ContentActions.Edit, feedback);
        var mailedTo = features.Contains("Crm.Email") ? feedback.Get<string>(TicketFields.RequesterEmail) : null;
        return Task.FromResult<SlotView?>(new("_Feedback", new FeedbackView(feedback, canAnswer ? new(feedback, null, mailedTo, null) : null)));
    }
}
