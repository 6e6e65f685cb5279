using Crm.Platform.Content;
using Crm.Platform.Queries;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Lists;

/// <summary>The tabs above a list: all of it, and the questions that its type declares.</summary>
internal sealed class QuickFilters(ContentDefinitions definitions, IStringLocalizer localizer)
{
    /// <param name="filter">The list's filter. The tab whose conditions are all in it is the current one.</param>
    /// <param name="address">The list's; the tabs keep how it is shown.</param>
    public IReadOnlyList<QuickTab> Tabs(ContentTypeDefinition type, Filter? filter, ListAddress address)
    {
        var asked = Texts(filter);
        var tabs = type.QuickFilters.Select(q => (Quick: q, Filter: Read(type, q))).Where(t => t.Filter is not null).ToList();
        if (tabs.Count == 0)
            return [];
        // A saved view has a name of its own; its conditions are shown.
        var current = address.Saved is not null ? default : tabs.Where(t => Texts(t.Filter).IsSubsetOf(asked)).OrderByDescending(t => Texts(t.Filter).Count).FirstOrDefault();
        var all = new ListAddress(type.Path, null, null, null, address.View) { Columns = address.Columns, StartsElsewhere = address.StartsElsewhere };
        return
        [
            new(localizer["All"], all, current.Filter is null && filter is null && address.Saved is null, null),
            .. tabs.Select(t => new QuickTab(t.Quick.Label.For(localizer), all with { Filter = FilterWriter.Write(t.Filter!), Sort = t.Quick.Sort }, t == current, t.Filter)),
        ];
    }

    /// <summary>Null when it names what is hidden or belongs to a feature that is off.</summary>
    public Filter? Read(ContentTypeDefinition type, QuickFilter quick)
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

    private static HashSet<string> Texts(Filter? filter) => [.. FilterParts.Flat(filter).Select(FilterWriter.Write)];
}

/// <param name="Filter">Null for the tab of all records.</param>
internal sealed record QuickTab(string Label, ListAddress Address, bool IsCurrent, Filter? Filter);
