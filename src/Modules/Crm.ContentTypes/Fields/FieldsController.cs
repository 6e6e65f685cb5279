using Crm.Platform.Content;
using Crm.Platform.Data;
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
internal sealed class FieldsController(ContentDefinitions definitions, FieldKinds kinds, FieldForm form, DbSession session, TimeProvider clock, IStringLocalizer localizer) : Controller
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
    public IActionResult Edit([FromRoute] string type, [FromRoute] string field)
        => Find(type, field) is var (definition, known) ? View("Field", form.Page(definition, known, kinds.Of(known), form.Fill(definition, known))) : NotFound();

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
        await session.TransactAsync(async () =>
        {
            for (var i = 0; i < order.Count; i++)
                if (order[i].Order != places[i])
                    await definitions.SaveFieldAsync(definition.Name, definitions.Current.Get(definition.Name).Field(order[i].Name) with { Order = places[i] }, cancellationToken);
        }, cancellationToken);
        return move is null ? NoContent() : Redirect($"/admin/content-types/{definition.Name}#field-{move}");
    }

    private async Task<IActionResult> SaveAsync(ContentTypeDefinition type, FieldDefinition? before, FieldKind kind, FieldInput input, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string>();
        var field = await form.ReadAsync(type, before, kind, input, errors, cancellationToken);
        if (errors.Count == 0)
        {
            var problem = await definitions.SaveFieldAsync(type.Name, field, cancellationToken);
            if (problem is null)
            {
                await PlaceAsync(type.Name, field, input, cancellationToken);
                return Back(type, new(localizer[before is null ? "Field “{0}” is there, in forms, lists and filters." : "“{0}” was saved.", field.Label.For(localizer)]));
            }
            errors[field.Unique && before?.Unique != true ? "unique" : ""] = problem.For(localizer);
        }
        Response.StatusCode = StatusCodes.Status400BadRequest;
        ModelState.Clear();
        return View("Field", form.Page(type, before, kind, input, errors));
    }

    /// <summary>Puts the field into the list's columns and the quick search, or takes it out.</summary>
    private async Task PlaceAsync(string name, FieldDefinition field, FieldInput input, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(name);
        await definitions.SaveTypeAsync(type with
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
        var changed = change(known);
        var label = known.Label.For(localizer);
        if (changed.Hidden && known.Name == definition.DisplayField)
            return Back(definition, new(localizer["“{0}” names the records and has to stay.", label], IsBad: true));
        if (changed.Hidden && !known.Hidden && definitions.Declared(definition.Name, known.Name) is { Required: true, Default: null })
            return Back(definition, new(localizer["“{0}” is needed by its module and has to stay.", label], IsBad: true));
        var problem = await definitions.SaveFieldAsync(definition.Name, changed, cancellationToken);
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
