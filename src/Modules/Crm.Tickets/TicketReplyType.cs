using Crm.Platform.Content;

namespace Crm.Tickets;

/// <summary>
/// One message in a ticket's conversation. It has no screens of its own: whoever may see a ticket sees its messages, so
/// they are read and written with the system's rights once the ticket itself was reached with the reader's. Who is given
/// the right to messages themselves, as a program may be, finds those of the tickets that he sees.
/// </summary>
public sealed class TicketReplyType : IContentTypeProvider
{
    public const string Name = "ticketReplies";

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Ticket message",
            PluralLabel = "Ticket messages",
            Icon = "message",
            IsPart = true,
            ScopedBy = ReplyFields.Ticket,
            DisplayField = ReplyFields.Number,
            DefaultSort = [$"-{ReplyFields.At}"],
            NeededFields = [ReplyFields.Number, ReplyFields.Ticket, ReplyFields.Kind, ReplyFields.At, ReplyFields.AuthorName, ReplyFields.SentTo, ReplyFields.Text],
            Fields =
            [
                Field.AutoNumber(ReplyFields.Number, "Message number", "M{000000}"),
                Field.LookUp(ReplyFields.Ticket, "Ticket", TicketType.Name) with { Required = true, OnDelete = OnDelete.Cascade },
                Field.PickList(ReplyFields.Kind, "Kind",
                    new(ReplyKind.Reply, "Reply to the customer", "blue"), new(ReplyKind.Note, "Internal note", "yellow"), new(ReplyKind.Answer, "Customer’s message", "purple")) with { Required = true },
                Field.DateTime(ReplyFields.At, "Time") with { Required = true, Default = "@now" },
                Field.Text(ReplyFields.AuthorName, "Customer’s name") with { MaxLength = 100 },
                Field.Email(ReplyFields.SentTo, "Sent to") with { ReadOnly = true },
                Field.LongText(ReplyFields.Text, "Text") with { Required = true },
            ],
        },
    ];
}

internal static class ReplyFields
{
    public const string Number = "number";
    public const string Ticket = "ticket";
    public const string Kind = "kind";
    public const string At = "at";
    public const string AuthorName = "authorName";
    public const string SentTo = "sentTo";
    public const string Text = "text";
}

internal static class ReplyKind
{
    /// <summary>From us to the customer.</summary>
    public const string Reply = "reply";

    /// <summary>Among ourselves; never shown outside.</summary>
    public const string Note = "note";

    /// <summary>From the customer. Saving one is all that a channel has to do: the ticket is reopened and its assignee told.</summary>
    public const string Answer = "answer";
}
