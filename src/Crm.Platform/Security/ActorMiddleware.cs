using System.Globalization;
using System.Security.Claims;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Localization;

namespace Crm.Platform.Security;

/// <summary>Brings definitions and settings up to date, says who acts, and sets the request's language.</summary>
internal sealed class ActorMiddleware(RequestDelegate next)
{
    public const string CultureCookie = "crm.culture";

    public async Task InvokeAsync(HttpContext context, ActorContext actor, SettingsStore settings, ContentDefinitions definitions, Actors actors, DbSession session)
    {
        // Who reads slowly must not keep a connection meanwhile.
        context.Response.OnStarting(() => session.ReleaseAsync().AsTask());
        // Static files need neither.
        if (context.GetEndpoint()?.Metadata.GetMetadata<Microsoft.AspNetCore.StaticAssets.StaticAssetDescriptor>() is null)
        {
            await settings.RefreshAsync(context.RequestAborted);
            await definitions.RefreshAsync(context.RequestAborted);
            var program = context.Program();
            if (program is not null)
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity());
                actor.Current = await program.FindActorAsync(context) ?? Actor.Anonymous;
            }
            else if (context.User.Identity?.IsAuthenticated == true)
            {
                actor.Current = await actors.FindAsync(context.User, context.RequestAborted) ?? Actor.Anonymous;
            }
            var chosen = ChosenCulture(context, actor.Current);
            // A program has no choice of its own: it says what it wants, or gets what its user has.
            var culture = CultureInfo.GetCultureInfo((program is null ? chosen ?? Accepted(context) : Accepted(context) ?? chosen) ?? settings.Site.Culture);
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = culture;
            // The current culture ends with this call; what comes after it, such as error pages, finds it here.
            context.Features.Set<IRequestCultureFeature>(new RequestCultureFeature(new RequestCulture(culture), null));
        }
        await next(context);
    }

    /// <summary>The user's own choice, else the browser's cookie.</summary>
    private static string? ChosenCulture(HttpContext context, Actor actor)
    {
        if (actor.Culture is { } own && SiteSettings.Cultures.Contains(own))
            return own;
        return context.Request.Cookies[CultureCookie] is { } chosen && SiteSettings.Cultures.Contains(chosen) ? chosen : null;
    }

    /// <summary>The language that the browser asks for.</summary>
    private static string? Accepted(HttpContext context)
    {
        var accepted = context.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(l => l.Quality ?? 1).Select(l => l.Value.Value ?? "");
        foreach (var language in accepted)
        {
            if (language.StartsWith("zh", StringComparison.OrdinalIgnoreCase))
                return "zh-CN";
            if (language.StartsWith("en", StringComparison.OrdinalIgnoreCase))
                return "en";
        }
        return null;
    }
}
