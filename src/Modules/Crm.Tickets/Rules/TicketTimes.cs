using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Tickets.Rules;

/// <summary>
/// How a ticket moves from state to state, and when: a solution says how, leaving it takes its time back, and the first
/// reply opens a new ticket. Times are taken from what happened, so they are the same through every door.
/// </summary>
internal sealed class TicketTimes(QueryEngine queries, ActorContext actor, TimeProvider clock) : IContentHandler
{
    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != TicketType.Name)
            return;
        await TakeFirstRepliesAsync(saves, cancellationToken);
        var now = clock.Now();
        foreach (var save in saves)
        {
            var (before, after) = (save.Before?.Get<string>(TicketFields.Status), save.After.Get<string>(TicketFields.Status));
            if (TicketStatus.IsDone(after) && !TicketStatus.IsDone(before))
                Finish(save, now);
            else if (!TicketStatus.IsDone(after) && TicketStatus.IsDone(before))
                Reopen(save);
            if (after == TicketStatus.Closed && before != TicketStatus.Closed && save.After[TicketFields.ClosedAt] is null)
                save.Set(TicketFields.ClosedAt, now);
            else if (after == TicketStatus.Solved && before == TicketStatus.Closed)
                save.Set(TicketFields.ClosedAt, null);
            if (TicketStatus.IsDone(after) && save.After.Get<string>(TicketFields.Resolution) is null && (save.Changed.Contains(TicketFields.Status) || save.Changed.Contains(TicketFields.Resolution)))
                save.Error(TicketFields.Resolution, new("Say how it was solved before you solve or close the ticket"));
            SetMinutes(save, TicketFields.FirstReplyAt, TicketFields.FirstReplyMinutes);
            SetMinutes(save, TicketFields.SolvedAt, TicketFields.ResolutionMinutes);
        }
    }

    private static void Finish(PendingSave save, DateTime now)
    {
        // A recipe or an import tells when it was.
        if (save.After[TicketFields.SolvedAt] is null)
            save.Set(TicketFields.SolvedAt, now);
        if (save.IsNew)
            return;
        // The customer is asked about this solution, not about an earlier one.
        foreach (var field in new[] { TicketFields.Satisfaction, TicketFields.SatisfactionComment, TicketFields.SatisfactionAt })
            save.Set(field, null);
    }

    private static void Reopen(PendingSave save)
    {
        save.Set(TicketFields.SolvedAt, null);
        save.Set(TicketFields.ClosedAt, null);
    }

    /// <summary>Working hours do not count yet: a minute is a minute.</summary>
    private static void SetMinutes(PendingSave save, string at, string minutes)
    {
        var value = save.After.Get<DateTime?>(at) is { } end && save.After.Get<DateTime?>(TicketFields.OpenedAt) is { } start
            ? Math.Max(0, Math.Round((decimal)(end - start).TotalMinutes))
            : (decimal?)null;
        if (!Equals(save.After[minutes], value))
            save.Set(minutes, value);
    }

    private async Task TakeFirstRepliesAsync(IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        var waiting = saves.Where(s => !s.IsNew && s.After[TicketFields.FirstReplyAt] is null).ToDictionary(s => s.After.Id);
        foreach (var ids in waiting.Keys.Chunk(500))
        {
            var query = new AggregateQuery(TicketReplyType.Name)
            {
                Where = Filter.And(Filter.In(ReplyFields.Ticket, ids.Select(id => (object?)id)), Filter.Eq(ReplyFields.Kind, ReplyKind.Reply)),
                GroupBy = [new(ReplyFields.Ticket)],
                Aggregates = [new(AggregateFunction.Min, ReplyFields.At)],
            };
            // Messages are read with the system's rights: see TicketReplyType.
            foreach (var row in await actor.AsSystemAsync(() => queries.AggregateAsync(query, cancellationToken)))
            {
                var save = waiting[(Guid)row.Keys[0]!];
                save.Set(TicketFields.FirstReplyAt, row.Values[0]);
                if (save.After.Get<string>(TicketFields.Status) == TicketStatus.New)
                    save.Set(TicketFields.Status, TicketStatus.Open);
            }
        }
    }
}
