using Crm.Email.Ledger;

namespace Crm.Email.Mailings;

/// <summary>Who can be a recipient.</summary>
public static class MailingRecipients
{
    /// <summary>Whether a message can be sent to this address at all.</summary>
    public static bool CanReceive(string address) => MailAddresses.AreSendable(address.Trim());
}
