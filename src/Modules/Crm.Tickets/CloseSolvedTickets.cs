using Crm.Platform.Content;
using Crm.Platform.Jobs;
using Crm.Platform.Queries;

namespace Crm.Tickets;

/// <summary>A ticket that stayed solved for two weeks is closed: a later message of the customer begins a new one.</summary>
internal sealed class CloseSolvedTickets(QueryEngine queries, IContentManager content, TimeProvider clock) : IBackgroundTask
{
    public static readonly TimeSpan After = TimeSpan.FromDays(14);

    public string Name => "close-solved-tickets";

    public string? Cron => "20 * * * *";

    public async Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        var where = Filter.And(Filter.Eq(TicketFields.Status, TicketStatus.Solved), new CompareFilter(TicketFields.SolvedAt, Platform.Fields.FilterOperator.Less, clock.GetUtcNow().UtcDateTime - After));
        while (true)
        {
            var page = await queries.ListAsync(new Query(TicketType.Name) { Where = where, Columns = [], Sort = [SystemFields.Id], Take = 500 }, cancellationToken);
            // With the version seen: one that the customer has just reopened stays open.
            var results = await content.SaveManyAsync(TicketType.Name, [.. page.Items.Select(t => new ContentChange(TicketType.Name) { Id = t.Id, Version = t.Version, Values = { [TicketFields.Status] = TicketStatus.Closed } })], SaveOptions.Default, cancellationToken);
            if (page.Next is null || results.All(r => !r.Succeeded))
                return;
        }
    }
}
