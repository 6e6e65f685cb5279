using Microsoft.AspNetCore.Http;

namespace Crm.Platform.Display;

/// <summary>
/// A form that a script sends is told where to go next instead of being sent there: the script would follow a redirect
/// itself, and take the message that is for the next page.
/// </summary>
internal sealed class InPlaceForms(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        var response = context.Response;
        if (context.Request.Headers.XRequestedWith != "form" || response.HasStarted || response.StatusCode != StatusCodes.Status302Found)
            return;
        response.Headers["X-Location"] = response.Headers.Location;
        response.Headers.Remove("Location");
        response.StatusCode = StatusCodes.Status204NoContent;
    }
}
