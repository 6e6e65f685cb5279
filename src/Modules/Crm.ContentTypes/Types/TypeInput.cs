using Crm.Platform.Content;
using Crm.Platform.Fields;

namespace Crm.ContentTypes.Types;

/// <summary>The form of a content type, as it is posted and shown again.</summary>
internal sealed class TypeInput
{
    public string? Name { get; set; }

    public string? LabelEn { get; set; }

    public string? LabelZh { get; set; }

    public string? PluralEn { get; set; }

    public string? PluralZh { get; set; }

    public string? DescriptionEn { get; set; }

    public string? DescriptionZh { get; set; }

    /// <summary>Label of the field whose text stands for a record; only for a new type.</summary>
    public string? DisplayEn { get; set; }

    public string? DisplayZh { get; set; }

    public string Icon { get; set; } = "file";

    public string[] ListColumns { get; set; } = [];

    public string[] KeyFacts { get; set; } = [];

    public string[] QuickSearch { get; set; } = [];

    /// <summary>What the form was filled from: see <see cref="Fingerprint"/>.</summary>
    public string? Seen { get; set; }
}

/// <param name="Type">Null for a new one.</param>
internal sealed record TypePage(ContentTypeDefinition? Type, TypeInput Input, IReadOnlyDictionary<string, string> Errors)
{
    /// <summary>Icons to choose from; all are in the theme.</summary>
    public static IReadOnlyList<string> Icons { get; } =
    [
        "file", "file-text", "folder", "building", "building-store", "building-factory-2", "users", "user", "id-badge", "briefcase", "package", "box",
        "truck", "tool", "settings", "device-laptop", "device-mobile", "car", "home", "school", "book", "calendar", "calendar-event", "checklist", "clipboard",
        "receipt", "credit-card", "coin", "chart-bar", "flag", "star", "heart", "bell", "bulb", "gift", "tag", "map-pin", "world", "phone", "mail", "message",
    ];

    public string? ErrorOf(string input) => Errors.GetValueOrDefault(input);

    public IReadOnlyList<PlaceChoice> Columns { get; init; } = [];

    public IReadOnlyList<PlaceChoice> Facts { get; init; } = [];

    public IReadOnlyList<PlaceChoice> Searched { get; init; } = [];
}

/// <summary>A field that may be a column, a key fact or searched: those that are come first, in their order.</summary>
internal sealed record PlaceChoice(string Path, string Label, bool IsChosen);

internal sealed record TypesPage(IReadOnlyList<TypeRow> Types);

internal sealed record TypeRow(ContentTypeDefinition Type, string Origin, int Fields, int Made);

internal sealed record TypeDetails(ContentTypeDefinition Type, string Origin, IReadOnlyList<FieldRow> Fields, IReadOnlyList<FieldRow> Deleted, int DaysKept);

internal sealed record FieldRow(FieldDefinition Field, FieldKind Kind, string Label, string? Section, string Origin, bool CanBeHidden);
