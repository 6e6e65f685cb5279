using Crm.Email.Ledger;
using Crm.Email.Suppressions;
using Crm.Email.Tracking;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Email;

/// <summary>One message to one person.</summary>
/// <param name="To">Address, without a name.</param>
/// <param name="Text">Plain text; always there, also beside HTML.</param>
public sealed record OutgoingMail(string To, string Subject, string Text)
{
    public string? ToName { get; init; }

    public string? Html { get; init; }

    /// <summary>Null for the account's own sender.</summary>
    public string? FromName { get; init; }

    public string? FromAddress { get; init; }

    /// <summary>Address of answers; null for the account's own.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The record it is about, such as <c>/tickets/0199...</c>; its page shows what became of the mail.</summary>
    public string? About { get; init; }
}

/// <summary>Takes mail that is to be sent. Joins the transaction under way: what is rolled back was never asked for.</summary>
public sealed class MailQueue(DbSession session, SuppressionList suppressions, SiteAddress site, MailSignal signal, TimeProvider clock)
{
    /// <param name="key">Tells one occasion from the next, such as <c>survey:&lt;ticket&gt;:&lt;time&gt;</c>; at most 200 characters. The same key is sent once.</param>
    /// <returns>False when it was asked for before, or it cannot be sent: the address is on the suppression list or is none. The ledger says which.</returns>
    public async Task<bool> EnqueueAsync(string key, OutgoingMail mail, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, 200);
        var address = mail.To.Trim();
        var (state, reason) = !MailAddresses.AreSendable(address) ? (MailStates.Failed, StoredMessage.Write(new("This is not an e-mail address")))
            : await suppressions.ReasonAsync(address, cancellationToken) is { } why ? (MailStates.Suppressed, why)
            : (MailStates.Queued, (string?)null);
        var (type, record) = About(mail.About);
        var now = clock.GetUtcNow().UtcDateTime;
        // Only a message that offers it has a way to unsubscribe; the sender fills in where it leads.
        var (siteUrl, secret) = UnsubscribeLink.IsIn(mail) ? (await site.GetAsync(cancellationToken), TrackingLinks.NewSecret()) : (null, null);
        var added = await session.ExecuteAsync(new SqlText().Append(
            "INSERT INTO crm_mail (id, key, record_type, record_id, address, name, subject, text, html, reply_to, about, from_name, from_address, site_url, secret, state, attempts, next_at, reason, created_at, opens, clicks, news) "
            + "VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, 0, {}, {}, {}, 0, 0, {}) ON CONFLICT (key) DO NOTHING",
            (ColumnType.Uuid, Guid.CreateVersion7()), (ColumnType.Text, key), (ColumnType.Text, type), (ColumnType.Uuid, record),
            (ColumnType.Text, MailAddresses.Limit(address)), (ColumnType.Text, mail.ToName), (ColumnType.Text, mail.Subject), (ColumnType.Text, mail.Text), (ColumnType.Text, mail.Html),
            (ColumnType.Text, mail.ReplyTo), (ColumnType.Text, mail.About), (ColumnType.Text, mail.FromName), (ColumnType.Text, mail.FromAddress), (ColumnType.Text, siteUrl), (ColumnType.Text, secret),
            (ColumnType.Text, state), (ColumnType.DateTime, now), (ColumnType.Text, reason),
            (ColumnType.DateTime, now), (ColumnType.Boolean, false)), cancellationToken);
        session.AfterCommit(signal.Notify);
        return added == 1 && state == MailStates.Queued;
    }

    /// <summary><c>/tickets/0199...</c> as type and id.</summary>
    private static (string? Type, Guid? Id) About(string? about)
        => about?.Split('/', StringSplitOptions.RemoveEmptyEntries) is [.., var type, var id] && Guid.TryParse(id, out var record) ? (type, record) : (null, null);
}
