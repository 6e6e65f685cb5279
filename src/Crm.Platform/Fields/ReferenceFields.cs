using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Platform.Fields;

/// <summary>One of a list of options, stored by key. Closed lists refuse what is no option; open ones may take it up.</summary>
internal sealed class PickListField : FieldKind
{
    private static readonly KindColumn[] PickListColumns = [new("", ColumnType.Text)];

    public override string Name => "pickList";

    public override LocalizedText Label => "Pick-list";

    public override Type ValueType => typeof(string);

    public override bool CanBeUnique => false;

    public override IReadOnlyList<FilterOperator> Operators => FieldKinds.Equality;

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => PickListColumns;

    /// <summary>As the options are listed: stages and urgencies have no letters' order.</summary>
    public override IReadOnlyList<string> SortOrder(FieldDefinition field) => [.. field.Options.Select(o => o.Key)];

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
    {
        var trimmed = text.Trim();
        if (FindOption(field, trimmed, context.Localizer) is { } option)
            return FieldParse.Ok(option.Key);
        if (!field.Open)
            return FieldParse.Fail("{0} has no option “{1}”", field.Label, trimmed);
        if (trimmed.Length > 100 || trimmed.Any(char.IsControl) || trimmed.Contains('<', StringComparison.Ordinal))
            return FieldParse.Fail("A new option of {0} must be plain text of at most {1} characters", field.Label, 100);
        return new FieldParse(new NewOption(trimmed), null);
    }

    /// <summary>By key alone: labels are for people, and administrators change them.</summary>
    public override FieldParse FromJson(FieldDefinition field, System.Text.Json.JsonElement element, ParseContext context)
    {
        var parsed = base.FromJson(field, element, context);
        return parsed.Value is string key && !string.Equals(key, element.GetString()!.Trim(), StringComparison.OrdinalIgnoreCase)
            ? FieldParse.Fail("{0} has no option “{1}”", field.Label, element.GetString()!)
            : parsed;
    }

    /// <summary>The option that a text means: by its key, or by its label in whatever language.</summary>
    public static PickListOption? FindOption(FieldDefinition field, string text, Microsoft.Extensions.Localization.IStringLocalizer localizer)
        => field.Options.FirstOrDefault(o => string.Equals(o.Key, text, StringComparison.OrdinalIgnoreCase))
            ?? field.Options.FirstOrDefault(o => o.Label.Matches(text, localizer));

    public override Message? Validate(FieldDefinition field, object value)
        => field.Options.Any(o => o.Key == (string)value) ? null : new("{0} has no option “{1}”", field.Label, value);

    public override Message? ValidateDefinition(FieldDefinition field) => ValidateOptions(field);

    public static Message? ValidateOptions(FieldDefinition field)
    {
        if (field.Options.Count > 1000)
            return new("A pick-list may have at most {0} options", 1000);
        if (field.Options.Any(o => o.Key.Length is 0 or > 100))
            return new("An option's key must have between {0} and {1} characters", 1, 100);
        if (field.Options.Any(o => o.Weight is < 0 or > 100))
            return new("An option’s per cent must be between {0} and {1}", 0, 100);
        return field.Options.GroupBy(o => o.Key, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? new("The option {0} is there twice", twice.Key)
            : null;
    }

    public override string Format(FieldDefinition field, object value, FormatContext context) => LabelOf(field, (string)value, context);

    public static string LabelOf(FieldDefinition field, string key, FormatContext context)
        => field.Options.FirstOrDefault(o => o.Key == key)?.Label.For(context.Localizer) ?? key;
}

/// <summary>A link to one record of another type (or its own).</summary>
internal class LookUpField : FieldKind
{
    private static readonly KindColumn[] LookUpColumns = [new("", ColumnType.Uuid)];

    public override string Name => "lookUp";

    public override LocalizedText Label => "Look-up";

    public override Type ValueType => typeof(Guid);

    public override bool IsSortable => false;

    /// <summary>Then each record has at most one that points to it.</summary>
    public override bool CanBeUnique => true;

