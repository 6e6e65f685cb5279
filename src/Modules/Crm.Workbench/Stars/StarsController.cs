using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Workbench.Stars;

/// <summary>Marks a record that the user may see, or takes the mark away.</summary>
[SignedIn]
internal sealed class StarsController(StarStore stars, QueryEngine queries, ContentDefinitions definitions, ActorContext actor, IStringLocalizer localizer) : Controller
{
    /// <param name="wide">From the head of the record's page, and not from a row.</param>
    [HttpPost("/stars/{of}/{id:guid}")]
    public async Task<IActionResult> Set(string of, Guid id, [FromForm] bool starred, [FromForm] bool wide, [FromForm] string? returnUrl, CancellationToken cancellationToken)
    {
        if (definitions.Current.Find(of) is not { } type || !actor.Current.CanOpen(type) || await queries.GetAsync(type.Name, id, cancellationToken) is not { } item)
            return NotFound();
        var done = await stars.SetAsync(type, id, starred, cancellationToken);
        if (!done)
            new Toast(localizer["You have starred {0} records, which is the most. Take some stars away first.", StarStore.MostPerUser], IsBad: true).ShowOnNextPage(this);
        // In place, where there is script; the message about too many needs a page.
        if (done && Request.Headers.ContainsKey("HX-Request"))
            return PartialView(wide ? "_Star" : "_StarInRow", new Star(type, id, item.DisplayText, starred));
        var back = Url.IsLocalUrl(returnUrl) ? returnUrl! : $"{type.Path}/{id}";
        if (!Request.Headers.ContainsKey("HX-Request"))
            return LocalRedirect(back);
        Response.Headers["HX-Redirect"] = back;
        return Ok();
    }
}
