using Crm.Platform.Content;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crm.Platform.Display;

/// <summary>
/// <c>/{type:contentType(staff)}</c> and <c>/admin/{type:contentType(admin)}</c> match the names of content types that
/// there are at this moment, each in its half of the site.
/// </summary>
internal sealed class ContentTypeConstraint(string half) : IRouteConstraint
{
    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection)
        => routeDirection == RouteDirection.UrlGeneration
            || (httpContext?.RequestServices.GetService(typeof(DefinitionCache)) is DefinitionCache { Set: { } definitions }
                && values[routeKey] is string name && definitions.Find(name) is { IsPart: false } type && type.IsAdmin == (half == "admin"));
}
