using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Tickets.Mail;

/// <summary>Confirms what came in through the portal, and asks once for each solution whether the customer is satisfied.</summary>
internal sealed class MailTickets(CustomerMail mail, ActorContext actor, IStringLocalizer localizer) : IContentHandler
{
    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != TicketType.Name || !mail.IsNews)
            return;
        foreach (var save in saves.Where(s => s.After[TicketFields.RequesterEmail] is not null))
        {
            if (save.IsNew && actor.Current.Source == "portal")
                await ConfirmAsync(save.After, cancellationToken);
            if (save.Changed.Contains(TicketFields.Status) && save.After.Get<string>(TicketFields.Status) == TicketStatus.Solved && !TicketStatus.IsDone(save.Before?.Get<string>(TicketFields.Status)))
                await AskAsync(save.After, cancellationToken);
        }
    }

    /// <summary>Repeats nothing of what was written: the address may be somebody else's.</summary>
    private async Task ConfirmAsync(ContentItem ticket, CancellationToken cancellationToken)
    {
        var url = await mail.FollowUrlAsync(ticket.Id, cancellationToken);
        await mail.SendAsync($"ticket-received:{ticket.Id}", ticket, () => (
            localizer["[{0}] We have received your request", ticket.Get<string>(TicketFields.Number)!],
            $"{localizer["We have received your request. Its number is {0}.", ticket.Get<string>(TicketFields.Number)!]}\n\n"
            + $"{localizer["With this link you can follow what we do and answer. Give it to nobody else."]}\n{url}"), cancellationToken);
    }

    private async Task AskAsync(ContentItem ticket, CancellationToken cancellationToken)
    {
        var url = await mail.FollowUrlAsync(ticket.Id, cancellationToken);
        var solved = ticket.Get<DateTime>(TicketFields.SolvedAt);
        await mail.SendAsync(string.Create(CultureInfo.InvariantCulture, $"ticket-survey:{ticket.Id}:{solved.Ticks}"), ticket, () => (
            localizer["{0} – solved", MailReplies.Subject(ticket)],
            $"{localizer["Your request is solved:"]}\n\n{ticket.Get<string>(TicketFields.Resolution)}\n\n"
            + $"{localizer["Are you satisfied with the solution?"]}\n"
            + $"  {localizer["Satisfied"]}: {url}/rate?value=good\n"
            + $"  {localizer["Not satisfied"]}: {url}/rate?value=bad\n\n"
            + $"{localizer["Not solved after all? Write to us, and we take it up again."]}\n{url}"), cancellationToken);
    }
}
