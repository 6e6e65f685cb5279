using Crm.Platform.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Users;

internal sealed class SignInForm
{
    public string? UserName { get; set; }

    public string? Password { get; set; }

    public bool Remember { get; set; }

    public string? ReturnUrl { get; set; }

    /// <summary>What went wrong, in the reader's language.</summary>
    public string? Problem { get; set; }
}

internal sealed class SignInController(ActorContext actor, IStringLocalizer localizer) : Controller
{
    private const int MaxLength = 1000;

    [HttpGet("/login"), AllowAnonymous]
    public IActionResult Index(string? returnUrl)
        => actor.Current.IsAuthenticated ? LocalRedirect(Local(returnUrl)) : View(new SignInForm { ReturnUrl = returnUrl });

    [HttpPost("/login"), AllowAnonymous]
    public async Task<IActionResult> Index([FromForm] SignInForm form, [FromServices] SignInAttempt attempt)
    {
        var given = form is { UserName.Length: > 0 and <= MaxLength, Password.Length: > 0 and <= MaxLength };
        var outcome = given ? await attempt.RunAsync(form.UserName!.Trim(), form.Password!, form.Remember, ClientNetwork.Of(HttpContext)) : SignInOutcome.Wrong;
        if (outcome == SignInOutcome.Done)
            return LocalRedirect(Local(form.ReturnUrl));
        form.Problem = outcome switch
        {
            SignInOutcome.LockedOut => localizer["Too many tries. Wait {0} minutes, then try again.", (int)SignInTries.NameWait.TotalMinutes],
            SignInOutcome.NetworkLockedOut => localizer["Too many tries came from your network. Wait {0} minutes, then try again.", (int)SignInTries.NetworkWait.TotalMinutes],
            _ => localizer["The user name or the password is not right."],
        };
        if (outcome == SignInOutcome.NetworkLockedOut)
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
        ModelState.Clear();
        return View(form);
    }

    [HttpPost("/logout"), AllowAnonymous]
    public async Task<IActionResult> SignOut([FromServices] SignInManager<CrmUser> signIn)
    {
        await signIn.SignOutAsync();
        return LocalRedirect("/login");
    }

    /// <summary>Nobody is sent to another site from here.</summary>
    private string Local(string? url) => Url.IsLocalUrl(url) ? url! : "/";
}
