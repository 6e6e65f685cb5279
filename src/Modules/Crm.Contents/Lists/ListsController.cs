using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Lists;

/// <summary>The list of every content type.</summary>
[Route("/{type:contentType(staff)}"), Route("/admin/{type:contentType(admin)}")]
internal sealed class ListsController(ContentDefinitions definitions, QueryEngine queries, FieldKinds kinds, FieldViews views, FilterForm form, FilterChips chips, QuickFilters quick, RowParts rows, Boards.Boards boards, ActorContext actor, IStringLocalizer localizer) : Controller
{
    private const int PageSize = 50;

    [HttpGet(""), RequireScreen]
    public async Task<IActionResult> Index([FromRoute] string type, ListInput input, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var filter = string.IsNullOrWhiteSpace(input.Filter) ? null : FilterParser.Parse(input.Filter, definition, definitions.Current);
        var search = string.IsNullOrWhiteSpace(input.Q) ? null : input.Q.Trim();
        var address = new ListAddress(definition.Path, filter is null ? null : input.Filter, search, string.IsNullOrEmpty(input.Sort) ? null : input.Sort,
            input.View == ListAddress.Board && definition.Board is not null ? ListAddress.Board : null);
        if (!string.IsNullOrEmpty(input.Field))
            return AddFilter(definition, filter, address, input);

        var sort = address.Sort?.Split(',') ?? definition.DefaultSort;
        var columns = Columns(definition, sort);
        var where = search is null ? filter : Filter.And(filter, new QuickSearchFilter(search));
        var query = new Query(definition.Name) { Where = where, Sort = [.. sort], Columns = [.. columns.Select(c => c.Path), .. columns.Select(c => c.Field.Late?.Field).OfType<string>()], Take = PageSize, After = input.After, Backwards = input.Back is not null };
        var tabs = quick.Tabs(definition, filter, address.View);
        var page = new ListPage(definition, address, columns,
            address.IsBoard ? new QueryPage([], null, null) : await queries.ListAsync(query, cancellationToken),
            await queries.CountAsync(definition.Name, where, cancellationToken, quick: true),
            await chips.MakeAsync(definition, filter, text => (address with { Filter = text }).ToString(), tabs.FirstOrDefault(t => t.IsCurrent)?.Filter, cancellationToken),
            form.Fields(definition))
        { ExportFilter = where is null ? null : FilterWriter.Write(where), Tabs = tabs, CanSelect = new[] { ContentActions.Edit, ContentActions.Delete, ContentActions.Export }.Any(a => actor.Current.Can(definition, a)) };
        if (address.IsBoard)
            page = page with { Board = await boards.ReadAsync(definition, filter, address, cancellationToken) };
        await rows.LoadAsync(definition, page.Page.Items, cancellationToken);
        return View(page);
    }

    /// <summary>The form's three inputs become part of the address.</summary>
    private RedirectResult AddFilter(ContentTypeDefinition type, Filter? filter, ListAddress address, ListInput input)
    {
        try
        {
            var path = type.Find(input.Field!) is { Hidden: false } field ? field.Name : throw new QueryException("{0} has no field {1}", type.PluralLabel, input.Field!);
            address = address with { Filter = FilterWriter.Write(form.Add(filter, type, path, input.Op ?? "", input.Value)) };
        }
        catch (QueryException e)
        {
            new Toast(e.Reason.For(localizer), IsBad: true).ShowOnNextPage(this);
        }
        return Redirect(address.ToString());
    }

    private List<ListColumn> Columns(ContentTypeDefinition type, IReadOnlyList<string> sort)
    {
        IEnumerable<string> paths = type.ListColumns.Count > 0
            ? type.ListColumns
            : type.Fields.Where(f => !f.IsSystem && !f.Hidden && f.Kind != "longText").Select(f => f.Name).Take(5);
        var shown = paths.Where(p => type.Find(p.Split('.')[0]) is { Hidden: false } && p != type.DisplayField).ToList();
        return [.. shown.Prepend(type.Find(type.DisplayField) is null ? SystemFields.DisplayText : type.DisplayField).Select(path =>
        {
            var field = views.FieldAt(type, path);
            var kind = kinds.Of(field);
            // A look-up is sorted by the name it shows.
            var sortPath = kind.IsSortable ? path : field.Target is not null ? $"{path}.{SystemFields.DisplayText}" : null;
            var first = sort is [var by, ..] ? by : "";
            bool? descending = sortPath is null ? null : first == sortPath ? false : first == $"-{sortPath}" ? true : null;
            return new ListColumn(path, views.LabelAt(type, path), field, kind, sortPath, descending);
        })];
    }
}

/// <summary>The list's address: what is shown, and the inputs of the "add filter" form.</summary>
internal sealed class ListInput
{
    public string? Filter { get; set; }

    public string? Q { get; set; }

    public string? Sort { get; set; }

    /// <summary><c>board</c> for the board of a type that has one.</summary>
    public string? View { get; set; }

    public string? After { get; set; }

    /// <summary>Given for the page before the cursor instead of the one after.</summary>
    public string? Back { get; set; }

    public string? Field { get; set; }

    public string? Op { get; set; }

    public string? Value { get; set; }
}
