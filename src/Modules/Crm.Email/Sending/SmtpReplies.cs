using System.Globalization;
using System.Text.RegularExpressions;
using Crm.Email.Ledger;
using MailKit.Net.Smtp;

namespace Crm.Email.Sending;

/// <summary>How far a refusal reaches.</summary>
internal enum RefusalReach
{
    /// <summary>This message to this recipient.</summary>
    Message,

    /// <summary>This connection: it ended, perhaps because of this message.</summary>
    Connection,

    /// <summary>Everything from this sender's address.</summary>
    Sender,

    /// <summary>Everything, whoever sends it to whom.</summary>
    Account,
}

/// <summary>Reads what servers say when they refuse: replies of RFC 5321, with the status codes of RFC 3463 where they have them.</summary>
internal static partial class SmtpReplies
{
    public static Delivery Judge(SmtpErrorCode at, int code, string text)
    {
        var reason = $"{code.ToString(CultureInfo.InvariantCulture)} {text.ReplaceLineEndings(" ").Trim()}";
        var state = code < 500 ? MailStates.Queued : MailStates.Failed;
        // The service closes, or wants the account to sign in first (RFC 4954).
        if (code is 421 or 530 or 534 or 535 or 538)
            return new(MailStates.Queued, reason) { Reach = RefusalReach.Account };
        // Too large and not understood are said of the message, although it is the sender's command that is answered.
        if (at == SmtpErrorCode.SenderNotAccepted && code is not (552 or 555) && Status(text) is not [_, 3, 4])
            return new(state, reason) { Reach = RefusalReach.Sender };
        return at == SmtpErrorCode.RecipientNotAccepted && IsNoMailbox(code, text) ? new(MailStates.Bounced, reason) : new(state, reason);
    }

    /// <summary>
    /// Whether the mailbox does not exist. A plain 550 says all kinds of things, such as that this server does not relay for
    /// us, so the address counts as dead only when the status says so (X.1: addressing; 7 and 8 mean the sender's), or the words do.
    /// </summary>
    private static bool IsNoMailbox(int code, string text)
        => Status(text) is [var kind, var subject, var detail]
            ? kind == 5 && subject == 1 && detail is 1 or 2 or 3 or 6 or 10
            : code == 550 && NoMailbox().IsMatch(text) && !text.Contains("sender", StringComparison.OrdinalIgnoreCase);

    private static int[]? Status(string text)
        => EnhancedStatus().Match(text) is { Success: true } match ? [.. match.Value.Split('.').Select(p => int.Parse(p, CultureInfo.InvariantCulture))] : null;

    /// <summary>What two refusals have in common when they are for the same reason: the status, or the words without the address and numbers.</summary>
    public static string Kind(string reason, string address)
        => EnhancedStatus().Match(reason) is { Success: true } match ? $"{reason[..3]} {match.Value}" : Numbers().Replace(reason.Replace(address, "", StringComparison.OrdinalIgnoreCase), "");

    [GeneratedRegex(@"(?<=^(?:\d{3} )?)[245]\.\d{1,3}\.\d{1,3}\b", RegexOptions.CultureInvariant)]
    private static partial Regex EnhancedStatus();

    [GeneratedRegex(@"\b(?:no such|unknown) (?:local )?(?:user|recipient|mailbox|account|address)\b|\b(?:user|recipient|mailbox|account|address)\b.{0,80}\b(?:unknown|not found|not exist|doesn't exist)\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex NoMailbox();

    [GeneratedRegex(@"\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();
}
