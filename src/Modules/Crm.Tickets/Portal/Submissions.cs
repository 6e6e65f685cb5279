using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Tickets.Mail;

namespace Crm.Tickets.Portal;

/// <param name="Token">Of the follow link, where the page is to show it; null where it goes by mail alone, or nothing is followed.</param>
internal sealed record Submission(SaveResult Result, string? Token);

/// <summary>
/// What visitors send in becomes records. They have no rights: the system writes for them, field by field, never more
/// than the form asks.
/// </summary>
internal sealed class Submissions(IContentManager content, QueryEngine queries, Requesters requesters, FollowLinks links, IEnumerable<CustomerMail> mails, DbSession session, ActorContext actor, TimeProvider clock)
{
    /// <summary>For how long a rating may be changed.</summary>
    public static readonly TimeSpan Changeable = TimeSpan.FromDays(7);

    /// <summary>
    /// Nobody knows yet whether the visitor may speak for the address, so where mail leaves the site, its reader alone gets
    /// the link.
    /// </summary>
    public Task<Submission> TicketAsync(PortalInput input, CancellationToken cancellationToken)
        => session.TransactAsync(async () =>
        {
            var change = await ChangeAsync(TicketType.Name, input, cancellationToken);
            change.Texts[TicketFields.Type] = input.Kind;
            var result = await SaveAsync(change, cancellationToken);
            var byMail = mails.FirstOrDefault() is { } mail && await mail.LeavesAsync(cancellationToken);
            return new Submission(result, result.Succeeded && !byMail ? await links.IssueAsync(result.Id, mailed: false, cancellationToken) : null);
        }, cancellationToken);

    /// <param name="about">The ticket that it is about, and the link that led here; null for none.</param>
    public Task<Submission> FeedbackAsync(PortalInput input, FollowedTicket? about, CancellationToken cancellationToken)
        => session.TransactAsync(async () =>
        {
            var change = await ChangeAsync(FeedbackType.Name, input, cancellationToken);
            change.Texts[FeedbackFields.Kind] = input.Kind;
            if (about is { Ticket: var ticket })
            {
                change.Values[FeedbackFields.Ticket] = ticket.Id;
                if (about.Mailed && string.Equals(input.Email?.Trim(), ticket.Get<string>(TicketFields.RequesterEmail), StringComparison.OrdinalIgnoreCase))
                    change.Values[TicketFields.AddressCheck] = AddressChecks.Confirmed;
            }
            return new Submission(await SaveAsync(change, cancellationToken), null);
        }, cancellationToken);

    /// <summary>The number that a new record was given, for the visitor to name it by.</summary>
    public async Task<string?> NumberOfAsync(string type, Guid id, CancellationToken cancellationToken)
        => (await actor.AsSystemAsync(() => queries.GetAsync(type, id, cancellationToken)))?.Get<string>(FeedbackFields.Number);

    /// <summary>The customer's answer; what it does to the ticket is the same for every channel.</summary>
    public Task<SaveResult> AnswerAsync(ContentItem ticket, string? text, CancellationToken cancellationToken)
        => SaveAsync(new ContentChange(TicketReplyType.Name)
        {
            Values = { [ReplyFields.Ticket] = ticket.Id, [ReplyFields.Kind] = ReplyKind.Answer, [ReplyFields.AuthorName] = ticket[TicketFields.RequesterName] },
            Texts = { [ReplyFields.Text] = text },
        }, cancellationToken);

    /// <summary>Whoever uses a link that was mailed reads that mail, and says so by what they send.</summary>
    public async Task ConfirmAsync(FollowedTicket followed, CancellationToken cancellationToken)
    {
        if (followed.CanConfirm)
            await SaveAsync(new ContentChange(TicketType.Name) { Id = followed.Ticket.Id, Values = { [TicketFields.AddressCheck] = AddressChecks.Confirmed } }, cancellationToken);
    }

    public bool CanRate(ContentItem ticket)
        => TicketStatus.IsDone(ticket.Get<string>(TicketFields.Status))
            && (ticket.Get<DateTime?>(TicketFields.SatisfactionAt) is not { } rated || clock.GetUtcNow().UtcDateTime - rated < Changeable);

    /// <summary>One answer for each solution; a second one within the days replaces the first.</summary>
    public Task<SaveResult> RateAsync(ContentItem ticket, string? value, string? comment, CancellationToken cancellationToken)
    {
        var change = new ContentChange(TicketType.Name)
        {
            Id = ticket.Id,
            Texts = { [TicketFields.Satisfaction] = value, [TicketFields.SatisfactionComment] = comment },
        };
        if (ticket[TicketFields.SatisfactionAt] is null)
            change.Values[TicketFields.SatisfactionAt] = clock.GetUtcNow().UtcDateTime;
        return SaveAsync(change, cancellationToken);
    }

    private async Task<ContentChange> ChangeAsync(string type, PortalInput input, CancellationToken cancellationToken)
    {
        var (contact, customer) = await requesters.FindAsync(input.Email!.Trim(), cancellationToken);
        return new ContentChange(type)
        {
            Texts =
            {
                [TicketFields.Subject] = input.Subject,
                [TicketFields.Description] = input.Text,
                [TicketFields.RequesterName] = input.Name,
                [TicketFields.RequesterEmail] = input.Email,
                [TicketFields.Language] = CultureInfo.CurrentUICulture.Name == "zh-CN" ? "zh-CN" : "en",
            },
            Values = { [TicketFields.Contact] = contact, [TicketFields.Customer] = customer, [TicketFields.AddressCheck] = AddressChecks.Unconfirmed },
        };
    }

    private Task<SaveResult> SaveAsync(ContentChange change, CancellationToken cancellationToken)
        => actor.AsSystemAsync(() => content.SaveAsync(change, SaveOptions.Default, cancellationToken));
}
