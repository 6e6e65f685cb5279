using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Platform.Display;

/// <summary>The language switch, before and after signing in.</summary>
internal sealed class CultureController(ActorContext actor, Actors actors) : Controller
{
    [HttpPost("/culture"), AllowAnonymous]
    public async Task<IActionResult> Choose([FromForm] string culture, [FromForm] string? returnUrl, CancellationToken cancellationToken)
    {
        if (!SiteSettings.Cultures.Contains(culture))
            return BadRequest();
        Response.Cookies.Append(ActorMiddleware.CultureCookie, culture, new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            SameSite = SameSiteMode.Lax,
            Secure = Request.IsHttps,
            MaxAge = TimeSpan.FromDays(365),
        });
        if (actor.Current.UserId is not null)
            await actors.RememberCultureAsync(actor.Current, culture, cancellationToken);
        return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl! : "/");
    }
}
