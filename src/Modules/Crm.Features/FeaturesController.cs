using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Modules;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Features;

/// <summary>What the site can do, and the two steps that switch it.</summary>
[RequirePermission(FeaturesPermissions.Manage)]
internal sealed class FeaturesController(CrmProcess process, SiteHost sites, EnabledFeatures enabled, IStringLocalizer localizer) : Controller
{
    private const string Address = "/admin/features";

    [HttpGet(Address)]
    public IActionResult Index() => View(new FeaturesPage(FeatureList.Of(process, enabled), process.ModuleErrors));

    [HttpGet(Address + "/{id}/enable")]
    public IActionResult Enable(string id) => Ask(id, enable: true);

    [HttpGet(Address + "/{id}/disable")]
    public IActionResult Disable(string id) => Ask(id, enable: false);

    // The switch replaces the site that this very request runs in, and must not stop halfway when the browser leaves.
    [HttpPost(Address + "/{id}/enable")]
    public Task<IActionResult> DoEnable(string id) => SwitchAsync(id, enable: true);

    [HttpPost(Address + "/{id}/disable")]
    public Task<IActionResult> DoDisable(string id) => SwitchAsync(id, enable: false);

    private IActionResult Ask(string id, bool enable)
        => Page(id, enable) is { } page ? View("Switch", page) : NotFound();

    private SwitchPage? Page(string id, bool enable)
    {
        var list = FeatureList.Of(process, enabled);
        if (list.Find(id) is not { } feature || (feature.AlwaysEnabled && !enable))
            return null;
        return new(feature, enable, enable ? process.Catalog.DependenciesOf(feature.Id, list.Enabled) : process.Catalog.DependentsOf(feature.Id, list.Enabled));
    }

    private async Task<IActionResult> SwitchAsync(string id, bool enable)
    {
        if (Page(id, enable) is not { } page)
            return NotFound();
        try
        {
            await (enable ? sites.EnableAsync([page.Feature.Id], CancellationToken.None) : sites.DisableAsync([page.Feature.Id], CancellationToken.None));
        }
        catch (SetupException e)
        {
            Response.StatusCode = StatusCodes.Status409Conflict;
            return View("Switch", page with { Problem = e.Reason.For(localizer) });
        }
        var name = localizer[page.Feature.Name].Value;
        new Toast(enable ? localizer["{0} is on.", name] : localizer["{0} is off. Its records are kept.", name]).ShowOnNextPage(this);
        return Redirect(Address);
    }
}

/// <summary><c>/admin</c> is wherever the user may go first.</summary>
[SignedIn]
internal sealed class AdminController(Menu menu) : Controller
{
    [HttpGet("/admin")]
    public IActionResult Index()
        => menu.Entries(admin: true) is [var first, ..] ? Redirect(first.Url) : StatusCode(StatusCodes.Status403Forbidden);
}
