using Crm.Platform.Content;

namespace Crm.Email.Suppressions;

/// <summary>An address that must not be written to.</summary>
public sealed class SuppressionType : IContentTypeProvider
{
    public const string Name = "suppressions";

    public const string Unsubscribed = "unsubscribed";
    public const string Bounced = "bounced";
    public const string Manual = "manual";

    /// <summary>What the system and people give as reasons.</summary>
    public static IReadOnlyList<PickListOption> Reasons { get; } =
        [new(Unsubscribed, "Unsubscribed", "yellow"), new(Bounced, "Bounced", "red"), new("complaint", "Complained", "red"), new(Manual, "Entered by hand")];

    /// <summary>The reason in words, in English as the ledger keeps it; what administrators have added is somebody's hand.</summary>
    public static string Words(string? reason) => (Reasons.FirstOrDefault(r => r.Key == reason) ?? Reasons[^1]).Label.En;

    public IEnumerable<ContentTypeDefinition> Types =>
    [
        new()
        {
            Name = Name,
            Label = "Suppressed address",
            PluralLabel = "Suppressed addresses",
            Description = "Nothing is sent to these addresses: people who unsubscribed, mailboxes that do not exist, and what you add yourself",
            Icon = "mail-off",
            DisplayField = "email",
            ListColumns = ["email", "reason", "at", SystemFields.CreatedBy],
            DefaultSort = ["-at"],
            QuickSearch = ["email", "note"],
            KeyFacts = ["reason", "at"],
            NeededFields = ["email", "reason", "at", "note"],
            Fields =
            [
                Field.Email("email", "E-mail") with { Required = true, Unique = true },
                Field.PickList("reason", "Reason", [.. Reasons]) with { Required = true, Default = Manual },
                Field.DateTime("at", "Since") with { Default = "@now", Indexed = true },
                Field.LongText("note", "Note") with { MaxLength = 1000 },
            ],
        },
    ];
}
