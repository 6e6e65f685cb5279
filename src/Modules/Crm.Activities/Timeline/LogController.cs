using System.Globalization;
using Crm.Contents.Forms;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Activities.Timeline;

internal sealed class LogForm
{
    public string? Kind { get; set; }

    public string? Regarding { get; set; }

    /// <summary>Its first line becomes the subject.</summary>
    public string? Text { get; set; }

    public string? DueAt { get; set; }

    public string? FollowUpAt { get; set; }

    /// <summary>The record's page as the reader has it; null for the plain one.</summary>
    public string? ReturnUrl { get; set; }
}

/// <summary>What the form above a timeline sends: a task is still to be done, the other kinds have happened.</summary>
internal sealed class LogController(IContentManager content, ContentDefinitions definitions, NewRecordForm full, IStringLocalizer localizer) : Controller
{
    private const int LongestSubject = 200;

    [HttpPost("/activities/log"), RequirePermission("activities.create")]
    public async Task<IActionResult> Log([FromForm] LogForm form, CancellationToken cancellationToken)
    {
        if (RecordLink.Read(form.Regarding) is not { } about || definitions.Current.Find(about.Type) is not { } type)
            return BadRequest();
        var kind = ActivityKinds.All.Contains(form.Kind) ? form.Kind! : ActivityKinds.Note;
        var (subject, rest) = Split(form.Text ?? "");
        var isTask = kind == ActivityKinds.Task;
        var texts = new Dictionary<string, string?>
        {
            [ActivityFields.Kind] = kind,
            [ActivityFields.Regarding] = about.ToString(),
            [ActivityFields.Subject] = subject,
            [ActivityFields.Description] = rest,
            [ActivityFields.Status] = isTask ? ActivityStatus.Open : ActivityStatus.Done,
            [ActivityFields.DueAt] = isTask ? form.DueAt : null,
            [ActivityFields.FollowUpAt] = isTask ? null : form.FollowUpAt,
        };
        var result = await content.SaveAsync(new ContentChange(ActivityType.Name) { Texts = texts }, new SaveOptions { Culture = CultureInfo.CurrentCulture }, cancellationToken);
        if (result.Status == SaveStatus.Forbidden)
            return StatusCode(StatusCodes.Status403Forbidden);
        if (result.Succeeded)
        {
            new Toast(localizer["“{0}” was saved.", subject]).ShowOnNextPage(this);
            return LocalRedirect(Url.IsLocalUrl(form.ReturnUrl) ? form.ReturnUrl! : $"{type.Path}/{about.Id}");
        }
        // What was typed goes on in the full form, which shows each error beside its field.
        return await full.ShowAsync(this, ActivityType.Name, texts, result.Errors, cancellationToken);
    }

    private static (string Subject, string? More) Split(string text)
    {
        var trimmed = text.Trim().ReplaceLineEndings("\n");
        var end = trimmed.IndexOf('\n', StringComparison.Ordinal);
        var first = end < 0 ? trimmed : trimmed[..end].TrimEnd();
        if (first.Length > LongestSubject)
            return (string.Concat(first.AsSpan(0, LongestSubject - 1), "…"), trimmed);
        return (first, end < 0 ? null : trimmed[(end + 1)..].Trim());
    }
}
