using Crm.Platform.Content;
using Crm.Platform.Localization;

namespace Crm.Platform.Fields;

/// <summary>Some of a list of options, stored by key in the order of the list.</summary>
internal sealed class MultiPickListField : SeveralKind<string>
{
    public override string Name => "multiPickList";

    public override LocalizedText Label => "Several of a list";

    public override bool PostsSeveral => true;

    public override bool IsGrouped => true;

    public override IReadOnlyList<FilterOperator> Operators => FieldKinds.Equality;

    public override IEnumerable<(object Key, string Spelling)> Keys(FieldDefinition field, object value)
        => ((ValueList<string>)value).Select(key => ((object)key, key));

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in TextList.Split(text))
        {
            // A comma divides too, unless it belongs to an option.
            string[] texts = PickListField.FindOption(field, part, context.Localizer) is null ? part.Split([',', '，', '、'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [part];
            foreach (var one in texts)
                if (PickListField.FindOption(field, one, context.Localizer) is { } option)
                    keys.Add(option.Key);
                else
                    return FieldParse.Fail("{0} has no option “{1}”", field.Label, one);
        }
        return keys.Count == 0 ? FieldParse.Empty : FieldParse.Ok(InOrder(field, keys));
    }

    public override FieldParse FromJson(FieldDefinition field, System.Text.Json.JsonElement element, ParseContext context)
    {
        var read = base.FromJson(field, element, context);
        return read.Value is { } value && Validate(field, value) is { } unknown ? new(null, unknown) : read;
    }

    public override Message? Validate(FieldDefinition field, object value)
        => ((ValueList<string>)value).FirstOrDefault(key => field.Options.All(o => o.Key != key)) is { } unknown ? new("{0} has no option “{1}”", field.Label, unknown) : null;

    public override object? Clean(FieldDefinition field, object value)
        => (ValueList<string>)value is { Count: > 0 } list ? InOrder(field, list.ToHashSet(StringComparer.Ordinal)) : null;

    public override Message? ValidateDefinition(FieldDefinition field) => PickListField.ValidateOptions(field);

    public override string ToInvariant(FieldDefinition field, object value) => TextList.Join((ValueList<string>)value);

    public override string Format(FieldDefinition field, object value, FormatContext context)
        => string.Join(context.Localizer[", "], ((ValueList<string>)value).Select(key => PickListField.LabelOf(field, key, context)));

    public override string FormatKey(FieldDefinition field, object key, FormatContext context) => PickListField.LabelOf(field, (string)key, context);

    /// <summary>The same choice is the same value, in whatever order it was made.</summary>
    private static ValueList<string> InOrder(FieldDefinition field, HashSet<string> keys)
        => new(field.Options.Select(o => o.Key).Where(keys.Contains).Concat(keys.Where(k => field.Options.All(o => o.Key != k)).Order(StringComparer.Ordinal)));
}

/// <summary>Words that anybody may give a record. Two that differ in case, width or accents only are one.</summary>
internal sealed class TagsField : SeveralKind<string>
{
    private const int MostTags = 50;
    private const int LongestTag = 50;

    private static readonly System.Buffers.SearchValues<char> Refused = System.Buffers.SearchValues.Create(",，、;；<");

    private static readonly char[] Dividers = [',', '，', '、', ';', '；', '\n', '\r'];

    public override string Name => "tags";

    public override LocalizedText Label => "Tags";

    public override bool HasSpelling => true;

    public override bool IsGrouped => true;

    public override IReadOnlyList<FilterOperator> Operators { get; } =
        [FilterOperator.Equal, FilterOperator.NotEqual, FilterOperator.Contains, FilterOperator.StartsWith, FilterOperator.EndsWith];

    public override bool PostsSeveral => true;

    public override string JoinPosted(IReadOnlyList<string> texts) => string.Join("; ", texts.SelectMany(t => t.Split(Dividers, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));

    public override object? ToFilterValue(FieldDefinition field, object? value) => value is string text ? Fold(text.Trim()) : value;

    public override IEnumerable<(object Key, string Spelling)> Keys(FieldDefinition field, object value)
        => ((ValueList<string>)value).Select(tag => ((object)Fold(tag), tag));

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
        => new(Of(text.Split(Dividers)), null);

    public override object? Clean(FieldDefinition field, object value) => Of((ValueList<string>)value);

    public override Message? Validate(FieldDefinition field, object value)
    {
        var tags = (ValueList<string>)value;
        if (tags.Count > MostTags)
            return new("{0} may have at most {1} values; this has {2}", field.Label, MostTags, tags.Count);
        if (tags.FirstOrDefault(t => t.Length > LongestTag) is { } longer)
            return new("{0} may have at most {1} characters; this has {2}", longer, LongestTag, longer.Length);
        return tags.Any(t => t.AsSpan().ContainsAny(Refused) || t.Any(char.IsControl))
            ? new("{0} must be plain words", field.Label)
            : null;
    }

    public override string ToInvariant(FieldDefinition field, object value) => string.Join("; ", (ValueList<string>)value);

    public override string Format(FieldDefinition field, object value, FormatContext context) => string.Join(context.Localizer[", "], (ValueList<string>)value);

    private static ValueList<string>? Of(IEnumerable<string> texts)
        => new ValueList<string>(texts.Select(t => t.Trim()).Where(t => t.Length > 0).DistinctBy(Fold, StringComparer.Ordinal)) is { Count: > 0 } tags ? tags : null;
}
