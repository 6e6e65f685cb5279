using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Tickets.Conversation;

/// <param name="Kind">One of <see cref="ReplyKind"/>.</param>
/// <param name="Author">Null when nobody is known.</param>
/// <param name="SentTo">The address to which it was mailed; null when it was only recorded.</param>
internal sealed record ConversationMessage(string Kind, string? Author, DateTime At, string Text, string? SentTo)
{
    public bool IsNote => Kind == ReplyKind.Note;

    public bool IsCustomers => Kind == ReplyKind.Answer;
}

/// <param name="Messages">Newest first; the last page ends with the description, the first message.</param>
/// <param name="Earlier">Cursor of the page with what was said before; null when this is the last.</param>
internal sealed record ConversationPage(IReadOnlyList<ConversationMessage> Messages, string? Earlier);

/// <summary>What was said about a ticket, newest first, a page at a time.</summary>
internal sealed class ConversationReader(QueryEngine queries, ActorContext actor)
{
    public const int PageSize = 100;

    /// <param name="ticket">Read with the reader's own rights, with all its fields.</param>
    /// <param name="forCustomer">Leaves the internal notes where they are: in the database.</param>
    /// <param name="after">Where the page starts; null for the newest messages.</param>
    public async Task<ConversationPage> ReadAsync(ContentItem ticket, bool forCustomer, string? after, CancellationToken cancellationToken)
    {
        var where = Filter.And(Filter.Eq(ReplyFields.Ticket, ticket.Id), forCustomer ? Filter.In(ReplyFields.Kind, [ReplyKind.Reply, ReplyKind.Answer]) : null);
        var query = new Query(TicketReplyType.Name)
        {
            Where = where,
            Columns = [ReplyFields.Kind, ReplyFields.At, ReplyFields.Text, ReplyFields.AuthorName, ReplyFields.SentTo, SystemFields.Owner],
            Sort = [$"-{ReplyFields.At}"],
            Take = PageSize,
            After = after,
        };
        // Whoever sees the ticket sees its messages: see TicketReplyType.
        var page = await actor.AsSystemAsync(() => queries.ListAsync(query, cancellationToken));
        var messages = page.Items.Select(r => new ConversationMessage(r.Get<string>(ReplyFields.Kind)!,
            r.Get<string>(ReplyFields.Kind) == ReplyKind.Answer ? r.Get<string>(ReplyFields.AuthorName) ?? Requester(ticket) : r.DisplayOf(SystemFields.Owner),
            r.Get<DateTime>(ReplyFields.At), r.Get<string>(ReplyFields.Text) ?? "", r.Get<string>(ReplyFields.SentTo)));
        return new(page.Next is null && ticket.Get<string>(TicketFields.Description) is { } description
            ? [.. messages, new(ReplyKind.Answer, Requester(ticket), ticket.Get<DateTime>(TicketFields.OpenedAt), description, null)]
            : [.. messages], page.Next);
    }

    public static string? Requester(ContentItem ticket)
        => ticket.Get<string>(TicketFields.RequesterName) ?? ticket.DisplayOf(TicketFields.Contact) ?? ticket.DisplayOf(TicketFields.Customer);
}
