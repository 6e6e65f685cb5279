using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.ContentTypes.Fields;

/// <param name="Kinds">Kinds that may be chosen.</param>
internal sealed record KindsPage(ContentTypeDefinition Type, IReadOnlyList<FieldKind> Kinds);

/// <summary>Adds, changes, arranges, hides and deletes the fields of a type. In force with the next click.</summary>
[Route("/admin/content-types/{type}/fields"), RequirePermission(ContentTypesPermissions.Manage)]
internal sealed class FieldsController(ContentDefinitions definitions, FieldKinds kinds, FieldForm form, TimeProvider clock, IStringLocalizer localizer) : Controller
{
    [HttpGet("new")]
    public IActionResult New([FromRoute] string type, string? kind)
    {
        if (definitions.Current.Find(type) is not { } definition)
            return NotFound();
        return kinds.Find(kind ?? "") is { CanBeAdded: true } chosen
            ? View("Field", form.Page(definition, null, chosen, new FieldInput { InList = true, Pattern = "{00000}" }))
            : View("Kinds", new KindsPage(definition, [.. kinds.All.Where(k => k.CanBeAdded)]));
    }

    [HttpPost("new")]
    public async Task<IActionResult> Create([FromRoute] string type, string? kind, [FromForm] FieldInput input, CancellationToken cancellationToken)
    {
        if (definitions.Current.Find(type) is not { } definition || kinds.Find(kind ?? "") is not { CanBeAdded: true } chosen)
            return NotFound();
        return await SaveAsync(definition, null, chosen, input, cancellationToken);
    }

    [HttpGet("{field}/edit")]
    public async Task<IActionResult> Edit([FromRoute] string type, [FromRoute] string field, CancellationToken cancellationToken)
        => Find(type, field) is var (definition, known) ? View("Field", form.Page(definition, known, kinds.Of(known), await form.FillAsync(definition, known, cancellationToken))) : NotFound();

    [HttpPost("{field}/edit")]
    public async Task<IActionResult> Edit([FromRoute] string type, [FromRoute] string field, [FromForm] FieldInput input, CancellationToken cancellationToken)
        => Find(type, field) is var (definition, known) ? await SaveAsync(definition, known, kinds.Of(known), input, cancellationToken) : NotFound();

    [HttpPost("{field}/hide")]
    public Task<IActionResult> Hide([FromRoute] string type, [FromRoute] string field, CancellationToken cancellationToken)
        => ChangeAsync(type, field, f => f with { Hidden = true }, "“{0}” is hidden. Its values are kept.", cancellationToken);

    [HttpPost("{field}/show")]
    public Task<IActionResult> Show([FromRoute] string type, [FromRoute] string field, CancellationToken cancellationToken)
        => ChangeAsync(type, field, f => f with { Hidden = false }, "“{0}” is shown again.", cancellationToken);

    [HttpPost("{field}/delete")]
    public Task<IActionResult> Delete([FromRoute] string type, [FromRoute] string field, CancellationToken cancellationToken)
        => ChangeAsync(type, field, f => f.IsMade() ? f with { Hidden = true, DeletedAt = clock.GetUtcNow().UtcDateTime } : f, "“{0}” is deleted. It can be restored.", cancellationToken);

    [HttpPost("{field}/restore")]
    public Task<IActionResult> Restore([FromRoute] string type, [FromRoute] string field, CancellationToken cancellationToken)
        => ChangeAsync(type, field, f => f with { Hidden = false, DeletedAt = null }, "“{0}” is back, with its values.", cancellationToken);

    [HttpPost("{field}/purge")]
    public async Task<IActionResult> Purge([FromRoute] string type, [FromRoute] string field, CancellationToken cancellationToken)
    {
        if (Find(type, field) is not var (definition, known))
            return NotFound();
        var problem = await definitions.PurgeFieldAsync(definition.Name, known.Name, cancellationToken);
        return Back(definition, problem is null ? new(localizer["“{0}” is gone for good.", known.Label.For(localizer)]) : new(problem.For(localizer), IsBad: true));
    }

