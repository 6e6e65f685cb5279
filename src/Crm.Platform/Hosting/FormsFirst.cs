using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Crm.Platform.Hosting;

/// <summary>
/// Reads a form before its token is looked for: else one that is too large, and so cannot be read, would be refused as one
/// without a token.
/// </summary>
internal sealed class FormsFirst : IAsyncAuthorizationFilter, IOrderedFilter
{
    /// <summary>After what an action allows a body to have (900), before the token (1000).</summary>
    public int Order => 950;

    public async Task OnAuthorizationAsync(AuthorizationFilterContext context)
    {
        var request = context.HttpContext.Request;
        if (!request.HasFormContentType || context.Filters.Any(f => f is IgnoreAntiforgeryTokenAttribute))
            return;
        try
        {
            await request.ReadFormAsync(context.HttpContext.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw new BadHttpRequestException(e.Message, StatusCodes.Status400BadRequest, e);
        }
    }
}
