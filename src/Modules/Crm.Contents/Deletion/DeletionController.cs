using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Deletion;

/// <summary>Deleting, restoring and removing for good records of any content type.</summary>
[Route("/{type:contentType(staff)}"), Route("/admin/{type:contentType(admin)}")]
internal sealed class DeletionController(ContentDefinitions definitions, IContentManager content, QueryEngine queries, ActorContext actor, IStringLocalizer localizer) : Controller
{
    [HttpGet("{id:guid}/delete"), RequireContentPermission(ContentActions.Delete)]
    public async Task<IActionResult> Ask([FromRoute] string type, Guid id, [FromQuery] string? returnUrl, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        if (await queries.GetAsync(definition.Name, id, cancellationToken) is not { } item)
            return NotFound();
        if (!actor.Current.Can(definition, ContentActions.Delete, item))
            return StatusCode(StatusCodes.Status403Forbidden);
        return View("Delete", new DeletePage(definition, item, await content.PreviewDeleteAsync(definition.Name, [id], cancellationToken)) { ReturnUrl = Local(returnUrl) });
    }

    [HttpPost("{id:guid}/delete"), RequireContentPermission(ContentActions.Delete)]
    public async Task<IActionResult> Delete([FromRoute] string type, Guid id, [FromForm] long? version, [FromQuery] string? returnUrl, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var item = await queries.GetAsync(definition.Name, id, cancellationToken);
        var result = await content.DeleteAsync(definition.Name, id, version, cancellationToken);
        if (result.Status is SaveStatus.Invalid or SaveStatus.Conflict && item is not null)
        {
            Response.StatusCode = result.Status == SaveStatus.Invalid ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict;
            return View("Delete", new DeletePage(definition, item, await content.PreviewDeleteAsync(definition.Name, [id], cancellationToken), Reason(result)) { ReturnUrl = Local(returnUrl) });
        }
        if (!result.Succeeded || item is null)
            return StatusCode(result.Status == SaveStatus.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status404NotFound);
        new Toast(localizer["“{0}” was deleted.", item.DisplayText], $"{definition.Path}/{id}/restore").ShowOnNextPage(this);
        return Redirect(Local(returnUrl) ?? definition.Path);
    }

    [HttpPost("{id:guid}/restore"), RequireContentPermission(ContentActions.Delete)]
    public async Task<IActionResult> Restore([FromRoute] string type, Guid id, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var result = await content.RestoreAsync(definition.Name, id, cancellationToken);
        if (result.Status is SaveStatus.Forbidden or SaveStatus.NotFound)
            return StatusCode(result.Status == SaveStatus.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status404NotFound);
        if (!result.Succeeded)
        {
            new Toast(Reason(result), IsBad: true).ShowOnNextPage(this);
            return Redirect($"{definition.Path}/recycle-bin");
        }
        var item = await queries.GetAsync(definition.Name, id, cancellationToken);
        new Toast(localizer["“{0}” is back.", item?.DisplayText ?? ""]).ShowOnNextPage(this);
        return Redirect($"{definition.Path}/{id}");
    }

    [HttpGet("recycle-bin"), RequireContentPermission(ContentActions.Delete)]
    public async Task<IActionResult> RecycleBin([FromRoute] string type, string? after, string? back, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var query = new Query(definition.Name)
        {
            Bin = Platform.Queries.RecycleBin.Only,
            Columns = [SystemFields.DeletedAt, SystemFields.DeletedBy],
            Sort = [$"-{SystemFields.DeletedAt}"],
            After = after,
            Backwards = back is not null,
        };
        return View(new RecycleBinPage(definition,
            await queries.ListAsync(query, cancellationToken),
            await queries.CountAsync(definition.Name, null, cancellationToken, bin: Platform.Queries.RecycleBin.Only),
            CanPurge(definition)));
    }

    [HttpPost("{id:guid}/purge"), RequireContentPermission(ContentActions.Delete)]
    public async Task<IActionResult> Purge([FromRoute] string type, Guid id, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var result = await content.PurgeAsync(definition.Name, id, cancellationToken);
        if (result.Status is SaveStatus.Forbidden or SaveStatus.NotFound)
            return StatusCode(result.Status == SaveStatus.Forbidden ? StatusCodes.Status403Forbidden : StatusCodes.Status404NotFound);
        new Toast(result.Succeeded ? localizer["It was removed for good."] : Reason(result), IsBad: !result.Succeeded).ShowOnNextPage(this);
        return Redirect($"{definition.Path}/recycle-bin");
    }

    private string? Local(string? url) => Url.IsLocalUrl(url) ? url : null;

    private bool CanPurge(ContentTypeDefinition type) => actor.Current.ScopeOf(type.Permission(ContentActions.Delete)) == PermissionScope.All;

    private string Reason(SaveResult result) => string.Join(localizer["; "], result.Errors.Select(e => e.Message.For(localizer)));
}
