using Crm.Contents.Lists;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Records;

/// <summary>Puts values from a record's history back: one field's, or all that the latest change has changed.</summary>
[Route("/{type:contentType(staff)}"), Route("/admin/{type:contentType(admin)}")]
internal sealed class RestoreController(ContentDefinitions definitions, IContentManager content, QueryEngine queries, ChangeLog log, InvariantTexts values, IStringLocalizer localizer) : Controller
{
    private const int Searched = 500;

    /// <param name="value">The change's version and the field, such as <c>12/industry</c>; without a field all of them.</param>
    /// <param name="version">The record's version that the reader saw.</param>
    [HttpPost("{id:guid}/restore-value"), RequireContentPermission(ContentActions.Edit)]
    public Task<IActionResult> RestoreValue([FromRoute] string type, Guid id, [FromForm] string value, [FromForm] long version, CancellationToken cancellationToken)
        => value.Split('/') is [var number, var field] && long.TryParse(number, out var change)
            ? RestoreAsync(definitions.Current.Get(type), id, change, version, f => f is { Hidden: false, ReadOnly: false } && (field.Length == 0 || f.Name == field), SaveOptions.Default, cancellationToken)
            : Task.FromResult<IActionResult>(BadRequest());

    /// <summary>All that the latest change made is taken back, with what followed from it.</summary>
    /// <param name="change">The version that the change made; nothing may have followed it.</param>
    [HttpPost("{id:guid}/undo/{change:long}"), RequireContentPermission(ContentActions.Edit)]
    public Task<IActionResult> Undo([FromRoute] string type, Guid id, long change, CancellationToken cancellationToken)
        => RestoreAsync(definitions.Current.Get(type), id, change, change, f => !f.IsSystem || !f.ReadOnly, new SaveOptions { PutsBack = true }, cancellationToken);

    private async Task<IActionResult> RestoreAsync(ContentTypeDefinition type, Guid id, long number, long version, Func<FieldDefinition, bool> isMeant, SaveOptions options, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(type.Name, id, cancellationToken) is not { } item)
            return NotFound();
        var change = (await log.ReadHistoryAsync(type.Name, id, Searched, cancellationToken)).Find(c => c.Version == number && c.Kind == ChangeKind.Updated);
        var fields = change?.Fields.Where(f => type.Find(f.Key) is { } field && isMeant(field)).Select(f => (Field: type.Field(f.Key), f.Value.Old)).ToList();
        if (fields is null || fields.All(f => f.Field.Hidden || f.Field.ReadOnly))
            return NotFound();
        var restored = new ContentChange(type.Name) { Id = id, Version = version };
        var errors = new List<Message>();
        foreach (var (field, old) in fields)
        {
            var value = values.ValueOf(field, old);
            if (value is null && !string.IsNullOrEmpty(old))
                errors.Add(new("{0} can no longer be “{1}”", field.Label, old));
            restored.Values[field.Name] = value;
        }
        if (errors.Count == 0)
        {
            var result = await content.SaveAsync(restored, options, cancellationToken);
            if (result.Status == SaveStatus.Forbidden)
                return StatusCode(StatusCodes.Status403Forbidden);
            errors.AddRange(result.Errors.Select(e => e.Message));
        }
        new Toast(errors.Count > 0
            ? localizer["Nothing was put back: {0}", string.Join(localizer["; "], errors.Select(e => e.For(localizer)))]
            : localizer["{0}: the earlier value is back.", string.Join(localizer[", "], fields.Where(f => f.Field is { Hidden: false, ReadOnly: false }).Select(f => f.Field.Label.For(localizer)))], IsBad: errors.Count > 0).ShowOnNextPage(this);
        return Redirect(ListAddress.Keep(Request, $"{type.Path}/{item.Id}"));
    }
}
