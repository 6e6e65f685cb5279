using System.Text.Json.Serialization;
using Crm.Platform.Localization;

namespace Crm.Platform.Content;

/// <summary>
/// One field of a content type. A module declares it in code; what an administrator changes is laid over that, setting
/// by setting, so that neither overwrites the other.
/// </summary>
public sealed record FieldDefinition
{
    /// <summary>camelCase, 2 to 50 letters and digits, unique within the type; also the API's name.</summary>
    public required string Name { get; init; }

    /// <summary>Name of a <see cref="Fields.FieldKind"/>, such as <c>text</c>.</summary>
    public required string Kind { get; init; }

    public required LocalizedText Label { get; init; }

    public LocalizedText? Help { get; init; }

    /// <summary>Heading of the form under which the field stands; null for the first.</summary>
    public LocalizedText? Section { get; init; }

    public bool Required { get; init; }

    /// <summary>No two records that are not deleted have the same value, ignoring case.</summary>
    public bool Unique { get; init; }

    /// <summary>Has a database index; unique fields and look-ups always have one.</summary>
    public bool Indexed { get; init; }

    /// <summary>Kept but not shown anywhere.</summary>
    public bool Hidden { get; init; }

    /// <summary>When an administrator deleted the field; it is hidden since, and removed for good later.</summary>
    public DateTime? DeletedAt { get; init; }

    /// <summary>Shown, but set by the system only.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>
    /// Starting value in the kind's invariant form; <c>@me</c> for the user, or a <see cref="Fields.RelativeDates">relative date</see>.
    /// A record that is gone, or that whoever makes the new one may not see, is left out.
    /// </summary>
    public string? Default { get; init; }

    /// <summary>Most characters of a text.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Of a duration in minutes.</summary>
    public decimal? Min { get; init; }

    /// <summary>Of a duration in minutes; of a file the largest size in MB.</summary>
    public decimal? Max { get; init; }

    /// <summary>The first day or moment that is taken, in the kind's invariant form such as <c>2026-01-01</c> or <c>2026-01-01T00:00:00.000Z</c>.</summary>
    public string? Earliest { get; init; }

    /// <summary>The last day or moment that is taken, in the kind's invariant form.</summary>
    public string? Latest { get; init; }

    /// <summary>Endings of names that a file may have, such as <c>pdf</c>; empty for any but programs.</summary>
    public IReadOnlyList<string> FileTypes { get; init; } = [];

    /// <summary>Digits after the decimal point, 0 to 4. A number's is fixed when the field is made.</summary>
    public int Decimals { get; init; }

    /// <summary>What a date says: a month is shown and typed as one, and kept as its first day. Declared by code.</summary>
    public DatePrecision Precision { get; init; }

    /// <summary>
    /// What files call the field besides its name and label, in any language. A look-up goes by those of its target's
    /// display field as well. Declared by code.
    /// </summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Options of a pick-list, in order.</summary>
    public IReadOnlyList<PickListOption> Options { get; init; } = [];

    /// <summary>An unknown value of this pick-list becomes an option when the user may add options.</summary>
    public bool Open { get; init; }

    /// <summary>Content type that a look-up points to.</summary>
    public string? Target { get; init; }

    /// <summary>The type whose fields a path names after this one, such as <c>customer.industry</c>; null where there is no such record, or not just one.</summary>
    [JsonIgnore]
    public string? LeadsTo => Kind == Fields.LookUpsField.KindName ? null : Target;

    /// <summary>What happens here when the record that a look-up points to is deleted.</summary>
    public OnDelete OnDelete { get; init; }

    /// <summary>Heading of the related list on the target's page; null for none.</summary>
    public LocalizedText? RelatedLabel { get; init; }

    /// <summary>The look-up whose record stands for each record in that list, such as the campaign of a membership; null for the record itself.</summary>
    public string? RelatedAs { get; init; }

    /// <summary>Pattern of an auto-number: zeros in braces are the counter, such as <c>C{000000}</c>.</summary>
    public string? Pattern { get; init; }

    /// <summary>When a date that is past is overdue, and shown so; null for never.</summary>
    public LateRule? Late { get; init; }

    public int Order { get; init; }

    /// <summary>One of the columns that every type has (owner, created, ...).</summary>
    public bool IsSystem { get; init; }

    /// <summary>The feature that declares the field; null when an administrator made it.</summary>
    public string? Feature { get; init; }
}

/// <summary>How exact a date is.</summary>
public enum DatePrecision
{
    Day,
    Month,
}

/// <summary>A date is a deadline until another field of the record has one of these values.</summary>
/// <param name="Field">A pick-list, such as <c>status</c>, one of <see cref="ContentTypeDefinition.NeededFields"/>. Who reads the date reads it as well.</param>
public sealed record LateRule(string Field, params IReadOnlyList<string> Over)
{
    public bool AppliesTo(ContentItem item) => item[Field] is string value && !Over.Contains(value);
}

