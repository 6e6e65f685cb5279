using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Lists;

/// <summary>The list of every content type.</summary>
[Route("/{type:contentType(staff)}"), Route("/admin/{type:contentType(admin)}")]
internal sealed class ListsController(ContentDefinitions definitions, ListReader reader, SavedViews views, PersonSettings settings, ListFields fields, FilterForm form, FilterChips chips, IStringLocalizer localizer) : Controller
{
    [HttpGet(""), RequireScreen]
    public async Task<IActionResult> Index([FromRoute] string type, ListInput input, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var tastes = await settings.ReadAsync<ListTastes>(ListTastes.Name, cancellationToken);
        var known = await views.ReadAsync(definition, cancellationToken);
        var start = known.FirstOrDefault(v => v.Id == tastes.Of(definition).StartsWith);
        if (start is not null && Request.Query.Count == 0)
            return Redirect(ListLinks.Of(definition.Path, ("saved", start.Id.ToString("D"))));
        var saved = input.Saved is null ? null : known.FirstOrDefault(v => v.Id == input.Saved);
        if (input.Saved is not null && saved is null)
            return NotFound();
        var leftOut = new List<string>();
        var isSaved = saved is not null && input.Changed is null;
        var filter = isSaved ? reader.Lenient(definition, saved!.Filter, leftOut) : Parse(definition, input.Filter);
        var address = new ListAddress(definition.Path,
            filter is null ? null : leftOut.Count > 0 ? FilterWriter.Write(filter) : isSaved ? saved!.Filter : input.Filter,
            Given(input.Q?.Trim()),
            isSaved ? reader.LenientSort(definition, saved!.Sort, leftOut) : Given(input.Sort),
            (isSaved ? saved!.Mode : input.View) == ListAddress.Board && definition.Board is not null ? ListAddress.Board : null)
        {
            Columns = isSaved ? saved!.Columns : Columns(input),
            Group = isSaved ? saved!.Group : Given(input.Group),
            Saved = saved,
            StartsElsewhere = start is not null,
        };
        if (!string.IsNullOrEmpty(input.Field))
            return ChangeFilter(definition, filter, address, input);
        // The forms of the column menu send each column by itself.
        if (input.Column is not null)
            return Redirect(address.ToString());
        return View(await reader.ReadAsync(definition, address, filter, input, tastes, known, leftOut, cancellationToken));
    }

    /// <summary>
    /// The inputs for a condition on a field; a script puts them into the form. Asked with what was typed, no content says
    /// that it will do; else the inputs come back with it, and with what is wrong.
    /// </summary>
    /// <param name="at">The place of the condition whose form it is; null for a new one.</param>
    [HttpGet("filter"), RequireScreen]
    public IActionResult Editor([FromRoute] string type, string? field, string? op, string?[]? value, string? at)
    {
        if (fields.Find(definitions.Current.Get(type), field ?? "") is not { } found)
            return NotFound();
        if (op is null)
            return PartialView("_FilterEditor", chips.New(found));
        if (form.Problem(found, op, value ?? []) is not { } problem)
            return NoContent();
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return PartialView("_FilterEditor", chips.Refused(found, at, op, value ?? [], problem));
    }

    private Filter? Parse(ContentTypeDefinition type, string? text) => string.IsNullOrWhiteSpace(text) ? null : FilterParser.Parse(text, type, definitions.Current);

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static string? Columns(ListInput input)
    {
        if (input.Column is null)
            return Given(input.Columns);
        // What is empty arrives as null.
        var columns = input.Column.OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var at = columns.FindIndex(c => c == (input.Up ?? input.Down));
        var to = input.Up is not null ? at - 1 : at + 1;
        if (at >= 0 && to >= 0 && to < columns.Count)
            (columns[at], columns[to]) = (columns[to], columns[at]);
        return columns.Count == 0 ? null : string.Join(',', columns.Take(ListColumns.Most));
    }

    /// <summary>The form's inputs become part of the address.</summary>
    private RedirectResult ChangeFilter(ContentTypeDefinition type, Filter? filter, ListAddress address, ListInput input)
    {
        try
        {
            address = address with { Filter = FilterWriter.Write(form.Change(filter, type, new(input.Field!, input.Op ?? "", input.Value ?? [], input.At, input.Into))) };
        }
        catch (QueryException e)
        {
            new Toast(e.Reason.For(localizer), IsBad: true).ShowOnNextPage(this);
        }
        return Redirect(address.ToString());
    }
}

/// <summary>The list's address: what is shown, and the inputs of the forms that change it.</summary>
internal sealed class ListInput
{
    public string? Filter { get; set; }

    public string? Q { get; set; }

    public string? Sort { get; set; }

    public string? Columns { get; set; }

    public string? Group { get; set; }

    /// <summary><c>board</c> for the board of a type that has one.</summary>
    public string? View { get; set; }

    /// <summary>The saved view that the list begins with.</summary>
    public Guid? Saved { get; set; }

    /// <summary>Given when the address says itself what is shown, and not the saved view.</summary>
    public string? Changed { get; set; }

    public string? After { get; set; }

    /// <summary>Given for the page before the cursor instead of the one after.</summary>
    public string? Back { get; set; }

    public string? Field { get; set; }

    public string? Op { get; set; }

    public string?[]? Value { get; set; }

    public string? At { get; set; }

    public string? Into { get; set; }

    /// <summary>Columns one by one, in order.</summary>
    public string?[]? Column { get; set; }

    /// <summary>The column that changes places with the one before it.</summary>
    public string? Up { get; set; }

    /// <summary>The column that changes places with the one after it.</summary>
    public string? Down { get; set; }
}
