using Crm.Contents.Lists;
using Crm.Platform.Content;
using Crm.Platform.Queries;

namespace Crm.Contents.Records;

/// <summary>The records beside one in the list that the reader came from.</summary>
/// <param name="Back">The list itself.</param>
/// <param name="View">Name of the saved view that the list began with; null for none.</param>
/// <param name="Previous">Address of the record before; null for the first.</param>
/// <param name="Position">From 1; null where counting up to here would cost more than it tells.</param>
internal sealed record Neighbours(string Back, string? View, string? Previous, string? Next, long? Position, QueryCount? Total);

/// <summary>
/// Finds a record's place in a list by its sort keys, so that it costs the same at any depth and stays right while records
/// come and go: one query for the keys, one for either side, and a count while the place can be told.
/// </summary>
internal sealed class ListPlace(ContentDefinitions definitions, QueryEngine queries, SavedViews views)
{
    private const int Counted = 100;

    /// <param name="list">The list's query, such as <c>filter=...&amp;sort=-createdAt</c>; one that cannot be read any more is no list.</param>
    public async Task<Neighbours?> FindAsync(ContentTypeDefinition type, Guid id, string? list, CancellationToken cancellationToken)
    {
        if (list is null)
            return null;
        var (address, saved) = ListAddress.Read(type.Path, list);
        if (saved is { } view)
            address = address with { Saved = await views.FindAsync(type, view, cancellationToken) };
        try
        {
            var filter = address.Filter is null ? null : FilterParser.Parse(address.Filter, type, definitions.Current);
            // Beside a record of a group are those of the group.
            if (address.Within is not null)
                filter = Filter.And(filter, FilterParser.Parse(address.Within, type, definitions.Current));
            var where = address.Search is null ? filter : Filter.And(filter, new QuickSearchFilter(address.Search));
            // On a board the records beside a card are those above and below it.
            var column = address.IsBoard ? type.Board?.Field : null;
            var query = new Query(type.Name)
            {
                Where = where,
                Sort = column is null ? [.. address.Sort?.Split(',') ?? type.DefaultSort] : Boards.Boards.Sort(type.Board!),
                Columns = column is null ? [] : [column],
                Take = 1,
            };
            // Without the list's filter: a record that has just left the list still has its place in the order.
            var own = await queries.ListAsync(query with { Where = Filter.Eq(SystemFields.Id, id), Backwards = true }, cancellationToken);
            if (own.Next is not { } here)
                return null;
            if (column is not null)
                query = query with { Where = where = Filter.And(where, Filter.Eq(column, own.Items[0][column])), Columns = [] };
            var before = (await queries.ListAsync(query with { After = here, Backwards = true, Take = Counted }, cancellationToken)).Items;
            var after = (await queries.ListAsync(query with { After = here }, cancellationToken)).Items;
            var isCounted = before.Count < Counted;
            return new Neighbours(address.ToString(), address.Saved?.Name, before is [.., var last] ? address.RecordUrl(last.Id) : null, after is [var first] ? address.RecordUrl(first.Id) : null,
                isCounted ? before.Count + 1 : null,
                isCounted ? await queries.CountAsync(type.Name, where, cancellationToken) : null);
        }
        catch (QueryException)
        {
            // An address of yesterday's list may name a field that is gone; the record is shown all the same.
            return null;
        }
    }
}
