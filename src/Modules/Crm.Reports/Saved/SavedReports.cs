using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Reports.Saved;

/// <summary>The reader's own saved reports, and those that are shared.</summary>
internal sealed class SavedReports(QueryEngine queries, ActorContext actor)
{
    private const int Most = 200;

    /// <summary>Everybody who sees reports sees the shared ones, whatever the reach of their right to saved reports; their figures are of what the reader may see.</summary>
    public Task<IReadOnlyList<ContentItem>> ListAsync(CancellationToken cancellationToken)
        => actor.AsSystemAsync(async () => (await queries.ListAsync(
            new Query(SavedReportType.Name) { Where = new OrFilter([IsShared, Filter.Eq(SystemFields.Owner, "@me")]), Sort = ["name"], Take = Most }, cancellationToken)).Items);

    public async Task<ContentItem?> FindAsync(Guid id, CancellationToken cancellationToken)
        => await queries.GetAsync(SavedReportType.Name, id, cancellationToken)
            ?? await actor.AsSystemAsync(async () => (await queries.ListAsync(
                new Query(SavedReportType.Name) { Where = Filter.And(IsShared, Filter.Eq(SystemFields.Id, id)), Take = 1 }, cancellationToken)).Items is [var item] ? item : null);

    private static Filter IsShared => Filter.Eq("visibility", SavedReportType.Shared);
}
