using Crm.Platform.Display;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Platform.Security;

/// <summary>
/// Addresses for programs instead of people. Their requests say by themselves who sends them, and a cookie counts for
/// nothing, so that no page elsewhere can make a browser send them; what goes wrong is told in a form for programs and
/// never as a page. Registered as a singleton.
/// </summary>
public interface IProgramInterface
{
    bool Covers(HttpRequest request);

    /// <summary>Null when nobody is known by what the request carries.</summary>
    Task<Actor?> FindActorAsync(HttpContext context);

    /// <summary>Answers with what went wrong. Nothing has been sent yet.</summary>
    Task WriteAsync(HttpContext context, ErrorPage error);
}

internal static class ProgramInterfaces
{
    /// <summary>The interface that a request belongs to; null for people's pages.</summary>
    public static IProgramInterface? Program(this HttpContext context)
    {
        foreach (var program in context.RequestServices.GetServices<IProgramInterface>())
            if (program.Covers(context.Request))
                return program;
        return null;
    }
}
