using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using Microsoft.Extensions.Localization;

namespace Crm.Platform.Fields;

/// <summary>
/// A kind of field: its columns, how texts become values and values texts, its limits and its filter operators.
/// A new kind is a new class here (and, where it needs templates of its own, <c>Views/Shared/Fields/Edit/&lt;kind&gt;.cshtml</c> and <c>Display/&lt;kind&gt;.cshtml</c> beside it).
/// </summary>
public abstract class FieldKind
{
    /// <summary>Name in definitions, such as <c>longText</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Shown to administrators.</summary>
    public abstract LocalizedText Label { get; }

    /// <summary>CLR type of a value.</summary>
    public abstract Type ValueType { get; }

    /// <summary>Columns of one field, the main one first.</summary>
    public abstract IReadOnlyList<KindColumn> Columns(FieldDefinition field);

    /// <summary>The column's value for each of <see cref="Columns"/>.</summary>
    public virtual object?[] ToColumns(FieldDefinition field, object? value) => [value];

    /// <summary>The value from the columns that are not keys.</summary>
    public virtual object? FromColumns(FieldDefinition field, ReadOnlySpan<object?> columns) => columns[0];

    /// <summary>Operators that a filter on this kind may use.</summary>
    public abstract IReadOnlyList<FilterOperator> Operators { get; }

    /// <summary>The column that filters and sorts use: the key if there is one.</summary>
    public KindColumn FilterColumn(FieldDefinition field)
    {
        var columns = Columns(field);
        return columns.FirstOrDefault(c => c.IsKey) ?? columns[0];
    }

    /// <summary>A value, or the text of one, in the form of <see cref="FilterColumn"/>.</summary>
    public virtual object? ToFilterValue(FieldDefinition field, object? value) => value;

    public virtual bool IsSortable => true;

    /// <summary>The values of a field in the order that a sort puts them in; null where that is the order of <see cref="FilterColumn"/>.</summary>
    public virtual IReadOnlyList<string>? SortOrder(FieldDefinition field) => null;

    /// <summary>Whether a value is a text that people look for by its words.</summary>
    public virtual bool IsSearched => ValueType == typeof(string);

    /// <summary>The texts of a value that search looks into.</summary>
    public virtual IEnumerable<string> SearchTexts(FieldDefinition field, object value) => [value as string ?? ""];

    /// <summary>Whether a field holds several values: see <see cref="SeveralKind"/>.</summary>
    public virtual bool IsSeveral => false;

    /// <summary>Whether values may be so long that their column stands last in a row.</summary>
    public virtual bool IsLong => false;

    /// <summary>Whether each part may be given without the others, which then stay as they are.</summary>
    public virtual bool TakesAnyPart => false;

    /// <summary>Takes the whole width of a form.</summary>
    public virtual bool IsWide => false;

    /// <summary>Whether administrators may add fields of this kind in the browser.</summary>
    public virtual bool CanBeAdded => true;

    /// <summary>Whether a table of texts can carry a value: such columns are imported and compared after an export.</summary>
    public virtual bool IsTransferred => true;

    /// <summary>Whether it may be asked that no two records have the same value: only where one value or each of several says which record it is.</summary>
    public virtual bool CanBeUnique => IsSortable && Parts.Count == 1;

    /// <summary>Whether sums and averages mean something.</summary>
    public virtual bool IsNumeric => false;

    /// <summary>Endings of the names under which forms and files carry the field: one empty ending for most kinds.</summary>
    public virtual IReadOnlyList<string> Parts => [""];

    /// <summary>Whether a form posts several texts under one name, which <see cref="JoinPosted"/> makes one of before they are parsed.</summary>
    public virtual bool PostsSeveral => false;

    /// <summary>One text of what a form posted under one name, in the inputs' order.</summary>
    public virtual string JoinPosted(IReadOnlyList<string> texts) => TextList.Join(texts.Where(t => t.Length > 0));

    /// <summary>One text from the parts; null when the first is missing.</summary>
    public virtual string? JoinParts(IReadOnlyList<string?> parts) => parts[0];

    /// <summary>The parts' texts in invariant form.</summary>
    public virtual IReadOnlyList<string> SplitParts(FieldDefinition field, object value) => [ToInvariant(field, value)];

    /// <summary>The parts' texts as a form shows them in the user's culture and zone.</summary>
    public virtual IReadOnlyList<string> ToForm(FieldDefinition field, object value, FormatContext context) => SplitParts(field, value);

    /// <summary>Turns a person's or a file's text into a value. The text is not empty.</summary>
    public abstract FieldParse Parse(FieldDefinition field, string text, ParseContext context);

    /// <summary>What is wrong with a value of the right type, or null.</summary>
    public virtual Message? Validate(FieldDefinition field, object value) => null;

    /// <summary>Culture-free text from which <see cref="Parse"/> makes the same value again.</summary>
    public virtual string ToInvariant(FieldDefinition field, object value)
        => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    /// <summary>A value that code gave, in the kind's own form; null when there is nothing in it.</summary>
    public virtual object? Clean(FieldDefinition field, object value) => value;

    /// <summary>Text for people of what <see cref="FilterColumn"/> holds, or the key of one of several values.</summary>
    public virtual string FormatKey(FieldDefinition field, object key, FormatContext context) => IsSeveral ? key.ToString()! : Format(field, key, context);

    /// <summary>Text for people.</summary>
    public virtual string Format(FieldDefinition field, object value, FormatContext context) => ToInvariant(field, value);

    /// <summary>A text of <see cref="Format"/> as pages show it, without what everybody knows.</summary>
    public virtual string Shorten(string text) => text;

    /// <summary>What is wrong with a definition of this kind, or null.</summary>
    public virtual Message? ValidateDefinition(FieldDefinition field) => null;

