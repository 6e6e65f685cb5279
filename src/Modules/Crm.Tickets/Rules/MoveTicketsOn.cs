using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Tickets.Rules;

/// <summary>
/// What a new message does to its ticket, whichever way it came: our reply counts as the first one, the customer's
/// answer takes a waiting or solved ticket up again.
/// </summary>
internal sealed class MoveTicketsOn(IContentManager content, QueryEngine queries, ActorContext actor) : IContentHandler
{
    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != TicketReplyType.Name)
            return;
        var spoken = saves.Where(s => s.IsNew && s.After.Get<string>(ReplyFields.Kind) is ReplyKind.Reply or ReplyKind.Answer)
            .GroupBy(s => s.After.Get<Guid>(ReplyFields.Ticket)).ToDictionary(g => g.Key, g => g.ToList());
        if (spoken.Count == 0)
            return;
        // Whoever may write the message need not have the right to edit the ticket: the customer has none.
        await actor.AsSystemAsync(async () =>
        {
            var query = new Query(TicketType.Name) { Where = Filter.In(SystemFields.Id, spoken.Keys.Select(id => (object?)id)), Columns = [TicketFields.Status, TicketFields.SolvedAt], Take = QueryEngine.MaxTake };
            var tickets = (await queries.ListAsync(query, cancellationToken)).Items;
            (await content.SaveManyAsync(TicketType.Name, [.. tickets.Select(t => ChangeOf(t, spoken[t.Id]))], SaveOptions.BySystem, cancellationToken)).Demand(id => tickets.First(t => t.Id == id).DisplayText);
        });
    }

    private static ContentChange ChangeOf(ContentItem ticket, List<PendingSave> messages)
    {
        var change = new ContentChange(TicketType.Name) { Id = ticket.Id };
        var status = ticket.Get<string>(TicketFields.Status);
        // An older message that only now comes in, as from a recipe, says nothing about the solution.
        var answered = messages.Where(m => m.After.Get<string>(ReplyFields.Kind) == ReplyKind.Answer).Select(m => m.After.Get<DateTime>(ReplyFields.At))
            .Any(at => ticket.Get<DateTime?>(TicketFields.SolvedAt) is not { } solved || at >= solved);
        if (answered && status is TicketStatus.Pending or TicketStatus.Solved)
            change.Values[TicketFields.Status] = TicketStatus.Open;
        return change;
    }
}
