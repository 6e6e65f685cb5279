using System.Globalization;
using Crm.Platform.Display;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Api.Tokens;

internal sealed class TokenForm
{
    public const int UsualDays = 365;

    public string? Name { get; set; }

    public int Days { get; set; } = UsualDays;

    public static IReadOnlyList<int> Choices { get; } = [30, 90, UsualDays, 2 * 365, 5 * 365];
}

/// <param name="New">The text of a token that was just made; told once.</param>
internal sealed record TokensPage(IReadOnlyList<Token> Tokens, DateTime Now, string Root, TokenForm Form, string? New = null, string? Error = null);

/// <summary>One's own tokens.</summary>
[Route("/profile/tokens"), RequirePermission(ApiPermissions.Use)]
internal sealed class TokensController(TokenStore tokens, ActorContext actor, TimeProvider clock, IStringLocalizer localizer) : Controller
{
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken cancellationToken) => View(await PageAsync(new(), cancellationToken));

    [HttpPost("")]
    public async Task<IActionResult> Create([FromForm] TokenForm form, CancellationToken cancellationToken)
    {
        var (token, problem) = await tokens.CreateAsync(actor.Current.UserId!.Value, form.Name, TimeSpan.FromDays(Math.Clamp(form.Days, 0, 10_000)), cancellationToken);
        // The answer itself tells the token: nothing else keeps it, and no browser either.
        Response.Headers.CacheControl = "no-cache, no-store";
        if (problem is null)
            return View("Index", await PageAsync(new(), cancellationToken) with { New = token });
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return View("Index", await PageAsync(form, cancellationToken) with { Error = problem.For(localizer) });
    }

    [HttpPost("{id:guid}/revoke")]
    public async Task<IActionResult> Revoke(Guid id, CancellationToken cancellationToken)
    {
        if (!await tokens.RevokeAsync(actor.Current.UserId!.Value, id, cancellationToken))
            return NotFound();
        new Toast(localizer["The token is revoked. What used it can no longer sign in."]).ShowOnNextPage(this);
        return LocalRedirect("/profile/tokens");
    }

    private async Task<TokensPage> PageAsync(TokenForm form, CancellationToken cancellationToken)
        => new(await tokens.ListAsync(actor.Current.UserId!.Value, cancellationToken), clock.GetUtcNow().UtcDateTime, Records.RecordJson.Root(HttpContext), form);

    public static string LifeOf(int days, IStringLocalizer localizer)
        => days < TokenForm.UsualDays ? localizer["{0} days", days] : days == TokenForm.UsualDays ? localizer["1 year"] : localizer["{0} years", (days / TokenForm.UsualDays).ToString(CultureInfo.CurrentCulture)];
}
