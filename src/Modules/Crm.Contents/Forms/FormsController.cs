using System.Globalization;
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
    FormParts parts,
    FormUploads uploads,
    ActorContext actor,
    IStringLocalizer localizer) : Controller
{
    /// <summary>Fields named in the address are filled in: <c>/contacts/new?customer=...</c></summary>
    [HttpGet("new"), RequireContentPermission(ContentActions.Create)]
    public async Task<IActionResult> New([FromRoute] string type, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var texts = form.TextsOf(definition, content.New(definition.Name));
        foreach (var (field, given) in texts.ToList())
            if (Request.Query[field] is [{ } preset, ..])
                texts[field] = [preset, .. given.Skip(1)];
        return await ShowAsync(definition, null, null, texts, [], null, StatusCodes.Status200OK, cancellationToken);
    }

    [HttpPost("new"), RequireContentPermission(ContentActions.Create)]
    public async Task<IActionResult> Create([FromRoute] string type, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var posted = form.Posted(definition, Request.Form);
        IReadOnlyList<FieldError> errors = [.. await uploads.TakeAsync(definition, Request.Form, posted, cancellationToken), .. await parts.CheckAsync(definition, Request.Form, cancellationToken)];
        var change = new ContentChange(definition.Name) { Texts = form.Changes(definition, posted, null) };
        var result = await parts.SaveAsync(definition, Request.Form, errors.Count > 0, dryRun => content.SaveAsync(change, new SaveOptions { Culture = CultureInfo.CurrentCulture, DryRun = dryRun }, cancellationToken), cancellationToken);
        if (result.Status == SaveStatus.Forbidden)
            return StatusCode(StatusCodes.Status403Forbidden);
        if (!result.Succeeded || errors.Count > 0)
            return await ShowAsync(definition, null, null, posted, [.. result.Errors, .. errors], null, StatusCodes.Status400BadRequest, cancellationToken);
        return await ToRecordAsync(definition, result.Id, "“{0}” was created.", cancellationToken);
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

    [HttpPost("{id:guid}/edit"), RequireContentPermission(ContentActions.Edit)]
    public async Task<IActionResult> Save([FromRoute] string type, Guid id, [FromForm] long version, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        if (await queries.GetAsync(definition.Name, id, cancellationToken) is not { } item)
            return NotFound();
        var posted = form.Posted(definition, Request.Form);
        if (await uploads.TakeAsync(definition, Request.Form, posted, cancellationToken) is { Count: > 0 } refused)
            return await ShowAsync(definition, item, version, posted, refused, null, StatusCodes.Status400BadRequest, cancellationToken);
        var change = new ContentChange(definition.Name) { Id = id, Version = version, Texts = form.Changes(definition, posted, item) };
        var result = await content.SaveAsync(change, new SaveOptions { Culture = CultureInfo.CurrentCulture }, cancellationToken);
        switch (result.Status)
        {
            case SaveStatus.Forbidden:
                return StatusCode(StatusCodes.Status403Forbidden);
            case SaveStatus.NotFound:
                return NotFound();
            case SaveStatus.Conflict:
                var current = await queries.GetAsync(definition.Name, id, cancellationToken);
                if (current is null)
                    return NotFound();
                var conflict = await conflicts.ResolveAsync(definition, current, version, posted, cancellationToken);
                return await ShowAsync(definition, current, current.Version, posted, [], conflict, StatusCodes.Status409Conflict, cancellationToken);
            case SaveStatus.Invalid:
                return await ShowAsync(definition, item, version, posted, result.Errors, null, StatusCodes.Status400BadRequest, cancellationToken);
            default:
                return await ToRecordAsync(definition, id, result.Status == SaveStatus.Unchanged ? "Nothing was changed." : "“{0}” was saved.", cancellationToken);
        }
    }

    private async Task<ViewResult> ShowAsync(ContentTypeDefinition type, ContentItem? item, long? version, Dictionary<string, IReadOnlyList<string>> texts, IReadOnlyList<FieldError> errors, EditConflict? conflict, int status, CancellationToken cancellationToken)
    {
        // An option that was added with this very post is in force now.
        type = definitions.Current.Get(type.Name);
        // Fields that are only shown are not posted.
        if (item is not null)
            foreach (var (field, text) in form.TextsOf(type, item))
                texts.TryAdd(field, text);
        var sections = await form.SectionsAsync(type, item is null, texts, errors, cancellationToken);
        var title = item is null ? localizer["New {0}", type.Label.Inside(localizer)] : localizer["Edit {0}", type.NameOf(item, localizer)];
        Response.StatusCode = status;
        return View("Form", new FormPage(type, item?.Id, title, sections)
        {
            Version = version,
            Errors = form.Summary(sections, errors),
            Conflict = conflict,
            Parts = item is null ? parts.Views(type, errors) : [],
            CancelUrl = item is null ? type.Path : $"{type.Path}/{item.Id}",
        });
    }

    /// <summary>The list, when the change has put the record out of the user's sight.</summary>
    private async Task<RedirectResult> ToRecordAsync(ContentTypeDefinition type, Guid id, string text, CancellationToken cancellationToken)
    {
        var item = await queries.GetAsync(type.Name, id, cancellationToken);
        new Toast(localizer[text, item is null ? type.Label.For(localizer) : type.NameOf(item, localizer)]).ShowOnNextPage(this);
        return Redirect(item is null ? type.Path : $"{type.Path}/{id}");
    }
}
