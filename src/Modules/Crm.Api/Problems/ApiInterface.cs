using Crm.Api.Tokens;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;

namespace Crm.Api.Problems;

/// <summary>What was wrong with a request's token.</summary>
internal sealed record TokenRefusal(int Status, Message Detail, string Challenge);

/// <summary>
/// Everything below <c>/api</c>, and below <c>/openapi</c> what carries a token: the description may be read in a browser
/// as well.
/// </summary>
internal sealed class ApiInterface(TokenLimits limits) : IProgramInterface
{
    private const string Scheme = "Bearer";

    public bool Covers(HttpRequest request)
        => request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            || (request.Path.StartsWithSegments("/openapi", StringComparison.OrdinalIgnoreCase) && request.Headers.Authorization.Count > 0);

    public async Task<Actor?> FindActorAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme + " ", StringComparison.OrdinalIgnoreCase) || header[(Scheme.Length + 1)..].Trim() is not { Length: > 0 } text)
            return Refuse(context, "Send a token as Authorization: Bearer <token>. Make one in your profile", Scheme);
        if (limits.MayGuess(context) is { } wait)
            return Wait(context, wait);
        var store = services.GetRequiredService<TokenStore>();
        if (text.Length > 200 || !text.StartsWith(TokenStore.Mark, StringComparison.Ordinal) || await store.FindAsync(text, context.RequestAborted) is not { } token)
        {
            limits.NoteGuess(context);
            return Refuse(context, "This token is unknown, or it was revoked", Invalid("unknown"));
        }
        if (token.IsExpired(services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime))
            return Refuse(context, "This token has expired; make another in your profile", Invalid("expired"));
        if (limits.Ask(token.Id) is { } pause)
            return Wait(context, pause);
        if (await services.GetRequiredService<Actors>().OfRequestAsync(token.User, context.RequestAborted) is not { } actor)
            return Refuse(context, "The user of this token may no longer sign in", Invalid("inactive"));
        await store.NoteUseAsync(token, context.RequestAborted);
        return actor with { Source = "api" };
    }

    public Task WriteAsync(HttpContext context, ErrorPage error)
    {
        var refusal = context.Features.Get<TokenRefusal>();
        if (error.Status != StatusCodes.Status401Unauthorized || refusal is null)
            return new ApiProblem(error.Status, Say(context, error), []) { Reference = error.Reference }.WriteAsync(context);
        if (refusal.Challenge.Length > 0)
            context.Response.Headers.WWWAuthenticate = refusal.Challenge;
        return new ApiProblem(refusal.Status, refusal.Detail, []).WriteAsync(context);
    }

    private static Message Say(HttpContext context, ErrorPage error) => error.Status switch
    {
        _ when error.Detail is { } detail => new("{0}", detail),
        StatusCodes.Status404NotFound => new("There is nothing at {0}; GET /api lists what there is", context.Request.Path.Value ?? ""),
        StatusCodes.Status405MethodNotAllowed => new("{0} is not possible here", context.Request.Method),
        StatusCodes.Status403Forbidden when context.RequestServices.GetRequiredService<ActorContext>().Current.OnlyPage is not null => new("The user of this token has to choose a password first: sign in once"),
        StatusCodes.Status403Forbidden => new("You have no right to do this"),
        StatusCodes.Status413PayloadTooLarge => new("The body is too large: at most {0} bytes", Records.BodyReader.LargestBody),
        StatusCodes.Status415UnsupportedMediaType => new("Send the body as application/json"),
        StatusCodes.Status500InternalServerError => new("Something went wrong here. Tell an administrator the reference"),
        _ => new("The request cannot be answered"),
    };

    private static string Invalid(string why) => $"{Scheme} error=\"invalid_token\", error_description=\"{why}\"";

    private static Actor? Refuse(HttpContext context, string detail, string challenge)
    {
        context.Features.Set(new TokenRefusal(StatusCodes.Status401Unauthorized, new Message(detail), challenge));
        return null;
    }

    private static Actor? Wait(HttpContext context, TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Features.Set(new TokenRefusal(StatusCodes.Status429TooManyRequests, new Message("Too many requests; go on in {0} seconds", seconds), ""));
        return null;
    }
}