/// <param name="Key">Stored in the column; 1 to 100 characters.</param>
/// <param name="Color">A theme colour name such as <c>green</c>, or null.</param>
/// <param name="Hidden">Kept by records that have it, no longer offered.</param>
/// <param name="Weight">What the option stands for in per cent, 0 to 100, such as a stage's chance of being won.</param>
public sealed record PickListOption(string Key, LocalizedText Label, string? Color = null, bool Hidden = false, int? Weight = null);

public enum OnDelete
{
    /// <summary>The look-up is emptied.</summary>
    Clear,

    /// <summary>The record cannot be deleted while others point to it.</summary>
    Restrict,

    /// <summary>The records that point to it are deleted with it.</summary>
    Cascade,
}

/// <summary>Short forms for declaring fields; the rest is set with <c>with { ... }</c>.</summary>
public static class Field
{
    public static FieldDefinition Text(string name, LocalizedText label) => Of("text", name, label);

    public static FieldDefinition LongText(string name, LocalizedText label) => Of("longText", name, label);

    public static FieldDefinition Number(string name, LocalizedText label, int decimals = 0) => Of("number", name, label) with { Decimals = decimals };

    public static FieldDefinition Money(string name, LocalizedText label) => Of("money", name, label) with { Decimals = 2 };

    public static FieldDefinition YesNo(string name, LocalizedText label) => Of("yesNo", name, label);

    public static FieldDefinition Date(string name, LocalizedText label) => Of("date", name, label);

    public static FieldDefinition Month(string name, LocalizedText label) => Date(name, label) with { Precision = DatePrecision.Month };

    public static FieldDefinition DateTime(string name, LocalizedText label) => Of("dateTime", name, label);

    public static FieldDefinition PickList(string name, LocalizedText label, params PickListOption[] options)
        => Of("pickList", name, label) with { Options = options };

    public static FieldDefinition MultiPickList(string name, LocalizedText label, params PickListOption[] options)
        => Of("multiPickList", name, label) with { Options = options };

    public static FieldDefinition Tags(string name, LocalizedText label) => Of("tags", name, label);

    public static FieldDefinition Email(string name, LocalizedText label) => Of("email", name, label);

    public static FieldDefinition Emails(string name, LocalizedText label) => Of("emails", name, label);

    public static FieldDefinition Phones(string name, LocalizedText label) => Of("phones", name, label);

    public static FieldDefinition Address(string name, LocalizedText label) => Of("address", name, label);

    public static FieldDefinition RichText(string name, LocalizedText label) => Of("richText", name, label);

    public static FieldDefinition Percent(string name, LocalizedText label, int decimals = 0) => Of("percent", name, label) with { Decimals = decimals };

    public static FieldDefinition Rating(string name, LocalizedText label) => Of("rating", name, label);

    public static FieldDefinition Duration(string name, LocalizedText label) => Of("duration", name, label);

    public static FieldDefinition Json(string name, LocalizedText label) => Of("json", name, label);

    public static FieldDefinition Team(string name, LocalizedText label) => Of("team", name, label) with { Target = SystemTypes.Teams };

    public static FieldDefinition Phone(string name, LocalizedText label) => Of("phone", name, label);

    public static FieldDefinition File(string name, LocalizedText label) => Of("file", name, label);

    public static FieldDefinition Image(string name, LocalizedText label) => Of("image", name, label);

    public static FieldDefinition Url(string name, LocalizedText label) => Of("url", name, label);

    public static FieldDefinition LookUp(string name, LocalizedText label, string target) => Of("lookUp", name, label) with { Target = target };

    public static FieldDefinition LookUps(string name, LocalizedText label, string target) => Of("lookUps", name, label) with { Target = target };

    /// <summary>A link to a record of any type, given as <c>customers/&lt;id&gt;</c> or <c>customers:name</c>.</summary>
    public static FieldDefinition Record(string name, LocalizedText label) => Of("record", name, label) with { Indexed = true };

    public static FieldDefinition User(string name, LocalizedText label) => Of("user", name, label) with { Target = SystemTypes.Users };

    public static FieldDefinition AutoNumber(string name, LocalizedText label, string pattern)
        => Of("autoNumber", name, label) with { Pattern = pattern, ReadOnly = true, Unique = true };

    /// <summary>Something that the system says; set by code only, with <see cref="StoredMessage.Write"/>.</summary>
    public static FieldDefinition SystemText(string name, LocalizedText label) => Of("message", name, label) with { ReadOnly = true };

    private static FieldDefinition Of(string kind, string name, LocalizedText label) => new() { Name = name, Kind = kind, Label = label };
}