    /// <summary>Type of the API's property in the words of OData, such as <c>Edm.String</c> or <c>Collection(Edm.String)</c>; what fits no other is <c>Edm.Untyped</c>.</summary>
    public virtual string EdmType(FieldDefinition field) => JsonValues.EdmType(ValueType, field);

    /// <summary>The value in the API.</summary>
    public virtual JsonNode? ToJson(FieldDefinition field, object value) => JsonValues.Write(value) ?? JsonValue.Create(ToInvariant(field, value));

    /// <summary>
    /// The value that the API was given, which is not null. A value of null without an error empties the field. Stricter
    /// than <see cref="Parse"/>: a number is a number, a date is in ISO form, a link is an id.
    /// </summary>
    public virtual FieldParse FromJson(FieldDefinition field, JsonElement element, ParseContext context) => JsonValues.Read(this, field, element, context);

    /// <summary>
    /// Text folded for comparison: width and case do not matter, nor do accents. Marks that make another letter in their
    /// script (か and が, the vowels of Thai) are no accents. Half a surrogate pair becomes U+FFFD.
    /// </summary>
    public static string Fold(string text)
    {
        if (System.Text.Ascii.IsValid(text))
            return text.ToLowerInvariant();
        var builder = new System.Text.StringBuilder(text.Length);
        // Normalize refuses half pairs, which the runes have replaced.
        foreach (var rune in text.EnumerateRunes())
            builder.Append(rune);
        var decomposed = builder.ToString().Normalize(System.Text.NormalizationForm.FormKD);
        builder.Clear();
        foreach (var character in decomposed)
            if (character is < '\u0300' or > '\u036F')
                builder.Append(character);
        return builder.ToString().ToLowerInvariant().Normalize(System.Text.NormalizationForm.FormC);
    }

    /// <summary>Full-width letters, digits, signs and blanks, as Chinese and Japanese input methods type them, in plain form.</summary>
    internal static string Narrow(string text)
        => System.Text.Ascii.IsValid(text)
            ? text
            : string.Create(text.Length, text, (span, source) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = source[i] switch
                    {
                        >= '\uFF01' and <= '\uFF5E' => (char)(source[i] - 0xFEE0),
                        '\u3000' => ' ',
                        _ => source[i],
                    };
            });
}

/// <param name="Suffix">Added to the field's column name; empty for the main one.</param>
/// <param name="IsKey">Derived from the value for filters and sorts; never read back.</param>
public sealed record KindColumn(string Suffix, ColumnType Type, bool IsKey = false);

public enum FilterOperator
{
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Contains,
    StartsWith,
    EndsWith,
}

/// <summary>A parsed value or the reason why there is none.</summary>
public readonly record struct FieldParse(object? Value, Message? Error)
{
    /// <summary>Of several values the one at fault, counted from 0; null where that cannot be said.</summary>
    public int? At { get; init; }

    /// <summary>No value, and nothing wrong: the field is emptied.</summary>
    public static FieldParse Empty => default;

    public static FieldParse Ok(object value) => new(value, null);

    public static FieldParse Fail(string text, params object[] arguments) => new(null, new Message(text, arguments));
}

/// <summary>What a text means only once the content manager has looked: it is no value yet.</summary>
public abstract record UnboundValue;

/// <summary>A look-up given as text; the content manager finds the record.</summary>
public sealed record LookUpText(string Text) : UnboundValue;

/// <summary>Several look-ups given as texts, ids among them; the content manager finds the records.</summary>
public sealed record LookUpTexts(IReadOnlyList<string> Texts) : UnboundValue;

/// <summary>A pick-list value that is no option yet; the content manager adds it or refuses it.</summary>
public sealed record NewOption(string Text) : UnboundValue;

public sealed record ParseContext(
    CultureInfo Culture,
    TimeZoneInfo TimeZone,
    string Currency,
    string Region,
    DateTime Now,
    IStringLocalizer Localizer);

public sealed record FormatContext(CultureInfo Culture, TimeZoneInfo TimeZone, string Region, IStringLocalizer Localizer);

/// <summary>All kinds, by name.</summary>
public sealed class FieldKinds
{
    private readonly Dictionary<string, FieldKind> _kinds;

    public FieldKinds(IEnumerable<FieldKind> kinds) => _kinds = kinds.ToDictionary(k => k.Name, StringComparer.OrdinalIgnoreCase);

    public IEnumerable<FieldKind> All => _kinds.Values;

    public FieldKind? Find(string name) => _kinds.GetValueOrDefault(name);

    public FieldKind Of(FieldDefinition field)
        => Find(field.Kind) ?? throw new InvalidOperationException($"Field {field.Name} is of unknown kind {field.Kind}.");

    /// <summary>The kinds that this assembly declares: every class that derives from <see cref="FieldKind"/>.</summary>
    public static IEnumerable<Type> In(System.Reflection.Assembly assembly)
        => assembly.GetTypes().Where(t => t is { IsAbstract: false } && t.IsSubclassOf(typeof(FieldKind)));

    internal static readonly FilterOperator[] Equality = [FilterOperator.Equal, FilterOperator.NotEqual];

    internal static readonly FilterOperator[] Ordered =
    [
        FilterOperator.Equal, FilterOperator.NotEqual, FilterOperator.Greater, FilterOperator.GreaterOrEqual,
        FilterOperator.Less, FilterOperator.LessOrEqual,
    ];

    internal static readonly FilterOperator[] Textual =
    [
        FilterOperator.Contains, FilterOperator.Equal, FilterOperator.NotEqual, FilterOperator.StartsWith, FilterOperator.EndsWith,
        FilterOperator.Greater, FilterOperator.GreaterOrEqual, FilterOperator.Less, FilterOperator.LessOrEqual,
    ];
}