    public override IReadOnlyList<FilterOperator> Operators => FieldKinds.Equality;

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => LookUpColumns;

    public override object? ToFilterValue(FieldDefinition field, object? value)
        => value is string text && Guid.TryParse(text, out var id) ? id : value;

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
        => Guid.TryParseExact(text.Trim(), "D", out var id) ? FieldParse.Ok(id) : FieldParse.Ok(new LookUpText(text.Trim()));

    public override Message? ValidateDefinition(FieldDefinition field)
        => string.IsNullOrEmpty(field.Target) ? new("Choose what the look-up points to") : null;

    public override string ToInvariant(FieldDefinition field, object value) => ((Guid)value).ToString("D");
}

/// <summary>Links to several records of another type (or its own), in the order in which they were chosen.</summary>
internal sealed class LookUpsField : SeveralKind<Guid>
{
    public const string KindName = "lookUps";

    public override string Name => KindName;

    public override LocalizedText Label => "Look-up to many";

    public override ColumnType KeyType => ColumnType.Uuid;

    /// <summary>Their names are looked for, not their ids.</summary>
    public override bool IsSearched => false;

    public override bool IsGrouped => true;

    public override bool PostsSeveral => true;

    public override bool IsWide => true;

    public override IReadOnlyList<FilterOperator> Operators => FieldKinds.Equality;

    /// <summary>Ids of a picker, and what was typed where there is no script.</summary>
    public override string JoinPosted(IReadOnlyList<string> texts) => string.Join("; ", texts.Where(t => t.Length > 0));

    public override object? ToFilterValue(FieldDefinition field, object? value)
        => value is string text && Guid.TryParse(text, out var id) ? id : value;

    public override IEnumerable<(object Key, string Spelling)> Keys(FieldDefinition field, object value)
        => ((ValueList<Guid>)value).Select(id => ((object)id, id.ToString("D")));

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
    {
        var texts = TextList.Split(text);
        var ids = texts.Select(t => Guid.TryParseExact(t, "D", out var id) ? id : (Guid?)null).OfType<Guid>().ToList();
        return ids.Count == texts.Count ? new(Clean(field, new ValueList<Guid>(ids)), null) : FieldParse.Ok(new LookUpTexts(texts));
    }

    public override object? Clean(FieldDefinition field, object value)
        => new ValueList<Guid>(((ValueList<Guid>)value).Distinct()) is { Count: > 0 } ids ? ids : null;

    public override Message? Validate(FieldDefinition field, object value)
        => ((ValueList<Guid>)value).Count is > Most and var count ? new("{0} may have at most {1} values; this has {2}", field.Label, Most, count) : null;

    public override Message? ValidateDefinition(FieldDefinition field)
        => string.IsNullOrEmpty(field.Target) ? new("Choose what the look-up points to")
            : field.OnDelete == OnDelete.Cascade ? new("A record that points to several is not deleted with one of them")
            : null;

    public override string ToInvariant(FieldDefinition field, object value) => string.Join("; ", ((ValueList<Guid>)value).Select(id => id.ToString("D")));
}

/// <summary>What look-ups hold, one or several.</summary>
public static class LinkedRecords
{
    public static IReadOnlyList<Guid> IdsOf(object? value) => value switch
    {
        Guid id => [id],
        ValueList<Guid> ids => ids,
        _ => [],
    };
}

/// <summary>A look-up to a user; <c>@me</c> stands for whoever acts.</summary>
internal sealed class UserField : LookUpField
{
    public override string Name => "user";

    public override LocalizedText Label => "User";
}

/// <summary>A look-up to a team of users.</summary>
internal sealed class TeamField : LookUpField
{
    public override string Name => "team";

    public override LocalizedText Label => "Team";
}

/// <summary>The record's own id; a system column.</summary>
internal sealed class IdField : LookUpField
{
    public override string Name => "id";

    public override LocalizedText Label => "Id";

    public override bool CanBeAdded => false;

    public override Message? ValidateDefinition(FieldDefinition field) => new("Choose another kind");
}
