using Crm.Platform.Content;
using Crm.Platform.Queries;

namespace Crm.Contents.LookUps;

/// <summary>The names of records by id, as far as the user may see them: one query per content type.</summary>
internal sealed class RecordNames(QueryEngine queries, ContentDefinitions definitions)
{
    public async Task<IReadOnlyDictionary<Guid, string>> FindAsync(IEnumerable<(string Type, Guid Id)> records, CancellationToken cancellationToken)
    {
        var names = new Dictionary<Guid, string>();
        foreach (var group in records.GroupBy(r => r.Type, r => r.Id, StringComparer.OrdinalIgnoreCase).Where(g => definitions.Current.Find(g.Key) is not null))
            foreach (var ids in group.Distinct().Chunk(500))
            {
                // Those in the recycle bin too: history speaks of them.
                var query = new Query(group.Key) { Where = Filter.In(SystemFields.Id, ids.Cast<object?>()), Columns = [], Sort = [SystemFields.Id], Take = 500, Bin = RecycleBin.With };
                foreach (var item in (await queries.ListAsync(query, cancellationToken)).Items)
                    names[item.Id] = item.DisplayText;
            }
        return names;
    }

    public async Task<string?> FindAsync(string type, Guid id, CancellationToken cancellationToken)
        => (await FindAsync([(type, id)], cancellationToken)).GetValueOrDefault(id);
}
