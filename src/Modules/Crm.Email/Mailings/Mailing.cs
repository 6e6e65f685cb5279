using Crm.Email.Templates;
using Crm.Platform.Localization;

namespace Crm.Email.Mailings;

/// <summary>What the recipients of one mailing have in common, as it was when it began.</summary>
/// <param name="RecordType">Content type of the recipients.</param>
/// <param name="SiteUrl">How they reach this site.</param>
/// <param name="SenderId">The user in whose name it is sent.</param>
public sealed record MailingContent(string RecordType, TemplateParts Parts, string SiteUrl, Guid? SenderId)
{
    /// <summary>Whose rights hold for what is merged; null for the site's own.</summary>
    public Guid? RightsOf { get; init; }

    /// <summary>Null for the account's.</summary>
    public string? FromName { get; init; }

    public string? FromAddress { get; init; }
}

public sealed record MailingRecipient(Guid RecordId, string Address, string Name);

/// <param name="Problem">Why it was paused, if nobody did it.</param>
public sealed record MailingStand(string State, Message? Problem);

/// <summary>States of a mailing as a whole.</summary>
public static class MailingStates
{
    /// <summary>Recipients are being added; nothing is sent.</summary>
    public const string Building = "building";

    public const string Sending = "sending";
    public const string Paused = "paused";
    public const string Canceled = "canceled";
    public const string Done = "done";
}

/// <param name="ByState">Messages by their state.</param>
/// <param name="LeftOut">Those to suppressed addresses, by why they are suppressed.</param>
public sealed record MailingFigures(IReadOnlyDictionary<string, long> ByState, long Opened, long Clicked, long Unsubscribed, IReadOnlyList<(MailingPart Part, long Count)> LeftOut)
{
    /// <summary>How many there are to send, or were: nothing is sent to suppressed addresses.</summary>
    public long Due => ByState.Values.Sum() - Of(Ledger.MailStates.Suppressed);

    public long Of(params string[] states) => states.Sum(s => ByState.GetValueOrDefault(s));
}

/// <summary>A part of a mailing's recipients, such as those who opened it.</summary>
/// <param name="Condition">SQL on <c>crm_mail</c>, of this code only.</param>
public sealed record MailingPart(string Name, LocalizedText Label, string Condition)
{
    /// <summary>The part that this is a part of; null for one of the recipients themselves.</summary>
    public string? Within { get; init; }
}

/// <summary>One recipient and what became of the message.</summary>
/// <param name="Reason">A server's words or a <see cref="StoredMessage"/>.</param>
public sealed record MailingMessage(Guid Id, string? RecordType, Guid? RecordId, string Address, string? Name, string State, string? Reason, DateTime? SentAt, DateTime? OpenedAt, DateTime? ClickedAt, DateTime? UnsubscribedAt);

/// <summary>News of a message: the furthest that its recipient has come.</summary>
/// <param name="Status">sent, opened, clicked, unsubscribed or bounced; null when it was not sent.</param>
public sealed record MailingNews(Guid Id, Guid? MailingId, Guid? RecordId, string Address, string? Status);
