using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;
using Crm.Reports.Engine;
using Crm.Reports.Saved;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Reports.Pages;

/// <summary>Keeps a report under a name.</summary>
[Route("/reports"), RequirePermission(ReportPermissions.View)]
internal sealed class SavedReportsController(IContentManager content, IStringLocalizer localizer) : Controller
{
    [HttpPost("{name}/save")]
    public async Task<IActionResult> Save(string name, [FromForm] SaveInput input, CancellationToken cancellationToken)
    {
        var parameters = ReportParameters.Parse(input.Parameters ?? "");
        var texts = new Dictionary<string, string?> { ["report"] = name, ["parameters"] = parameters.ToString() };
        if (input.Id is null || input.Title is not null)
        {
            texts["name"] = input.Title;
            texts["visibility"] = input.Shared ? SavedReportType.Shared : SavedReportType.Private;
        }
        var result = await content.SaveAsync(new ContentChange(SavedReportType.Name) { Id = input.Id, Texts = texts }, SaveOptions.Default, cancellationToken);
        if (result.Status is SaveStatus.Forbidden or SaveStatus.NotFound)
            return StatusCode(result.Status == SaveStatus.Forbidden ? 403 : 404);
        var said = result.Succeeded ? localizer["The report was saved."].Value : string.Join(localizer["; "], result.Errors.Select(e => e.Message.For(localizer)));
        new Toast(said, IsBad: !result.Succeeded).ShowOnNextPage(this);
        return Redirect(parameters.Address($"/reports/{Uri.EscapeDataString(name)}", ("saved", (result.Succeeded ? result.Id : input.Id)?.ToString("D"))));
    }
}

internal sealed class SaveInput
{
    /// <summary>The saved report that gets these parameters; null for a new one.</summary>
    public Guid? Id { get; set; }

    public string? Title { get; set; }

    public bool Shared { get; set; }

    /// <summary>The report's query string.</summary>
    public string? Parameters { get; set; }
}
