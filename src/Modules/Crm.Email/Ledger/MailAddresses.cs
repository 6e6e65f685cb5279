using Crm.Platform.Fields;
using MimeKit;

namespace Crm.Email.Ledger;

/// <summary>Which texts are addresses that a message can be sent to.</summary>
internal static class MailAddresses
{
    /// <summary>What a field for addresses takes too, so that whatever can be sent to can be suppressed; nothing that could end a header line or name a second recipient.</summary>
    public static bool AreSendable(string address)
        => address.Length is > 2 and <= 254 && !address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>' or ',' or ';')
            && MailboxAddress.TryParse(address, out var mailbox) && mailbox.Address == address
            && EmailAddress.IsValid(address);

    /// <summary>The form in which two addresses are the same mailbox to us.</summary>
    public static string Fold(string address) => address.Trim().ToLowerInvariant();

    /// <summary>What is no address is kept for the ledger, but not all of it.</summary>
    public static string Limit(string text) => text.Length > 320 ? text[..320] : text;

    /// <summary>One line without control characters, for headers.</summary>
    public static string Line(string text, int longest = 500)
    {
        var line = string.Join(' ', new string([.. text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return line.Length > longest ? line[..longest] : line;
    }
}
