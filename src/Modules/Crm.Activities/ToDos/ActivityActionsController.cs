using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Activities.ToDos;

/// <summary>One click each, from wherever an activity is shown; every one can be taken back.</summary>
[Route("/activities/{id:guid}"), RequirePermission("activities.edit")]
internal sealed class ActivityActionsController(IContentManager content, QueryEngine queries, IStringLocalizer localizer) : Controller
{
    private static readonly Dictionary<string, string> Times = new(StringComparer.Ordinal)
    {
        ["later"] = "@now+3h",
        ["tomorrow"] = "@today+1 09:00",
        ["days"] = "@today+3 09:00",
        ["week"] = "@week+1 09:00",
    };

    [HttpPost("done")]
    public Task<IActionResult> Done(Guid id, string? returnUrl, CancellationToken cancellationToken)
        => ChangeAsync(id, new() { [ActivityFields.Status] = ActivityStatus.Done }, "“{0}” is done.", _ => ("reopen", null), returnUrl, cancellationToken);

    [HttpPost("reopen")]
    public Task<IActionResult> Reopen(Guid id, string? returnUrl, CancellationToken cancellationToken)
        => ChangeAsync(id, new() { [ActivityFields.Status] = ActivityStatus.Open }, "“{0}” is open again.", _ => ("done", null), returnUrl, cancellationToken);

    /// <param name="to">A key of the menu, or a moment in the culture-free form; nothing takes the date away.</param>
    [HttpPost("snooze")]
    public Task<IActionResult> Snooze(Guid id, string? to, string? returnUrl, CancellationToken cancellationToken)
        => ChangeAsync(id, new() { [ActivityFields.DueAt] = Times.GetValueOrDefault(to ?? "") ?? to }, "“{0}” is put off.",
            before => ("snooze", before[ActivityFields.DueAt] is DateTime due ? due.ToString("O", CultureInfo.InvariantCulture) : null), returnUrl, cancellationToken);

    /// <param name="undo">The action that takes it back, and its <c>to</c>, from the activity as it was.</param>
    private async Task<IActionResult> ChangeAsync(Guid id, Dictionary<string, string?> texts, string said, Func<ContentItem, (string Action, string? To)> undo, string? returnUrl, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(ActivityType.Name, id, cancellationToken) is not { } before)
            return NotFound();
        var result = await content.SaveAsync(new ContentChange(ActivityType.Name) { Id = id, Texts = texts }, SaveOptions.Default, cancellationToken);
        if (result.Status is SaveStatus.Forbidden or SaveStatus.NotFound)
            return StatusCode(result.Status == SaveStatus.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status404NotFound);
        var back = Url.IsLocalUrl(returnUrl) ? returnUrl! : $"{ActivitiesMenu.Url}/{id}";
        var (action, to) = undo(before);
        var toast = result.Succeeded
            ? new Toast(localizer[said, before.DisplayText], ListLinks.Of($"{ActivitiesMenu.Url}/{id}/{action}", ("to", to), ("returnUrl", back)))
            : new Toast(string.Join(localizer["; "], result.Errors.Select(e => e.Message.For(localizer))), IsBad: true);
        toast.ShowOnNextPage(this);
        return LocalRedirect(back);
    }
}
