namespace Crm.Email.Ledger;

/// <summary>What the sender needs of a row of the ledger. Rows of a mailing have no text of their own.</summary>
internal sealed record MailRow(
    Guid Id,
    Guid? MailingId,
    string? RecordType,
    Guid? RecordId,
    string Address,
    string? Name,
    string? Subject,
    string? Text,
    string? Html,
    string? ReplyTo,
    long Attempts);