    /// <param name="field">All fields in their new order.</param>
    /// <param name="move">Name of the field that a button moves, with <paramref name="by"/> -1 or 1.</param>
    [HttpPost("order")]
    public async Task<IActionResult> Order([FromRoute] string type, [FromForm] string[] field, string? move, int by, CancellationToken cancellationToken)
    {
        if (definitions.Current.Find(type) is not { } definition)
            return NotFound();
        var order = field.Select(definition.Find).OfType<FieldDefinition>().Where(f => f.IsArrangeable()).Distinct().ToList();
        if (move is not null && order.FindIndex(f => f.Name == move) is >= 0 and var at && at + by >= 0 && at + by < order.Count)
            (order[at], order[at + by]) = (order[at + by], order[at]);
        // The places that there are go round again; only fields whose place differs are changed.
        var places = order.Select(f => f.Order).Order().ToList();
        for (var i = 1; i < places.Count; i++)
            places[i] = Math.Max(places[i], places[i - 1] + 1);
        var problem = await definitions.ChangeAsync(async now =>
        {
            for (var i = 0; i < order.Count; i++)
                if (now.Get(definition.Name).Find(order[i].Name) is { } known && known.Order != places[i]
                    && await definitions.SaveFieldAsync(definition.Name, known with { Order = places[i] }, cancellationToken) is { } refused)
                    return refused;
            return null;
        }, cancellationToken);
        if (problem is not null)
            return move is null ? Conflict() : Back(definition, new(problem.For(localizer), IsBad: true));
        return move is null ? NoContent() : Redirect($"/admin/content-types/{definition.Name}#field-{move}");
    }

    private async Task<IActionResult> SaveAsync(ContentTypeDefinition type, FieldDefinition? before, FieldKind kind, FieldInput input, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string>();
        FieldDefinition? field = null;
        var problem = await definitions.ChangeAsync(async now =>
        {
            var current = now.Get(type.Name);
            var known = before is null ? null : current.Find(before.Name);
            if (before is not null && known is null)
                return new Message("There is no field {0}", before.Name);
            if (known is not null && input.Seen is { Length: > 0 } seen && seen != (input.Seen = Fingerprint.Of(current, known, input.ShownOptions)))
                return new Message("Somebody changed this in the meantime: “Changes” of the content type says what. Saving again puts yours in its place");
            field = await form.ReadAsync(current, known, kind, input, errors, cancellationToken);
            return errors.Count > 0 ? null : await definitions.SaveFieldAsync(type.Name, field, cancellationToken) ?? await PlaceAsync(type.Name, field, input, cancellationToken);
        }, cancellationToken);
        if (problem is null && errors.Count == 0)
            return Back(type, new(localizer[before is null ? "Field “{0}” is there, in forms, lists and filters." : "“{0}” was saved.", field!.Label.For(localizer)]));
        if (problem is not null)
            errors[field is { Unique: true } && before?.Unique != true ? "unique" : ""] = problem.For(localizer);
        Response.StatusCode = StatusCodes.Status400BadRequest;
        ModelState.Clear();
        return View("Field", form.Page(type, before, kind, input, errors));
    }

    /// <summary>Puts the field into the list's columns and the quick search, or takes it out.</summary>
    private async Task<Message?> PlaceAsync(string name, FieldDefinition field, FieldInput input, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(name);
        return await definitions.SaveTypeAsync(type with
        {
            ListColumns = Place(type.ListColumns, field.Name, input.InList),
            QuickSearch = input.InSearch ? Place(type.QuickSearch.Count > 0 ? type.QuickSearch : [type.DisplayField], field.Name, true) : Place(type.QuickSearch, field.Name, false),
        }, cancellationToken);
    }

    private static IReadOnlyList<string> Place(IReadOnlyList<string> names, string name, bool isIn)
        => names.Contains(name) == isIn || (isIn && names.Count == 0) ? names : isIn ? [.. names, name] : [.. names.Where(n => n != name)];

    private async Task<IActionResult> ChangeAsync(string type, string field, Func<FieldDefinition, FieldDefinition> change, string done, CancellationToken cancellationToken)
    {
        if (Find(type, field) is not var (definition, known))
            return NotFound();
        var label = known.Label.For(localizer);
        if (change(known) is { Hidden: true } && !known.Hidden && !definitions.CanBeHidden(definition, known))
            return Back(definition, new(known.Name == definition.DisplayField ? localizer["“{0}” names the records and has to stay.", label] : localizer["“{0}” is needed by its module and has to stay.", label], IsBad: true));
        var problem = await definitions.ChangeAsync(async now => now.Get(definition.Name).Find(known.Name) is { } current
            ? await definitions.SaveFieldAsync(definition.Name, change(current), cancellationToken)
            : new Message("There is no field {0}", known.Name), cancellationToken);
        return Back(definition, problem is null ? new(localizer[done, label]) : new(problem.For(localizer), IsBad: true));
    }

    private (ContentTypeDefinition, FieldDefinition)? Find(string type, string field)
        => definitions.Current.Find(type) is { } definition && definition.Find(field) is { } known && known.IsArrangeable() ? (definition, known) : null;

    private RedirectResult Back(ContentTypeDefinition type, Toast toast)
    {
        toast.ShowOnNextPage(this);
        return Redirect($"/admin/content-types/{type.Name}");
    }
}
