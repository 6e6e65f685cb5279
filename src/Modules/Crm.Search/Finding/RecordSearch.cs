using System.Globalization;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Search.Indexing;
using Crm.Search.Words;
using Lucene.Net.Search;

namespace Crm.Search.Finding;

/// <param name="Type">Only this one; null for all types.</param>
/// <param name="Columns">Fields to read of a record of a type; null reads all.</param>
public sealed record SearchRequest(string? Text, string? Type = null, int Skip = 0, int Take = 20, Func<ContentTypeDefinition, IReadOnlyList<string>>? Columns = null)
{
    /// <summary>Which types are meant at all; null for all.</summary>
    public Func<ContentTypeDefinition, bool>? Among { get; init; }
}

/// <param name="Counts">How many records of each type were found, whatever type was asked for.</param>
/// <param name="Items">The page, best first.</param>
/// <param name="Total">Of the type that was asked for.</param>
public sealed record SearchResult(IReadOnlyDictionary<string, long> Counts, long Total, IReadOnlyList<ContentItem> Items)
{
    /// <summary>False while there is no index yet, such as in the first moments of a site.</summary>
    public bool IsReady { get; init; } = true;
}

/// <summary>
/// Finds records of all types that the actor may open. The index names them within the actor's scope, the query engine
/// reads them and adds the scope again: what the index does not know yet can hide a record for a moment, never show one.
/// </summary>
public sealed class RecordSearch : IWordIndex
{
    /// <summary>Nobody turns more pages than this; who does not find it there asks more precisely.</summary>
    public const int Deepest = 1000;

    private const int Tail = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private static readonly Sort BestThenLatest = new(SortField.FIELD_SCORE, new SortField(IndexFields.Modified, SortFieldType.INT64, reverse: true));

    private readonly SearchIndex _index;
    private readonly QueryEngine _queries;
    private readonly ContentDefinitions _definitions;
    private readonly ChangeLog _log;
    private readonly ActorContext _actor;

    internal RecordSearch(SearchIndex index, QueryEngine queries, ContentDefinitions definitions, ChangeLog log, ActorContext actor)
        => (_index, _queries, _definitions, _log, _actor) = (index, queries, definitions, log, actor);

    public async Task<SearchResult> FindAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        var words = SearchWords.Of(request.Text);
        var nothing = new SearchResult(new Dictionary<string, long>(), 0, []);
        if (words.IsEmpty)
            return nothing;
        var changed = await ChangedSinceAsync(cancellationToken);
        using var view = _index.Read();
        if (view is null)
            return nothing with { IsReady = false };

        var definitions = _definitions.Current;
        var actor = _actor.Current;
        var types = ReaderScope.Types(actor, definitions);
        var query = new RecordQuery(view.Searcher.IndexReader, ReaderScope.LinkFields(actor, definitions)).Of(words);
        var hidden = changed.Where(c => c.Sequence > view.State.Position).Select(c => IndexFields.KeyOf(c.ContentType, c.RecordId)).ToHashSet();
        var counter = new TypeCounter();
        view.Searcher.Search(query, ReaderScope.Filter(actor, types, hidden), counter);
        var counts = counter.Total();
        var wanted = types.Where(t => (request.Type is null || string.Equals(t.Name, request.Type, StringComparison.OrdinalIgnoreCase)) && request.Among?.Invoke(t) != false).ToList();
        var total = wanted.Sum(t => counts.GetValueOrDefault(t.Name));
        var last = (int)Math.Min(Math.Min(total, Deepest), (long)request.Skip + request.Take);
        if (request.Skip < 0 || last <= request.Skip)
            return new SearchResult(counts, total, []) { IsReady = view.State.CompleteAt is not null };

        var hits = view.Searcher.Search(query, ReaderScope.Filter(actor, wanted, hidden), last, BestThenLatest).ScoreDocs.Skip(request.Skip)
            .Select(h => IndexFields.Split(view.Searcher.Doc(h.Doc).Get(IndexFields.Key, CultureInfo.InvariantCulture))).ToList();
        return new SearchResult(counts, total, await ReadAsync(hits, request, definitions, cancellationToken)) { IsReady = view.State.CompleteAt is not null };
    }

    async Task<IReadOnlyList<ContentItem>?> IWordIndex.FindAsync(string text, Func<ContentTypeDefinition, bool> among, int take, CancellationToken cancellationToken)
    {
        var result = await FindAsync(new SearchRequest(text, Take: take, Columns: _ => []) { Among = among }, cancellationToken);
        return result.IsReady ? result.Items : null;
    }

    /// <summary>
    /// Changes that the index does not hold yet: it is waited for, as it takes moments only; should it be late, what was
    /// changed is left out rather than shown or counted as it was.
    /// </summary>
    private async Task<IReadOnlyList<Change>> ChangedSinceAsync(CancellationToken cancellationToken)
    {
        long position;
        using (var view = _index.Read())
            position = view?.State.Position ?? 0;
        if (position == 0)
            return [];
        var changes = await _log.ReadAfterAsync(position, Tail, cancellationToken);
        return changes.Count == 0 || await _index.WaitAsync(changes[^1].Sequence, Patience, cancellationToken) ? [] : changes;
    }

    private async Task<IReadOnlyList<ContentItem>> ReadAsync(List<(string Type, Guid Id)> hits, SearchRequest request, DefinitionSet definitions, CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, ContentItem>();
        foreach (var group in hits.GroupBy(h => h.Type, h => h.Id))
            foreach (var ids in group.Chunk(500))
            {
                var query = new Platform.Queries.Query(group.Key)
                {
                    Where = Platform.Queries.Filter.In(SystemFields.Id, ids.Cast<object?>()),
                    Columns = request.Columns?.Invoke(definitions.Get(group.Key)),
                    Sort = [SystemFields.Id],
                    Take = 500,
                };
                foreach (var item in (await _queries.ListAsync(query, cancellationToken)).Items)
                    found[item.Id] = item;
            }
        return [.. hits.Select(h => found.GetValueOrDefault(h.Id)).OfType<ContentItem>()];
    }
}
