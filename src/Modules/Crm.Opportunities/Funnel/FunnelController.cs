using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Opportunities.Funnel;

[RequirePermission("opportunities.view")]
internal sealed class FunnelController(SalesFunnel funnel) : Controller
{
    /// <param name="mine">Only what the reader owns.</param>
    [HttpGet("/opportunities/funnel")]
    public async Task<IActionResult> Index(bool mine, CancellationToken cancellationToken) => View(await funnel.ReadAsync(mine, cancellationToken));
}
