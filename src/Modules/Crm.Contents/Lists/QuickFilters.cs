using Crm.Platform.Content;
using Crm.Platform.Queries;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Lists;

/// <summary>The tabs above a list: all of it, and the questions that its type declares.</summary>
internal sealed class QuickFilters(ContentDefinitions definitions, IStringLocalizer localizer)
{
    /// <param name="filter">The list's filter. The tab whose conditions are all in it is the current one.</param>
    /// <param name="view">How the list is shown; the tabs keep it.</param>
    public IReadOnlyList<QuickTab> Tabs(ContentTypeDefinition type, Filter? filter, string? view)
    {
        var asked = Texts(filter);
        var tabs = type.QuickFilters.Select(q => (Quick: q, Filter: Read(type, q))).Where(t => t.Filter is not null).ToList();
        if (tabs.Count == 0)
            return [];
        var current = tabs.Where(t => Texts(t.Filter).IsSubsetOf(asked)).OrderByDescending(t => Texts(t.Filter).Count).FirstOrDefault();
        return
        [
            new(localizer["All"], new ListAddress(type.Path, null, null, null, view), current.Filter is null && filter is null, null),
            .. tabs.Select(t => new QuickTab(t.Quick.Label.For(localizer), new ListAddress(type.Path, FilterWriter.Write(t.Filter!), null, t.Quick.Sort, view), t == current, t.Filter)),
        ];
    }

    /// <summary>Null when it names what is hidden or belongs to a feature that is off.</summary>
    private Filter? Read(ContentTypeDefinition type, QuickFilter quick)
    {
        try
        {
            return FilterParser.Parse(quick.Filter, type, definitions.Current);
        }
        catch (QueryException)
        {
            return null;
        }
    }

    private static HashSet<string> Texts(Filter? filter) => [.. FilterForm.Parts(filter).Select(FilterWriter.Write)];
}

/// <param name="Filter">Null for the tab of all records.</param>
internal sealed record QuickTab(string Label, ListAddress Address, bool IsCurrent, Filter? Filter);
