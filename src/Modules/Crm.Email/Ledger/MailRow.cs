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
    long Attempts)
{
    /// <summary>Sender of a single message; null for the account's.</summary>
    public string? FromName { get; init; }

    public string? FromAddress { get; init; }

    /// <summary>With <see cref="Secret"/>: what signs the way to unsubscribe of a single message that has one.</summary>
    public string? SiteUrl { get; init; }

    public string? Secret { get; init; }
}
