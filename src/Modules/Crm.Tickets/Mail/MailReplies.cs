using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Tickets.Mail;

/// <summary>Our replies reach the customer by mail; internal notes never do.</summary>
internal sealed class MailReplies(CustomerMail mail, QueryEngine queries, ActorContext actor, IStringLocalizer localizer) : IContentHandler
{
    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != TicketReplyType.Name || !mail.IsNews)
            return;
        var tickets = await TicketsAsync(saves, cancellationToken);
        foreach (var save in Replies(saves))
            if (tickets.TryGetValue(save.After.Get<Guid>(ReplyFields.Ticket), out var ticket))
                save.Set(ReplyFields.SentTo, ticket.Get<string>(TicketFields.RequesterEmail));
    }

    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != TicketReplyType.Name || !mail.IsNews)
            return;
        var tickets = await TicketsAsync(saves, cancellationToken);
        foreach (var save in Replies(saves).Where(s => s.After[ReplyFields.SentTo] is not null))
        {
            var ticket = tickets[save.After.Get<Guid>(ReplyFields.Ticket)];
            var url = await mail.FollowUrlAsync(ticket.Id, cancellationToken);
            var text = save.After.Get<string>(ReplyFields.Text);
            await mail.SendAsync(string.Create(CultureInfo.InvariantCulture, $"ticket-reply:{save.After.Id}"), ticket, () => (Subject(ticket),
                $"{text}\n\n{localizer["To see the whole conversation or to answer, open:"]}\n{url}"), cancellationToken);
        }
    }

    public static string Subject(ContentItem ticket) => $"[{ticket.Get<string>(TicketFields.Number)}] {ticket.Get<string>(TicketFields.Subject)}";

    private static IEnumerable<PendingSave> Replies(IReadOnlyList<PendingSave> saves)
        => saves.Where(s => s.IsNew && s.After.Get<string>(ReplyFields.Kind) == ReplyKind.Reply);

    private async Task<Dictionary<Guid, ContentItem>> TicketsAsync(IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        var ids = Replies(saves).Select(s => s.After[ReplyFields.Ticket]).Distinct().ToList();
        if (ids.Count == 0)
            return [];
        // Who may write the message was asked before; where it goes does not depend on it.
        return (await actor.AsSystemAsync(() => queries.ListAsync(new Query(TicketType.Name) { Where = Filter.In(SystemFields.Id, ids), Take = QueryEngine.MaxTake }, cancellationToken)))
            .Items.ToDictionary(t => t.Id);
    }
}
