using System.Globalization;
using Crm.Contents.Lists;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Forms;

/// <summary>The forms that create and edit records of any content type. Which one stands in the route alone: a form may well have a field named “type”.</summary>
[Route("/{type:contentType(staff)}"), Route("/admin/{type:contentType(admin)}")]
internal sealed class FormsController(
    ContentDefinitions definitions,
    IContentManager content,
    QueryEngine queries,
    RecordForm form,
    EditConflicts conflicts,
    UnkeptWords unkept,
    FormParts parts,
    FormUploads uploads,
    ActorContext actor,
    IStringLocalizer localizer) : Controller
{
    /// <summary>Somebody may save again while two changes are put together; then the reader decides.</summary>
    private const int MostMerges = 3;

    // What a request says that is made for a panel.
    private const string Panel = "panel";
    private const string PickerPanel = "panel-pick";

    /// <summary>Fields named in the address are filled in: <c>/contacts/new?customer=...</c></summary>
    [HttpGet("new"), RequireContentPermission(ContentActions.Create)]
    public async Task<IActionResult> New([FromRoute] string type, [FromQuery] string? returnUrl, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var texts = form.TextsOf(definition, await content.NewAsync(definition.Name, cancellationToken));
        foreach (var (field, given) in texts.ToList())
            if (Request.Query[field] is [{ } preset, ..])
                texts[field] = [preset, .. given.Skip(1)];
        return await ShowAsync(definition, null, null, texts, [], null, StatusCodes.Status200OK, cancellationToken, returnUrl);
    }

    [HttpPost("new"), RequireContentPermission(ContentActions.Create), FormSize]
    public async Task<IActionResult> Create([FromRoute] string type, [FromQuery] string? returnUrl, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var posted = form.Posted(definition, Request.Form);
        IReadOnlyList<FieldError> errors = [.. await uploads.TakeAsync(definition, Request.Form, posted, cancellationToken), .. await parts.CheckAsync(definition, Request.Form, cancellationToken)];
        var change = new ContentChange(definition.Name) { Texts = form.Changes(definition, posted, null) };
        var result = await parts.SaveAsync(definition, Request.Form, errors.Count > 0, dryRun => content.SaveAsync(change, new SaveOptions { Culture = CultureInfo.CurrentCulture, DryRun = dryRun }, cancellationToken), cancellationToken);
        if (result.Status == SaveStatus.Forbidden)
            return StatusCode(StatusCodes.Status403Forbidden);
        if (!result.Succeeded || errors.Count > 0)
            return await ShowAsync(definition, null, null, posted, [.. result.Errors, .. errors], null, StatusCodes.Status400BadRequest, cancellationToken, returnUrl);
        return await CreatedAsync(definition, result.Id, returnUrl, cancellationToken);
    }

    [HttpGet("{id:guid}/edit"), RequireContentPermission(ContentActions.Edit)]
    public async Task<IActionResult> Edit([FromRoute] string type, Guid id, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        if (await queries.GetAsync(definition.Name, id, cancellationToken) is not { } item)
            return NotFound();
        if (!actor.Current.Can(definition, ContentActions.Edit, item))
            return StatusCode(StatusCodes.Status403Forbidden);
        return await ShowAsync(definition, item, item.Version, form.TextsOf(definition, item), [], null, StatusCodes.Status200OK, cancellationToken);
    }

    [HttpPost("{id:guid}/edit"), RequireContentPermission(ContentActions.Edit), FormSize]
    public async Task<IActionResult> Save([FromRoute] string type, Guid id, [FromForm] long version, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        if (await queries.GetAsync(definition.Name, id, cancellationToken) is not { } item)
            return NotFound();
        var posted = form.Posted(definition, Request.Form);
        if (await uploads.TakeAsync(definition, Request.Form, posted, cancellationToken) is { Count: > 0 } refused)
            return await ShowAsync(definition, item, version, posted, refused, null, StatusCodes.Status400BadRequest, cancellationToken);
        var givenUp = posted.Where(p => Request.Form[EditConflict.Keep + p.Key] == EditConflict.KeepTheirs).ToDictionary();
        foreach (var field in givenUp.Keys)
            posted.Remove(field);
        // Kept whatever becomes of this attempt, and shown once one succeeds.
        await unkept.KeepAsync(definition, id, givenUp, cancellationToken);
        SaveResult result;
        EditConflict? merged = null;
        for (var attempt = 1; ; attempt++)
        {
            var change = new ContentChange(definition.Name) { Id = id, Version = version, Texts = form.Changes(definition, posted, item) };
            result = await content.SaveAsync(change, new SaveOptions { Culture = CultureInfo.CurrentCulture }, cancellationToken);
            if (result.Status != SaveStatus.Conflict)
                break;
            if (await queries.GetAsync(definition.Name, id, cancellationToken) is not { } current)
                return NotFound();
            var conflict = await conflicts.ResolveAsync(definition, current, version, posted, cancellationToken);
            if (conflict.Both.Count > 0 || attempt == MostMerges)
                return await ShowAsync(definition, current, current.Version, posted, [], conflict, StatusCodes.Status409Conflict, cancellationToken);
            // What each has changed does not touch what the other has: nobody is asked.
            (item, version, merged) = (current, current.Version, conflict);
        }
        switch (result.Status)
        {
            case SaveStatus.Forbidden:
                return StatusCode(StatusCodes.Status403Forbidden);
            case SaveStatus.NotFound:
                return NotFound();
            case SaveStatus.Invalid:
                return await ShowAsync(definition, item, version, posted, result.Errors, null, StatusCodes.Status400BadRequest, cancellationToken);
            default:
                var text = result.Status == SaveStatus.Unchanged ? "Nothing was changed." : "“{0}” was saved.";
                var page = await ToRecordAsync(definition, id, text, cancellationToken, result.Status == SaveStatus.Updated ? ListAddress.Keep(Request, $"{definition.Path}/{id}/undo/{result.Version}") : null, merged);
                if (await unkept.OfferAsync(definition, id, cancellationToken))
                    page = Redirect(ListAddress.Keep(Request, $"{definition.Path}/{id}", ("unkept", "1")));
                return Request.Headers.XRequestedWith == Panel ? Json(new { value = id, url = page.Url }) : page;
        }
    }

    private async Task<ViewResult> ShowAsync(ContentTypeDefinition type, ContentItem? item, long? version, Dictionary<string, IReadOnlyList<string>> texts, IReadOnlyList<FieldError> errors, EditConflict? conflict, int status, CancellationToken cancellationToken, string? returnUrl = null)
    {
        // An option that was added with this very post is in force now.
        type = definitions.Current.Get(type.Name);
        // Fields that are only shown are not posted.
        if (item is not null)
            foreach (var (field, text) in form.TextsOf(type, item))
                texts.TryAdd(field, text);
        var sections = await form.SectionsAsync(type, item is null, texts, errors, cancellationToken);
        var title = item is null ? localizer["New {0}", type.Label.Inside(localizer)] : localizer["Edit {0}", type.NameOf(item, localizer)];
        if (conflict is not null)
            (conflict, sections) = TakeOut(conflict, sections);
        Response.StatusCode = status;
        // Where a new record leads back to instead of its own page.
        var local = Url.IsLocalUrl(returnUrl) ? returnUrl : null;
        return View("Form", new FormPage(type, item?.Id, title, sections)
        {
            Version = version,
            Errors = form.Summary(type, sections, errors),
            Conflict = conflict,
            Parts = item is null ? parts.Views(type, errors) : [],
            Action = item is null ? ListLinks.Of($"{type.Path}/new", ("returnUrl", local)) : ListAddress.Keep(Request, $"{type.Path}/{item.Id}/edit"),
            CancelUrl = item is null ? local ?? type.Path : ListAddress.Keep(Request, $"{type.Path}/{item.Id}"),
        });
    }

    /// <summary>The inputs of fields that both have changed stand beside what the other has saved, instead of in their sections.</summary>
    private static (EditConflict, IReadOnlyList<FormSection>) TakeOut(EditConflict conflict, IReadOnlyList<FormSection> sections)
    {
        var taken = conflict.Both.Select(b => b.Editor.Field.Name).ToHashSet();
        var editors = sections.SelectMany(s => s.Editors).Where(e => taken.Contains(e.Field.Name)).ToDictionary(e => e.Field.Name);
        return (conflict with { Both = [.. conflict.Both.Select(b => b with { Editor = editors.GetValueOrDefault(b.Editor.Field.Name, b.Editor) with { HasFocus = false } })] },
            [.. sections.Select(s => s with { Editors = [.. s.Editors.Where(e => !taken.Contains(e.Field.Name))] }).Where(s => s.Editors.Count > 0)]);
    }

    /// <summary>A panel beside a page is told what was made; a picker in it goes on with that, so nothing has to be said.</summary>
    private async Task<IActionResult> CreatedAsync(ContentTypeDefinition type, Guid id, string? returnUrl, CancellationToken cancellationToken)
    {
        var panel = Request.Headers.XRequestedWith.ToString();
        if (panel == PickerPanel)
            return Json(new { value = id, text = (await queries.GetAsync(type.Name, id, cancellationToken))?.DisplayText ?? type.Label.For(localizer) });
        var page = await ToRecordAsync(type, id, "“{0}” was created.", cancellationToken);
        return panel == Panel ? Json(new { value = id, url = page.Url }) : Url.IsLocalUrl(returnUrl) ? LocalRedirect(returnUrl!) : page;
    }

    /// <summary>The list, when the change has put the record out of the user's sight.</summary>
    private async Task<RedirectResult> ToRecordAsync(ContentTypeDefinition type, Guid id, string text, CancellationToken cancellationToken, string? undo = null, EditConflict? merged = null)
    {
        var item = await queries.GetAsync(type.Name, id, cancellationToken);
        string said = localizer[text, item is null ? type.Label.For(localizer) : type.NameOf(item, localizer)];
        if (merged is { Theirs.Count: > 0 })
            said = localizer["{0} {1} had changed {2} meanwhile; both are kept.", said, merged.Who ?? localizer["Somebody"], string.Join(localizer[", "], merged.Theirs)];
        new Toast(said, undo).ShowOnNextPage(this);
        // Its draft is not needed any more.
        TempData[FormPage.SavedDraft] = Request.Form[FormPage.Draft].ToString();
        return Redirect(item is null ? type.Path : ListAddress.Keep(Request, $"{type.Path}/{id}"));
    }
}
