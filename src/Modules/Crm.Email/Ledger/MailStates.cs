using Crm.Platform.Localization;

namespace Crm.Email.Ledger;

/// <summary>What has become of one message to one person.</summary>
public static class MailStates
{
    /// <summary>Waits for its turn, or for another try.</summary>
    public const string Queued = "queued";

    /// <summary>Is being handed to the server.</summary>
    public const string Sending = "sending";

    /// <summary>The server has taken it.</summary>
    public const string Sent = "sent";

    /// <summary>Refused for good, or tried too often.</summary>
    public const string Failed = "failed";

    /// <summary>The server says that there is no such mailbox.</summary>
    public const string Bounced = "bounced";

    /// <summary>The connection or the process ended while it was handed over: it may have arrived, and is not sent again.</summary>
    public const string Unknown = "unknown";

    /// <summary>The address is on the suppression list.</summary>
    public const string Suppressed = "suppressed";

    public const string Canceled = "canceled";

    public static IReadOnlyList<string> All { get; } = [Queued, Sending, Sent, Failed, Bounced, Unknown, Suppressed, Canceled];

    public static LocalizedText Label(string state) => state switch
    {
        Queued => new("Waiting"),
        Sending => new("Being sent"),
        Sent => new("Sent"),
        Failed => new("Failed"),
        Bounced => new("Bounced"),
        Unknown => new("Unknown"),
        Suppressed => new("Suppressed"),
        _ => new("Canceled"),
    };

    /// <summary>A tone of the theme's pills.</summary>
    public static string? Tone(string state) => state switch
    {
        Sent => "good",
        Sending => "info",
        Failed or Bounced => "bad",
        Unknown => "warn",
        _ => null,
    };
}
