using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Campaigns.Segments;

/// <summary>Keeps a list as it is shown.</summary>
internal sealed class SegmentsController(IContentManager content, IStringLocalizer localizer) : Controller
{
    [HttpPost("/segments/from-list"), RequirePermission("segments.create")]
    public async Task<IActionResult> FromList([FromForm] string? name, [FromForm] string? type, [FromForm] string? filter, CancellationToken cancellationToken)
    {
        var result = await content.SaveAsync(new ContentChange(SegmentType.Name) { Texts = { ["name"] = name, ["type"] = type, ["filter"] = filter } }, SaveOptions.Default, cancellationToken);
        if (result.Succeeded)
        {
            new Toast(localizer["The list was saved as a segment."]).ShowOnNextPage(this);
            return Redirect($"/segments/{result.Id}");
        }
        new Toast(string.Join(localizer["; "], result.Errors.Select(e => e.Message.For(localizer))), IsBad: true).ShowOnNextPage(this);
        return LocalRedirect(ListLinks.Of(type is "customers" ? "/customers" : "/contacts", ("filter", filter)));
    }
}
