using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Crm.Tickets.Portal;

/// <summary>
/// Whoever comes here is a visitor without rights, signed in or not, and reads times as the site does. Pages with secret
/// addresses are kept out of search engines, caches and the addresses that other pages are told.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PortalVisitorAttribute : ActionFilterAttribute
{
    public override void OnActionExecuting(ActionExecutingContext context)
    {
        var services = context.HttpContext.RequestServices;
        services.GetRequiredService<ActorContext>().Current = Actor.Anonymous with { Source = "portal", TimeZone = services.GetRequiredService<SettingsStore>().Site.Zone };
        var headers = context.HttpContext.Response.Headers;
        headers["X-Robots-Tag"] = "noindex, nofollow";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
    }
}
