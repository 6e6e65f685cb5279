using Microsoft.AspNetCore.Http;
using Crm.Platform.Display;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Users;

internal sealed class ChangePasswordForm
{
    public string? Old { get; set; }

    public string? New { get; set; }

    public string? Again { get; set; }
}

/// <param name="IsForced">An initial password has to be replaced before anything else.</param>
internal sealed record ChangePasswordPage(bool IsForced, string? OldError = null, string? NewError = null, string? AgainError = null);

/// <summary>Changing one's own password.</summary>
[SignedIn]
internal sealed class PasswordController(UserManager<CrmUser> users, SignInManager<CrmUser> signIn, ActorContext actor, IStringLocalizer localizer) : Controller
{
    private bool IsForced => actor.Current.OnlyPage is not null;

    [HttpGet(UserActors.ChangePasswordPath)]
    public IActionResult Index() => View(new ChangePasswordPage(IsForced));

    [HttpPost(UserActors.ChangePasswordPath)]
    public async Task<IActionResult> Index([FromForm] ChangePasswordForm form)
    {
        if (await users.GetUserAsync(User) is not { } user)
            return Forbid();
        var check = await signIn.CheckPasswordSignInAsync(user, form.Old ?? "", lockoutOnFailure: true);
        if (check.IsLockedOut)
        {
            await signIn.SignOutAsync();
            return LocalRedirect("/login");
        }
        var page = new ChangePasswordPage(IsForced)
        {
            OldError = check.Succeeded ? null : localizer["This is not your password."].Value,
            NewError = form.New == form.Old && check.Succeeded ? localizer["The new password must differ from the old one."].Value : PasswordPolicy.Check(form.New, user.UserName)?.For(localizer),
            AgainError = form.New == form.Again ? null : localizer["This is not the same password."].Value,
        };
        if (page is { OldError: null, NewError: null, AgainError: null })
        {
            user.Credentials = user.Credentials with { MustChangePassword = false };
            var result = await users.ChangePasswordAsync(user, form.Old!, form.New!);
            if (result.Succeeded)
            {
                // Other sessions have ended; this one goes on.
                await signIn.RefreshSignInAsync(user);
                new Toast(localizer["Your password is changed."]).ShowOnNextPage(this);
                return LocalRedirect("/");
            }
            page = page with { NewError = result.Errors.First().Description };
        }
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return View(page);
    }
}

/// <summary>Model of <c>_PasswordInput</c>.</summary>
internal sealed record PasswordInput(string Name, string Label, string? Error, string AutoComplete)
{
    public string? Hint { get; init; }

    public bool IsOptional { get; init; }

    public string? DescribedBy => (Error, Hint) switch
    {
        (null, null) => null,
        (null, _) => $"{Name}-hint",
        (_, null) => $"{Name}-error",
        _ => $"{Name}-error {Name}-hint",
    };
}
