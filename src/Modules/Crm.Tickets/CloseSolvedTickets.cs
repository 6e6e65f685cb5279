using Crm.Platform.Content;
using Crm.Platform.Jobs;
using Crm.Platform.Queries;
using Microsoft.Extensions.Logging;

namespace Crm.Tickets;

/// <summary>A ticket that stayed solved for two weeks is closed: a later message of the customer begins a new one.</summary>
internal sealed class CloseSolvedTickets(QueryEngine queries, IContentManager content, TimeProvider clock, ILogger<CloseSolvedTickets> logger) : IBackgroundTask
{
    public static readonly TimeSpan After = TimeSpan.FromDays(14);

    public string Name => "close-solved-tickets";

    public string? Cron => "20 * * * *";

    public async Task RunAsync(IReadOnlyDictionary<string, string> data, CancellationToken cancellationToken)
    {
        var where = Filter.And(Filter.Eq(TicketFields.Status, TicketStatus.Solved), new CompareFilter(TicketFields.SolvedAt, Platform.Fields.FilterOperator.Less, clock.GetUtcNow().UtcDateTime - After));
        for (string? after = null; ;)
        {
            var page = await queries.ListAsync(new Query(TicketType.Name) { Where = where, Columns = [TicketFields.Number], Sort = [SystemFields.Id], Take = 500, After = after }, cancellationToken);
            // With the version seen: one that the customer has just reopened stays open.
            var results = await content.SaveManyAsync(TicketType.Name, [.. page.Items.Select(t => new ContentChange(TicketType.Name) { Id = t.Id, Version = t.Version, Values = { [TicketFields.Status] = TicketStatus.Closed } })], SaveOptions.Default, cancellationToken);
            foreach (var (ticket, result) in page.Items.Zip(results).Where(r => r.Second.Status == SaveStatus.Invalid))
                logger.LogWarning("Ticket {Number} stays solved, as it cannot be closed: {Reason}", ticket.Get<string>(TicketFields.Number), string.Join("; ", result.Errors.Select(e => e.Message)));
            if ((after = page.Next) is null)
                return;
        }
    }
}
