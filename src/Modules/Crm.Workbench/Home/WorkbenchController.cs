using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Workbench.Home;

/// <summary>The first page after signing in. Everything on it comes through slots.</summary>
internal sealed class WorkbenchController : Controller
{
    [HttpGet("/"), SignedIn]
    public IActionResult Index() => View();
}
