using Crm.Email.Ledger;
using Crm.Email.Suppressions;
using Crm.Platform.Data;

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

    /// <summary>The record it is about, such as <c>/tickets/0199...</c>; its page shows what became of the mail.</summary>
    public string? About { get; init; }
}

/// <summary>Takes mail that is to be sent. Joins the transaction under way: what is rolled back was never asked for.</summary>
public sealed class MailQueue(DbSession session, SuppressionList suppressions, MailSignal signal, TimeProvider clock)
{
    /// <param name="key">Tells one occasion from the next, such as <c>survey:&lt;ticket&gt;:&lt;time&gt;</c>; at most 200 characters. The same key is sent once.</param>
    /// <returns>False when it was asked for before, or it cannot be sent: the address is on the suppression list or is none. The ledger says which.</returns>
    public async Task<bool> EnqueueAsync(string key, OutgoingMail mail, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, 200);
        var address = mail.To.Trim();
        var (state, reason) = !MailAddresses.AreSendable(address) ? (MailStates.Failed, "This is not an e-mail address")
            : await suppressions.ReasonAsync(address, cancellationToken) is { } why ? (MailStates.Suppressed, why)
            : (MailStates.Queued, (string?)null);
        var (type, record) = About(mail.About);
        var now = clock.GetUtcNow().UtcDateTime;
        var added = await session.ExecuteAsync(new SqlText().Append(
            "INSERT INTO crm_mail (id, key, record_type, record_id, address, name, subject, text, html, reply_to, about, state, attempts, next_at, reason, created_at, opens, clicks, news) "
            + "VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, 0, {}, {}, {}, 0, 0, {}) ON CONFLICT (key) DO NOTHING",
            (ColumnType.Uuid, Guid.CreateVersion7()), (ColumnType.Text, key), (ColumnType.Text, type), (ColumnType.Uuid, record),
            (ColumnType.Text, MailAddresses.Limit(address)), (ColumnType.Text, mail.ToName), (ColumnType.Text, mail.Subject), (ColumnType.Text, mail.Text), (ColumnType.Text, mail.Html),
            (ColumnType.Text, mail.ReplyTo), (ColumnType.Text, mail.About), (ColumnType.Text, state), (ColumnType.DateTime, now), (ColumnType.Text, reason),
            (ColumnType.DateTime, now), (ColumnType.Boolean, false)), cancellationToken);
        session.AfterCommit(signal.Notify);
        return added == 1 && state == MailStates.Queued;
    }

    /// <summary><c>/tickets/0199...</c> as type and id.</summary>
    private static (string? Type, Guid? Id) About(string? about)
        => about?.Split('/', StringSplitOptions.RemoveEmptyEntries) is [.., var type, var id] && Guid.TryParse(id, out var record) ? (type, record) : (null, null);
}
