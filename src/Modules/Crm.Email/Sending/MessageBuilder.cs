using Crm.Email.Account;
using Crm.Email.Ledger;
using MimeKit;
using MimeKit.Utils;

namespace Crm.Email.Sending;

/// <summary>Makes the message itself (RFC 5322): headers that nobody can add lines to, text beside HTML.</summary>
internal static class MessageBuilder
{
    /// <summary>Sender of a site that has no account yet.</summary>
    public const string NoAddress = "noreply@localhost";

    public static MimeMessage Build(Guid id, MessageParts parts, DateTimeOffset now)
    {
        var from = new MailboxAddress(MailAddresses.Line(parts.FromName), parts.FromAddress);
        var message = new MimeMessage
        {
            // From the row's id, so that the server's log can be compared with the ledger.
            MessageId = $"{id:N}@{from.Domain}",
            Date = now,
            Subject = MailAddresses.Line(parts.Subject),
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress(parts.ToName is null ? null : MailAddresses.Line(parts.ToName, 200), parts.To));
        if (parts.ReplyTo is not null)
            message.ReplyTo.Add(new MailboxAddress(null, parts.ReplyTo));
        if (parts.UnsubscribeUrl is { } unsubscribe)
        {
            message.Headers.Add(HeaderId.ListUnsubscribe, $"<{unsubscribe}>");
            message.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
            message.Headers.Add(HeaderId.Precedence, "bulk");
        }
        else
        {
            // Answering machines should not answer (RFC 3834).
            message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        }
        message.Body = new BodyBuilder { TextBody = parts.Text, HtmlBody = string.IsNullOrEmpty(parts.Html) ? null : parts.Html }.ToMessageBody();
        message.Prepare(EncodingConstraint.SevenBit);
        return message;
    }

    public static MessageParts From(EmailSettings account, string siteName) => new()
    {
        FromName = account.FromName ?? siteName,
        FromAddress = account.FromAddress ?? NoAddress,
        To = "",
        Subject = "",
        Text = "",
    };
}

internal sealed record MessageParts
{
    public required string FromName { get; init; }

    public required string FromAddress { get; init; }

    public required string To { get; init; }

    public string? ToName { get; init; }

    public string? ReplyTo { get; init; }

    public required string Subject { get; init; }

    public required string Text { get; init; }

    public string? Html { get; init; }

    /// <summary>Signed address; messages that nobody can unsubscribe from have none.</summary>
    public string? UnsubscribeUrl { get; init; }
}
