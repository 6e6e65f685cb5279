using Crm.Platform.Content;
using Crm.Platform.Localization;
using PhoneNumbers;

namespace Crm.Platform.Fields;

/// <summary>An address of a person or company, and what it is for: work, home, mobile or other.</summary>
public readonly record struct Labelled(string Value, string Label)
{
    public override string ToString() => $"{Label}: {Value}";
}

/// <summary>Several addresses with a label each, as <c>work: a@example.com; home: b@example.com</c>. The first is the one to use.</summary>
internal abstract class LabelledKind : SeveralKind<Labelled>
{
    private const int MostValues = 20;

    /// <summary>The Chinese texts stand here, as "Home" means another thing elsewhere.</summary>
    public static IReadOnlyList<(string Key, LocalizedText Label)> Labels { get; } =
        [("work", new("Work", "工作")), ("mobile", new("Mobile", "手机")), ("home", new("Home", "家庭")), ("other", new("Other", "其他"))];

    public override bool IsWide => true;

    public override bool CanBeUnique => true;

    public override bool PostsSeveral => true;

    public override IReadOnlyList<FilterOperator> Operators { get; } =
        [FilterOperator.Contains, FilterOperator.Equal, FilterOperator.NotEqual, FilterOperator.StartsWith, FilterOperator.EndsWith];

    /// <summary>One address in its stored form, or what is wrong with it.</summary>
    protected abstract FieldParse ParseOne(FieldDefinition field, string text, ParseContext context);

    protected virtual string FormatOne(string value, FormatContext context) => value;

    public override object? ToFilterValue(FieldDefinition field, object? value) => value is string text ? Fold(text.Trim()) : value;

    public override IEnumerable<(object Key, string Spelling)> Keys(FieldDefinition field, object value)
        => ((ValueList<Labelled>)value).Select(v => (ToFilterValue(field, v.Value)!, v.Value));

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
    {
        var values = new List<Labelled>();
        foreach (var (at, part) in TextList.Split(text).Index())
        {
            var (label, one) = Divide(part);
            if (one.Length == 0)
                continue;
            var parsed = ParseOne(field, one, context);
            if (parsed.Error is not null)
                return parsed with { At = at };
            values.Add(new((string)parsed.Value!, label));
        }
        return new(Clean(field, new ValueList<Labelled>(values)), null);
    }

    public override object? Clean(FieldDefinition field, object value)
        => new ValueList<Labelled>(((ValueList<Labelled>)value).Where(v => !string.IsNullOrWhiteSpace(v.Value)).DistinctBy(v => ToFilterValue(field, v.Value))) is { Count: > 0 } list ? list : null;

    public override Message? Validate(FieldDefinition field, object value)
    {
        var values = (ValueList<Labelled>)value;
        if (values.Count > MostValues)
            return new("{0} may have at most {1} values; this has {2}", field.Label, MostValues, values.Count);
        if (values.FirstOrDefault(v => Labels.All(l => l.Key != v.Label)) is { Value: not null } other)
            return new("{0} is no label of {1}; there are: {2}", other.Label ?? "", field.Label, string.Join(", ", Labels.Select(l => l.Key)));
        return values.FirstOrDefault(v => v.Value.Length > 254 || v.Value.Any(char.IsControl)) is { Value: { } longer }
            ? new("{0} may have at most {1} characters; this has {2}", longer, 254, longer.Length)
            : null;
    }

    /// <summary>From the API each address is read as people write it.</summary>
    public override FieldParse FromJson(FieldDefinition field, System.Text.Json.JsonElement element, ParseContext context)
    {
        var read = base.FromJson(field, element, context);
        if (read.Value is not ValueList<Labelled> values)
            return read;
        if (Validate(field, values) is { } problem)
            return new(null, problem);
        return Parse(field, TextList.Join(values.Select(v => v.ToString())), context);
    }

    public override string ToInvariant(FieldDefinition field, object value) => TextList.Join(((ValueList<Labelled>)value).Select(v => v.ToString()));

