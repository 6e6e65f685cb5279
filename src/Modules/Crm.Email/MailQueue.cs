namespace Crm.Email;

/// <summary>One message to one person.</summary>
/// <param name="To">Address, without a name.</param>
/// <param name="Text">Plain text; always there, also beside HTML.</param>
public sealed record OutgoingMail(string To, string Subject, string Text)
{
    public string? ToName { get; init; }

    public string? Html { get; init; }

    /// <summary>Address of answers; null for the account's own.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The record it is about, such as <c>/tickets/0199...</c>.</summary>
    public string? About { get; init; }
}

/// <summary>Takes mail that is to be sent. Joins the transaction under way: what is rolled back was never asked for.</summary>
public sealed class MailQueue
{
    /// <param name="key">Tells one occasion from the next, such as <c>survey:&lt;ticket&gt;:&lt;time&gt;</c>; at most 200 characters. The same key is sent once.</param>
    /// <returns>False when it was asked for before, or the address is on the suppression list.</returns>
    public Task<bool> EnqueueAsync(string key, OutgoingMail mail, CancellationToken cancellationToken)
        => throw new NotSupportedException($"{key} to {mail.To}: there is no queue yet.");
}
