using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Contents.Lists;

/// <summary>Reads what a list's address asks for.</summary>
internal sealed class ListReader(ContentDefinitions definitions, QueryEngine queries, ListFields fields, ListColumns columns, ListGroups groups, FilterChips chips, QuickFilters quick, RowParts rows, Boards.Boards boards, ActorContext actor)
{
    private const int PageSize = 50;

    /// <param name="leftOut">Names of what the saved view asks for and what is not there.</param>
    public async Task<ListPage> ReadAsync(ContentTypeDefinition type, ListAddress address, Filter? filter, ListInput input, ListTastes tastes, IReadOnlyList<SavedView> views, List<string> leftOut, CancellationToken cancellationToken)
    {
        var taste = tastes.Of(type);
        var sort = address.Sort?.Split(',') ?? type.DefaultSort;
        var shown = columns.Of(type, address.Columns, sort, taste, leftOut);
        var where = address.Search is null ? filter : Filter.And(filter, new QuickSearchFilter(address.Search));
        var query = new Query(type.Name)
        {
            Where = where,
            Sort = [.. sort],
            Columns = [.. shown.Select(c => c.Path)],
            Take = PageSize,
            After = input.After,
            Backwards = input.Back is not null,
        };
        var group = address is { IsBoard: false, Group: { } by } ? fields.Find(type, by) : null;
        if (address.Group is not null && group is null && !address.IsBoard || group is not null && !ListGroups.CanGroup(group))
        {
            leftOut.Add(address.Group!);
            group = null;
        }
        var offered = fields.Groups(type);
        var tabs = quick.Tabs(type, filter, address);
        var listed = address.IsBoard || group is not null ? null : await queries.ListAsync(query, cancellationToken);
        var page = new ListPage(type, address, shown, listed ?? new QueryPage([], null, null),
            listed is { Next: null } all && input.After is null ? new QueryCount(all.Items.Count, false) : await queries.CountAsync(type.Name, where, cancellationToken, quick: true),
            new FilterBar(type, type.Path, [.. address.Parameters],
                await chips.MakeAsync(type, filter, text => (address with { Filter = text }).ToString(), tabs.FirstOrDefault(t => t.IsCurrent)?.Filter, cancellationToken), offered))
        {
            ExportFilter = where is null ? null : FilterWriter.Write(where),
            Tabs = tabs,
            CanSelect = new[] { ContentActions.Edit, ContentActions.Delete, ContentActions.Export }.Any(a => actor.Current.Can(type, a)),
            Sorts = Sorts(type, sort),
            MoreSorts = [.. offered[0].Fields.Select(f => (Path: ListColumns.SortPath(f.Path, f.Field, f.Kind), f.Label)).Where(f => f.Path is not null && sort.All(s => s.TrimStart('-') != f.Path)).Select(f => (f.Path!, f.Label))],
            Groupings = [.. offered[0].Fields.Where(ListGroups.CanGroup).Select(f => (f.Path, f.Label))],
            Views = views,
            LeftOut = leftOut,
            Taste = taste,
            IsCompact = tastes.Compact,
        };
        if (address.IsBoard)
            page = page with { Board = await boards.ReadAsync(type, filter, address, cancellationToken) };
        else if (group is not null)
            page = page with { Groups = await groups.ReadAsync(type, query, filter, group, shown, address, cancellationToken) };
        await rows.LoadAsync(type, page.Groups is null ? page.Page.Items : [.. page.Groups.Groups.SelectMany(g => g.Items)], cancellationToken);
        return page;
    }

    /// <summary>As much of a saved view's filter as still means something.</summary>
    public Filter? Lenient(ContentTypeDefinition type, string? text, List<string> leftOut)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        try
        {
            return FilterParser.Parse(text, type, definitions.Current);
        }
        catch (QueryException)
        {
            var kept = new List<Filter>();
            foreach (var part in FilterParts.Split(text))
                try
                {
                    kept.Add(FilterParser.Parse(part, type, definitions.Current));
                }
                catch (QueryException)
                {
                    leftOut.Add(part);
                }
            return FilterParts.Join(kept);
        }
    }

    /// <summary>Those keys of a saved view's sort that are still there; null for none.</summary>
    public string? LenientSort(ContentTypeDefinition type, string? sort, List<string> leftOut)
    {
        var keys = sort?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        var known = keys.Where(k => fields.Find(type, k.TrimStart('-')) is not null).ToList();
        leftOut.AddRange(keys.Except(known));
        return known.Count == 0 ? null : string.Join(',', known);
    }

    private List<SortChoice> Sorts(ContentTypeDefinition type, IReadOnlyList<string> sort)
        => [.. sort.Select((key, i) =>
        {
            var path = key.TrimStart('-');
            var without = string.Join(',', sort.Where((_, other) => other != i));
            var reversed = string.Join(',', sort.Select((k, other) => other == i ? key[0] == '-' ? path : $"-{path}" : k));
            var named = path.EndsWith($".{SystemFields.DisplayText}", StringComparison.Ordinal) ? path[..^(SystemFields.DisplayText.Length + 1)] : path;
            return new SortChoice(path, fields.Find(type, named)?.Label ?? path, key[0] == '-', reversed, without.Length == 0 ? null : without);
        })];
}