    public override IReadOnlyList<string> ToForm(FieldDefinition field, object value, FormatContext context)
        => [TextList.Join(((ValueList<Labelled>)value).Select(v => $"{v.Label}: {FormatOne(v.Value, context)}"))];

    public override string Format(FieldDefinition field, object value, FormatContext context)
        => string.Join(context.Localizer[", "], ((ValueList<Labelled>)value).Select(v => FormatOne(v.Value, context)));

    public override string FormatKey(FieldDefinition field, object key, FormatContext context) => FormatOne((string)key, context);

    /// <summary>Label and address by turns; the first text is empty, so that a form without rows empties the field.</summary>
    public override string JoinPosted(IReadOnlyList<string> texts)
        => TextList.Join(texts.Skip(texts.Count % 2).Chunk(2).Where(p => p[1].Trim().Length > 0).Select(p => $"{p[0]}: {p[1].Trim()}"));

    /// <summary>The label before the colon, if it is one; "work" where there is none.</summary>
    public static (string Label, string Value) Divide(string text)
    {
        var colon = text.AsSpan().IndexOfAny(':', '：');
        if (colon > 0 && text[..colon].Trim() is var word
            && Labels.FirstOrDefault(l => string.Equals(l.Key, word, StringComparison.OrdinalIgnoreCase) || string.Equals(l.Label.En, word, StringComparison.OrdinalIgnoreCase) || l.Label.Zh == word) is { Key: { } key })
            return (key, text[(colon + 1)..].Trim());
        return (Labels[0].Key, text.Trim());
    }
}

internal sealed class EmailsField : LabelledKind
{
    public override string Name => "emails";

    public override LocalizedText Label => "Several e-mails";

    protected override FieldParse ParseOne(FieldDefinition field, string text, ParseContext context)
        => EmailAddress.IsValid(text) && text.Length <= 254 ? FieldParse.Ok(text) : FieldParse.Fail("{0}: “{1}” is no e-mail address such as name@example.com", field.Label, text);
}

/// <summary>Stored in E.164 form, shown in the national form of the site's region.</summary>
internal sealed class PhonesField : LabelledKind
{
    public override string Name => "phones";

    public override LocalizedText Label => "Several phones";

    public override object? ToFilterValue(FieldDefinition field, object? value) => value is string text ? PhoneNumbersText.ToKey(text) : value;

    protected override FieldParse ParseOne(FieldDefinition field, string text, ParseContext context)
        => PhoneNumbersText.Read(text, context.Region) is { } number ? FieldParse.Ok(number) : FieldParse.Fail("{0}: “{1}” is no phone number; one from abroad begins with + and the country code", field.Label, text);

    protected override string FormatOne(string value, FormatContext context) => PhoneNumbersText.Show(value, context.Region);
}

/// <summary>Phone numbers between people's form and E.164.</summary>
internal static class PhoneNumbersText
{
    private static readonly PhoneNumberUtil Phones = PhoneNumberUtil.GetInstance();

    /// <summary>The E.164 form, with an extension after <c>;ext=</c>; null when it is no number of the region or the world.</summary>
    public static string? Read(string text, string region)
    {
        try
        {
            var number = Phones.Parse(text, region);
            return Phones.IsPossibleNumber(number) ? Phones.Format(number, PhoneNumberFormat.E164) + (number.HasExtension ? $";ext={number.Extension}" : "") : null;
        }
        catch (NumberParseException)
        {
            // Whoever asks says it in the user's words.
            return null;
        }
    }

    /// <summary>National at home, international elsewhere.</summary>
    public static string Show(string value, string region)
    {
        try
        {
            var number = Phones.Parse(value, region);
            return Phones.Format(number, Phones.GetRegionCodeForNumber(number) == region ? PhoneNumberFormat.NATIONAL : PhoneNumberFormat.INTERNATIONAL);
        }
        catch (NumberParseException)
        {
            return value;
        }
    }

    /// <summary>People type numbers as they see them, with blanks and dashes; the stored form has digits only.</summary>
    public static string ToKey(string text) => string.Concat(FieldKind.Fold(text).Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '(' or ')')));
}
