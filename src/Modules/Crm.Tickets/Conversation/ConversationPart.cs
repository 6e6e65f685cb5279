using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Hosting;
using Crm.Platform.Security;

namespace Crm.Tickets.Conversation;

/// <summary>The form under a ticket's head, as it is or as it came back with errors.</summary>
/// <param name="Errors">By field, in the reader's language.</param>
internal sealed record MessageForm(ContentItem Ticket, MessageInput Input, bool CanReply, bool CanNote, bool IsMailOn, IReadOnlyDictionary<string, string> Errors)
{
    public string? MailedTo => IsMailOn ? Ticket.Get<string>(TicketFields.RequesterEmail) : null;

    public string? ErrorOf(string field) => Errors.GetValueOrDefault(field);
}

internal sealed record ConversationView(MessageForm Form, ConversationPage Page);

/// <summary>A page of what was said before.</summary>
internal sealed record EarlierMessages(ContentItem Ticket, ConversationPage Page);

/// <summary>The process record of a ticket, written and read where the ticket is.</summary>
internal sealed class ConversationPart(ConversationReader conversation, MessageForms forms) : ISlotPart
{
    public string Slot => SlotNames.RecordMain;

    public int Order => 5;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => context is { Type.Name: TicketType.Name, Item: { } ticket }
            ? new("_Conversation", new ConversationView(forms.Of(context.Type, ticket), await conversation.ReadAsync(ticket, forCustomer: false, null, cancellationToken)))
            : null;
}

internal sealed class MessageForms(EnabledFeatures features, ActorContext actor)
{
    public MessageForm Of(ContentTypeDefinition type, ContentItem ticket, MessageInput? input = null, IReadOnlyDictionary<string, string>? errors = null)
    {
        var canReply = actor.Current.Can(type, ContentActions.Edit, ticket);
        var first = new MessageInput { Kind = canReply ? ReplyKind.Reply : ReplyKind.Note, Resolution = ticket.Get<string>(TicketFields.Resolution) };
        return new(ticket, input ?? first, canReply, actor.Current.Can(TicketPermissions.AddNotes), features.Contains("Crm.Email"), errors ?? new Dictionary<string, string>());
    }
}
