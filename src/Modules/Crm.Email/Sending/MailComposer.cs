using Crm.Email.Account;
using Crm.Email.Ledger;
using Crm.Email.Suppressions;
using Crm.Platform.Settings;

namespace Crm.Email.Sending;

/// <summary>Makes the messages of claimed rows, or says why a row has none.</summary>
internal sealed class MailComposer(SuppressionList suppressions, SettingsStore settings, TimeProvider clock)
{
    public async Task<IReadOnlyList<Letter>> ComposeAsync(IReadOnlyList<MailRow> rows, EmailSettings account, CancellationToken cancellationToken)
    {
        // Looked at when it was asked for, and again now: somebody may have unsubscribed since.
        var suppressed = await suppressions.ReasonsAsync(rows.Select(r => r.Address), cancellationToken);
        var letters = new List<Letter>(rows.Count);
        foreach (var row in rows)
            letters.Add(suppressed.TryGetValue(MailAddresses.Fold(row.Address), out var reason)
                ? new Letter(row, null, new(MailStates.Suppressed, reason))
                : Single(row, account));
        return letters;
    }

    private Letter Single(MailRow row, EmailSettings account)
        => new(row, MessageBuilder.Build(row.Id, MessageBuilder.From(account, settings.Site.Name) with
        {
            To = row.Address,
            ToName = row.Name,
            ReplyTo = row.ReplyTo is { } reply && MailAddresses.AreSendable(reply) ? reply : null,
            Subject = row.Subject ?? "",
            Text = row.Text ?? "",
            Html = row.Html,
        }, clock.GetUtcNow()), null);
}
