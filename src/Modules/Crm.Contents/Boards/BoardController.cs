using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Boards;

/// <summary>Moves a card of a board. Scripts get JSON and put the card back themselves; others are led back to the board.</summary>
[Route("/{type:contentType(staff)}")]
internal sealed class BoardController(ContentDefinitions definitions, IContentManager content, QueryEngine queries, IStringLocalizer localizer) : Controller
{
    /// <param name="option">Key of the column's option.</param>
    /// <param name="version">The version that the board showed.</param>
    [HttpPost("{id:guid}/move"), RequireContentPermission(ContentActions.Edit)]
    public async Task<IActionResult> Move(string type, Guid id, string option, long? version, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        if (definition.Board is not { } board || definition.Field(board.Field).Options.FirstOrDefault(o => o.Key == option) is not { } column)
            return NotFound();
        if (board.Doors.FirstOrDefault(d => d.Option == option) is { } door)
            return Redirect($"{definition.Path}/{id}/{door.Page}");
        var before = await queries.GetAsync(definition.Name, id, cancellationToken);
        var result = await content.SaveAsync(new ContentChange(definition.Name) { Id = id, Version = version, Values = { [board.Field] = option } }, SaveOptions.Default, cancellationToken);
        var text = result.Succeeded && before is not null
            ? localizer["“{0}” is now in “{1}”.", before.DisplayText, column.Label.For(localizer)].Value
            : result.Status switch
            {
                SaveStatus.Forbidden => localizer["You may not change this record."],
                SaveStatus.NotFound => localizer["The record is gone or you may not see it."],
                _ => string.Join(localizer["; "], result.Errors.Select(e => e.Message.For(localizer))),
            };
        if (Request.Headers.Accept.Contains("application/json"))
        {
            Response.StatusCode = result.Succeeded ? StatusCodes.Status200OK : result.Status == SaveStatus.Conflict ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest;
            return Json(new { text, version = result.Version });
        }
        var undo = result.Status == SaveStatus.Updated && before?.Get<string>(board.Field) is { } from
            ? ListLinks.Of($"{definition.Path}/{id}/move", ("option", from), ("version", result.Version.ToString(CultureInfo.InvariantCulture)))
            : null;
        new Toast(text, undo, IsBad: !result.Succeeded).ShowOnNextPage(this);
        return Redirect(BoardUrl(definition));
    }

    /// <summary>The board as it was filtered, when that is where the person came from.</summary>
    private string BoardUrl(ContentTypeDefinition type)
        => Request.GetTypedHeaders().Referer is { } referer && referer.Authority == Request.Host.Value && referer.AbsolutePath == type.Path
            ? referer.PathAndQuery
            : $"{type.Path}?view=board";
}
