using System.Globalization;
using Crm.Contents.Bulk;
using Crm.Contents.Bulk.Actions;
using Crm.Contents.Forms;
using Crm.Contents.LookUps;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Inline;

/// <summary>One field of a record, edited where it stands: pieces of a page for the script that asks for them.</summary>
[Route("/{type:contentType(staff)}/{id:guid}/inline/{field}"), Route("/admin/{type:contentType(admin)}/{id:guid}/inline/{field}"), RequireContentPermission(ContentActions.Edit)]
internal sealed class InlineController(
    ContentDefinitions definitions,
    IContentManager content,
    QueryEngine queries,
    FieldViews views,
    RecordForm form,
    RecordNames names,
    InlineEdit inline,
    ChangeLog log,
    UndoChanges undoing,
    DbSession session,
    ActorContext actor,
    IStringLocalizer localizer) : Controller
{
    [HttpGet("")]
    public async Task<IActionResult> Edit([FromRoute] string type, Guid id, [FromRoute] string field, bool list, CancellationToken cancellationToken)
    {
        var (definition, item, edited) = await FindAsync(type, id, field, cancellationToken);
        if (item is null)
            return NotFound();
        return actor.Current.Can(definition, ContentActions.Edit, item)
            ? await EditorAsync(definition, id, edited, views.FormTexts(edited, item[edited.Name]), item.Version, list, [], null, StatusCodes.Status200OK, cancellationToken)
            : StatusCode(StatusCodes.Status403Forbidden);
    }

    /// <param name="inlineVersion">The one that the editor was filled from.</param>
    [HttpPost("")]
    public async Task<IActionResult> Save([FromRoute] string type, Guid id, [FromRoute] string field, [FromForm] long inlineVersion, bool list, CancellationToken cancellationToken)
    {
        var (definition, item, edited) = await FindAsync(type, id, field, cancellationToken);
        if (item is null)
            return NotFound();
        var posted = form.Posted(definition, Request.Form).Where(t => t.Key == edited.Name).ToDictionary(StringComparer.OrdinalIgnoreCase);
        var texts = form.Changes(definition, posted, null);
        // What nobody has touched is no change, although it may show less than the value.
        if (posted.Count == 0 || (item.Version == inlineVersion && form.IsSame(edited, posted[edited.Name], item[edited.Name])))
            return await SavedAsync(definition, id, edited, "Nothing was changed.", null, list, cancellationToken);
        var result = await SaveAsync(definition, id, inlineVersion, texts, cancellationToken);
        if (result.Status == SaveStatus.Conflict)
        {
            var since = (await log.ReadSinceAsync(definition.Name, [id], inlineVersion, cancellationToken)).FindAll(c => c.Fields.ContainsKey(edited.Name));
            // Somebody has changed the record, but not here.
            if (since.Count == 0)
                result = await SaveAsync(definition, id, result.Version, texts, cancellationToken);
            if (result.Status == SaveStatus.Conflict && await queries.GetAsync(definition.Name, id, cancellationToken) is { } now)
            {
                var who = (since.FindLast(c => c.UserId != actor.Current.UserId) ?? since.LastOrDefault())?.UserId is { } user ? await names.FindAsync(SystemTypes.Users, user, cancellationToken) : null;
                return await EditorAsync(definition, id, edited, posted[edited.Name], now.Version, list, [], new InlineConflict(who, since is [_, ..] && since.TrueForAll(c => c.UserId == actor.Current.UserId), views.Display(definition, now, edited.Name)), StatusCodes.Status409Conflict, cancellationToken);
            }
        }
        return result.Status switch
        {
            SaveStatus.NotFound => NotFound(),
            SaveStatus.Forbidden => StatusCode(StatusCodes.Status403Forbidden),
            SaveStatus.Unchanged => await SavedAsync(definition, id, edited, "Nothing was changed.", null, list, cancellationToken),
            _ when result.Succeeded => await SavedAsync(definition, id, edited, "“{0}” was saved.", log.BatchId, list, cancellationToken),
            _ => await EditorAsync(definition, id, edited, posted[edited.Name], inlineVersion, list, result.Errors, null, StatusCodes.Status422UnprocessableEntity, cancellationToken),
        };
    }

    /// <summary>Puts back what a change of one's own has changed here, unless somebody has changed it since.</summary>
    [HttpPost("undo")]
    public async Task<IActionResult> Undo([FromRoute] string type, Guid id, [FromRoute] string field, [FromForm] Guid batch, bool list, CancellationToken cancellationToken)
    {
        var (definition, item, edited) = await FindAsync(type, id, field, cancellationToken);
        if (item is null)
            return NotFound();
        if (!(await log.ReadBatchesAsync([batch], [id], cancellationToken)).Any(c => c.UserId == actor.Current.UserId && c.ContentType == definition.Name))
            return NotFound();
        var work = new BulkWork(definition, log.BatchId, new Dictionary<string, string?>(), [new BulkItem(0, definition.Name, id, item.Version, batch)]);
        var outcome = (await session.TransactAsync(() => undoing.RunAsync(work, cancellationToken), cancellationToken))[0];
        if (outcome.State == BulkState.LeftOut)
            Response.StatusCode = StatusCodes.Status409Conflict;
        return await SavedAsync(definition, id, edited, outcome.Reason?.For(localizer) ?? localizer["It is as it was before."].Value, null, list, cancellationToken);
    }

    private Task<SaveResult> SaveAsync(ContentTypeDefinition type, Guid id, long version, Dictionary<string, string?> texts, CancellationToken cancellationToken)
        => content.SaveAsync(new ContentChange(type.Name) { Id = id, Version = version, Texts = texts }, new SaveOptions { Culture = CultureInfo.CurrentCulture }, cancellationToken);

    private async Task<(ContentTypeDefinition Type, ContentItem? Item, FieldDefinition Field)> FindAsync(string type, Guid id, string field, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        return definition.Find(field) is { } found && inline.IsOffered(found)
            ? (definition, await queries.GetAsync(definition.Name, id, cancellationToken), found)
            : (definition, null, null!);
    }

    private async Task<IActionResult> EditorAsync(ContentTypeDefinition type, Guid id, FieldDefinition field, IReadOnlyList<string> texts, long version, bool list, IReadOnlyList<FieldError> errors, InlineConflict? conflict, int status, CancellationToken cancellationToken)
    {
        // An option that was added with this very post is in force now.
        type = definitions.Current.Get(type.Name);
        var sections = await form.SectionsAsync(type, false, new(StringComparer.OrdinalIgnoreCase) { [field.Name] = texts }, errors, cancellationToken);
        var editor = sections.SelectMany(s => s.Editors).First(e => e.Field.Name == field.Name);
        // What is wrong elsewhere in the record is said here too: there is no other place.
        var elsewhere = errors.FirstOrDefault(e => !string.Equals(e.Field, field.Name, StringComparison.OrdinalIgnoreCase))?.Message.For(localizer);
        Response.StatusCode = status;
        return PartialView("_Editor", new InlineEditor(type, id, editor with { IsWide = true, HasFocus = true, Error = editor.Error ?? elsewhere }, version, list) { Conflict = conflict });
    }

    private async Task<IActionResult> SavedAsync(ContentTypeDefinition type, Guid id, FieldDefinition field, string said, Guid? undo, bool list, CancellationToken cancellationToken)
    {
        type = definitions.Current.Get(type.Name);
        var item = await queries.GetAsync(type.Name, id, cancellationToken);
        var display = item is null ? null : views.Display(type, item, field.Name);
        var text = localizer[said, item is null ? type.Label.For(localizer) : type.NameOf(item, localizer)];
        return PartialView("_Saved", new InlineSaved($"{type.Path}/{id}/inline/{field.Name}", display is null ? null : display with { InList = list }, text, undo, list));
    }
}
