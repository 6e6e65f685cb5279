namespace Crm.Email.Tracking;

/// <summary>
/// The way to unsubscribe from single messages. A text that is filled in before its message has a row of the ledger names
/// this address, which leads nowhere (RFC 2606); the sender puts the row's own signed one in its place.
/// </summary>
internal static class UnsubscribeLink
{
    public const string Pending = "https://unsubscribe.invalid/";

    public static bool IsIn(OutgoingMail mail) => mail.Text.Contains(Pending, StringComparison.Ordinal) || mail.Html?.Contains(Pending, StringComparison.Ordinal) == true;

    public static string? PutInto(string? text, string? url) => url is null ? text : text?.Replace(Pending, url, StringComparison.Ordinal);
}
