using Crm.Platform.Content;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Customers.Duplicates;

/// <summary>What is there already, while somebody types.</summary>
internal sealed class DuplicatesController(CustomerDuplicates duplicates) : Controller
{
    [HttpGet("/{type:regex(^(customers|contacts)$)}/duplicates"), RequireContentPermission(ContentActions.View)]
    public async Task<IActionResult> Find([FromRoute] string type, CancellationToken cancellationToken)
        => PartialView("_DuplicateList", new DuplicatesPart(type, await duplicates.FindAsync(type, name => Request.Query[name].ToString(), cancellationToken), false));
}
