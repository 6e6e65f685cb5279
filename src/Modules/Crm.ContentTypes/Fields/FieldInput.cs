using Crm.Platform.Content;

namespace Crm.ContentTypes.Fields;

/// <summary>The form of a field, as it is posted and shown again.</summary>
internal sealed class FieldInput
{
    public string? Name { get; set; }

    public string? LabelEn { get; set; }

    public string? LabelZh { get; set; }

    public string? HelpEn { get; set; }

    public string? HelpZh { get; set; }

    /// <summary>English text of a section that there is, empty for the first, or <see cref="NewSection"/>.</summary>
    public string? Section { get; set; }

    public string? SectionEn { get; set; }

    public string? SectionZh { get; set; }

    public bool Required { get; set; }

    public bool Unique { get; set; }

    public string? Default { get; set; }

    public string? MaxLength { get; set; }

    public string? Min { get; set; }

    public string? Max { get; set; }

    public int Decimals { get; set; }

    /// <summary>Endings of names, with commas between them.</summary>
    public string? FileTypes { get; set; }

    public string? Target { get; set; }

    public OnDelete OnDelete { get; set; }

    public string? RelatedEn { get; set; }

    public string? RelatedZh { get; set; }

    public string? Pattern { get; set; }

    public bool Open { get; set; }

    /// <summary>Keys of the options that the form was filled with, one a line: what others add meanwhile stays.</summary>
    public string? KnownOptions { get; set; }

    public IEnumerable<string> ShownOptions => KnownOptions?.Split('\n', StringSplitOptions.TrimEntries) ?? [];

    public string?[] OptionKey { get; set; } = [];

    public string?[] OptionEn { get; set; } = [];

    public string?[] OptionZh { get; set; } = [];

    public string?[] OptionColor { get; set; } = [];

    public string?[] OptionHidden { get; set; } = [];

    /// <summary>Per cent from 0 to 100; not posted where options have none.</summary>
    public string?[] OptionWeight { get; set; } = [];

    public bool InList { get; set; }

    public bool InSearch { get; set; }

    /// <summary>What the form was filled from: see <see cref="Fingerprint"/>.</summary>
    public string? Seen { get; set; }

    public const string NewSection = "+";
}

/// <param name="Field">The field as it is; null for a new one.</param>
/// <param name="Errors">By input.</param>
internal sealed record FieldPage(ContentTypeDefinition Type, FieldDefinition? Field, Crm.Platform.Fields.FieldKind Kind, FieldInput Input, IReadOnlyDictionary<string, string> Errors)
{
    public string? ErrorOf(string input) => Errors.GetValueOrDefault(input);

    public string Action => Field is null ? $"/admin/content-types/{Type.Name}/fields/new?kind={Kind.Name}" : $"/admin/content-types/{Type.Name}/fields/{Field.Name}/edit";

    /// <summary>Fields of modules keep what their code relies on.</summary>
    public bool IsMade => Field is null || Field.IsMade();

    /// <summary>Content types that a look-up may point to.</summary>
    public required IReadOnlyList<(string Name, string Label)> Targets { get; init; }

    /// <summary>Whether the module that declares the field cannot do without a value.</summary>
    public bool IsRequiredByModule { get; init; }

    /// <summary>Whether options of this pick-list stand for a per cent, such as stages.</summary>
    public bool HasWeights { get; init; }

    /// <summary>Whether the kind has a lowest and a highest value to be chosen.</summary>
    public static bool TakesLimits(Crm.Platform.Fields.FieldKind kind) => TakesDecimals(kind) || IsDate(kind) || kind.Name is "duration";

    /// <summary>Whether a number of the kind has decimals to be chosen.</summary>
    public static bool TakesDecimals(Crm.Platform.Fields.FieldKind kind) => kind.Name is "number" or "money" or "percent";

    public static bool IsDate(Crm.Platform.Fields.FieldKind kind) => kind.Name is "date" or "dateTime";

    /// <summary>Whether new records may start with a value that a form can give: see decision 18.</summary>
    public static bool TakesDefault(Crm.Platform.Fields.FieldKind kind)
        => kind.Name is not ("record" or "address" or "file" or "image" or "autoNumber");

    /// <summary>Whether the starting value is a record that people name.</summary>
    public static bool StartsWithRecord(Crm.Platform.Fields.FieldKind kind) => kind.Name is "lookUp" or "lookUps" or "team";

    /// <summary>Whether the kind keeps a file.</summary>
    public static bool IsFile(Crm.Platform.Fields.FieldKind kind) => kind.Name is "file" or "image";

    /// <summary>Whether the kind chooses from a list.</summary>
    public bool HasOptions { get; init; }

    public bool CanBeSearched { get; init; }
}

internal static class FieldDefinitions
{
    /// <summary>Made in the browser, and so to be deleted there too.</summary>
    public static bool IsMade(this FieldDefinition field) => field.Feature is null && !field.IsSystem;

    /// <summary>Not what names the records, and not what a module's code or records cannot do without.</summary>
    public static bool CanBeHidden(this ContentDefinitions definitions, ContentTypeDefinition type, FieldDefinition field)
        => field.Name != type.DisplayField && !type.Needs(field.Name) && definitions.Declared(type.Name, field.Name) is not { Required: true, Default: null };

    /// <summary>Fields that administrators deal with: all but what the system keeps for itself.</summary>
    public static bool IsArrangeable(this FieldDefinition field) => !field.IsSystem || field.Name is SystemFields.Owner or SystemFields.Team;
}

/// <summary>Model of <c>_Option</c>: one option of a pick-list in its form.</summary>
internal sealed record OptionRow(int Number, string? Key, string? En, string? Zh, string? Color, bool Hidden, bool HasWeight, string? Weight)
{
    public static IReadOnlyList<(string Color, string Label)> Colors { get; } =
        [("", "No color"), ("green", "Green"), ("blue", "Blue"), ("indigo", "Indigo"), ("purple", "Purple"), ("yellow", "Yellow"), ("red", "Red"), ("secondary", "Gray")];

    public string Name => En is { Length: > 0 } ? En : Zh is { Length: > 0 } ? Zh : Number.ToString(System.Globalization.CultureInfo.CurrentCulture);
}
