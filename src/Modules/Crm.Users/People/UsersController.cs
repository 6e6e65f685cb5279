using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Users;

internal sealed record SetPasswordPage(Guid Id, string Name, string UserName, string? Error = null);

/// <summary>What an administrator does with users besides the forms that every record has.</summary>
[Route("/admin/users/{id:guid}"), RequirePermission("users.edit")]
internal sealed class UsersController(
    ContentDefinitions definitions,
    QueryEngine queries,
    IContentManager content,
    Passwords passwords,
    UserRights rights,
    ActorContext actor,
    IStringLocalizer localizer) : Controller
{
    [HttpGet("password")]
    public async Task<IActionResult> Password(Guid id, CancellationToken cancellationToken)
        => await FindAsync(id, cancellationToken) is { } page ? View("SetPassword", page) : NotFound();

    /// <summary>Gives an initial password: the user has to choose another after signing in with it.</summary>
    [HttpPost("password")]
    public async Task<IActionResult> SetPassword(Guid id, [FromForm] string? password, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } page)
            return NotFound();
        // One's own is changed with the old one, not reset.
        if (id == actor.Current.UserId)
            return LocalRedirect(UserActors.ChangePasswordPath);
        if (await passwords.SetAsync(id, password ?? "", mustChange: true, cancellationToken) is { } problem)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return View("SetPassword", page with { Error = problem.For(localizer) });
        }
        new Toast(localizer["{0} signs in with this password once, then chooses another.", page.Name]).ShowOnNextPage(this);
        return Redirect($"/admin/users/{id}");
    }

    [HttpPost("activate")]
    public Task<IActionResult> Activate(Guid id, CancellationToken cancellationToken) => SetActiveAsync(id, true, "“{0}” can sign in again.", cancellationToken);

    [HttpPost("deactivate")]
    public Task<IActionResult> Deactivate(Guid id, CancellationToken cancellationToken) => SetActiveAsync(id, false, "“{0}” can no longer sign in.", cancellationToken);

    private async Task<IActionResult> SetActiveAsync(Guid id, bool active, string done, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(SystemTypes.Users, id, cancellationToken) is not { } user)
            return NotFound();
        var result = await content.SaveAsync(new ContentChange(SystemTypes.Users) { Id = id, Values = { [UserFields.IsActive] = active } }, SaveOptions.Default, cancellationToken);
        if (result.Status == SaveStatus.Forbidden)
            return StatusCode(StatusCodes.Status403Forbidden);
        var toast = result.Succeeded ? new Toast(localizer[done, user.DisplayText]) : new Toast(result.Errors[0].Message.For(localizer), IsBad: true);
        toast.ShowOnNextPage(this);
        return Redirect($"/admin/users/{id}");
    }

    /// <summary>Null when there is no such user or the actor may not give this one a password.</summary>
    private async Task<SetPasswordPage?> FindAsync(Guid id, CancellationToken cancellationToken)
        => await queries.GetAsync(SystemTypes.Users, id, cancellationToken) is { } user
            && actor.Current.Can(definitions.Current.Get(SystemTypes.Users), ContentActions.Edit, user) && await rights.MayManageAsync(user, cancellationToken)
            ? new SetPasswordPage(id, user.DisplayText, user.Get<string>(UserFields.UserName)!)
            : null;
}
