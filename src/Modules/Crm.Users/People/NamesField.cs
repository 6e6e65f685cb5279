using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Localization;

namespace Crm.Users;

/// <summary>
/// Several records of another type, kept as their names: <c>Marketing, Sales</c>. Whether they exist is checked by
/// <see cref="UserRules"/>, which also follows a record that is given another name.
/// </summary>
internal abstract class NamesField(string source) : FieldKind
{
    private static readonly KindColumn[] NamesColumns = [new("", ColumnType.Text), new("_key", ColumnType.Text, IsKey: true)];

    /// <summary>The type whose names may be chosen.</summary>
    public string Source => source;

    public override bool CanBeAdded => false;

    public override bool PostsSeveral => true;

    public override string JoinPosted(IReadOnlyList<string> texts) => string.Join(", ", texts.Where(t => t.Length > 0));

    public override Type ValueType => typeof(string);

    public override IReadOnlyList<FilterOperator> Operators => [FilterOperator.Contains, FilterOperator.Equal, FilterOperator.NotEqual];

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => NamesColumns;

    public override object?[] ToColumns(FieldDefinition field, object? value) => [value, value is string text ? Fold(text) : null];

    public override object? ToFilterValue(FieldDefinition field, object? value) => value is string text ? Fold(text) : value;

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context) => new(Join(Split(text)), null);

    /// <summary>The standard roles have names in every language; others are content, and no translation has them.</summary>
    public override string Format(FieldDefinition field, object value, FormatContext context)
        => string.Join(context.Culture.TwoLetterISOLanguageName == "zh" ? "、" : ", ", Split((string)value).Select(name => context.Localizer[name].Value));

    public override Message? Validate(FieldDefinition field, object value)
        => ((string)value).Length > 1000 ? new("{0} may have at most {1} characters; this has {2}", field.Label, 1000, ((string)value).Length) : null;

    public static IReadOnlyList<string> Split(string? text)
        => text?.Split([',', '，', '、', ';', '；'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>One form for one set of names; null for none.</summary>
    public static string? Join(IEnumerable<string> names)
    {
        var all = names.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Create(CultureInfo.InvariantCulture, ignoreCase: true)).ToList();
        return all.Count == 0 ? null : string.Join(", ", all);
    }

    public static bool Contains(string? text, string name) => Split(text).Contains(name, StringComparer.OrdinalIgnoreCase);
}

internal sealed class RolesField() : NamesField(SystemTypes.Roles)
{
    public const string KindName = "roles";

    public override string Name => KindName;

    public override LocalizedText Label => "Roles";
}

internal sealed class TeamsField() : NamesField(SystemTypes.Teams)
{
    public const string KindName = "teams";

    public override string Name => KindName;

    public override LocalizedText Label => "Teams";
}
