using Crm.Customers;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Tickets.Figures;

/// <param name="Said">What happened, such as "Ticket came in".</param>
/// <param name="Text">More of it; null for nothing.</param>
internal sealed record ServiceMoment(LocalizedText Said, DateTime At, string Url, string Name, string? Text);

/// <summary>On a customer's or contact's page: when tickets came in and were solved, and what they think of us.</summary>
internal sealed class ServiceTimeline(QueryEngine queries, ContentDefinitions definitions, ActorContext actor) : ITimelineSource
{
    private const int LongestText = 300;

    public async Task<IReadOnlyList<TimelineEntry>> ReadAsync(TimelineRequest request, CancellationToken cancellationToken)
    {
        var lookUp = request.Type.Name switch { CustomerType.Name => TicketFields.Customer, ContactType.Name => TicketFields.Contact, _ => null };
        if (lookUp is null)
            return [];
        var where = Filter.Eq(lookUp, request.Item.Id);
        return
        [
            .. await MomentsAsync(TicketType.Name, where, TicketFields.OpenedAt, TicketFields.Description, "Ticket came in", "lifebuoy", request.Take, cancellationToken),
            .. await MomentsAsync(TicketType.Name, Filter.And(where, new CompareFilter(TicketFields.SolvedAt, FilterOperator.NotEqual, null)), TicketFields.SolvedAt, TicketFields.Resolution, "Ticket was solved", "check", request.Take, cancellationToken),
            .. await MomentsAsync(FeedbackType.Name, where, SystemFields.CreatedAt, FeedbackFields.Description, "Feedback came in", "message-heart", request.Take, cancellationToken),
        ];
    }

    private async Task<IEnumerable<TimelineEntry>> MomentsAsync(string name, Filter where, string at, string text, LocalizedText said, string icon, int take, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(name);
        if (!actor.Current.CanOpen(type))
            return [];
        var page = await queries.ListAsync(new Query(name) { Where = where, Columns = [at, text], Sort = [$"-{at}"], Take = take }, cancellationToken);
        return page.Items.Select(i => new TimelineEntry(i.Get<DateTime>(at), icon, new SlotView("_ServiceMoment", new ServiceMoment(said, i.Get<DateTime>(at), $"{type.Path}/{i.Id}", i.DisplayText, Shortened(i.Get<string>(text))))));
    }

    private static string? Shortened(string? text) => text is { Length: > LongestText } ? string.Concat(text.AsSpan(0, LongestText), "…") : text;
}
