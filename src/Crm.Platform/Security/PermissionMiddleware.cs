using Crm.Platform.Content;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Crm.Platform.Security;

/// <summary>What an endpoint asks of the actor.</summary>
public interface IEndpointPermission
{
    bool Allows(Actor actor, HttpContext context, DefinitionSet definitions);
}

/// <summary>The endpoint needs this permission, whatever its scope.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequirePermissionAttribute(string permission) : Attribute, IEndpointPermission
{
    public string Permission { get; } = permission;

    public bool Allows(Actor actor, HttpContext context, DefinitionSet definitions) => actor.Can(Permission);
}

/// <summary>The endpoint needs the permission for this action on the content type in its route.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequireContentPermissionAttribute(string action) : Attribute, IEndpointPermission
{
    public string Action { get; } = action;

    public bool Allows(Actor actor, HttpContext context, DefinitionSet definitions)
        => context.GetRouteValue("type") is string type && definitions.Find(type) is { } definition && actor.Can(definition, Action);
}

/// <summary>The endpoint is for everybody who has signed in.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class SignedInAttribute : Attribute, IEndpointPermission
{
    public bool Allows(Actor actor, HttpContext context, DefinitionSet definitions) => true;
}

/// <summary>
/// Every endpoint is closed unless it says whom it is for: one that says nothing answers 403 to everybody. Queries and
/// the content manager check again, record by record.
/// </summary>
internal sealed class PermissionMiddleware(RequestDelegate next, ILogger<PermissionMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context, ActorContext actor, ContentDefinitions definitions)
    {
        var endpoint = context.GetEndpoint();
        // What routing itself refuses, such as another method than an address knows, is an endpoint without a route.
        if (endpoint is not RouteEndpoint || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            await next(context);
            return;
        }
        var permissions = endpoint.Metadata.GetOrderedMetadata<IEndpointPermission>();
        if (permissions.Count == 0)
            logger.LogError("Endpoint {Endpoint} does not say whom it is for, so it is closed", endpoint.DisplayName);
        if (!actor.Current.IsAuthenticated)
        {
            SendToSignIn(context);
            return;
        }
        if (actor.Current.OnlyPage is { } only && !context.Request.Path.Equals(only, StringComparison.OrdinalIgnoreCase))
        {
            if (IsPage(context))
                context.Response.Redirect(only);
            else
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        if (permissions.Count == 0 || !permissions.All(p => p.Allows(actor.Current, context, definitions.Current)))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        await next(context);
    }

    private static bool IsPage(HttpContext context) => IsPage(context.Request) && context.Program() is null;

    private static bool IsPage(HttpRequest request)
        => HttpMethods.IsGet(request.Method) && request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase))
            && !request.Headers.ContainsKey("HX-Request");

    private static void SendToSignIn(HttpContext context)
    {
        var request = context.Request;
        if (!IsPage(context))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        context.Response.Redirect($"/login?returnUrl={Uri.EscapeDataString(request.Path + request.QueryString)}");
    }
}
