using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Platform.Fields;

/// <summary>A record of any type: <c>customers/0199...</c></summary>
public sealed record RecordLink(string Type, Guid Id)
{
    /// <summary>The kind of fields that hold one.</summary>
    public const string Kind = "record";

    public override string ToString() => $"{Type}/{Id:D}";

    public static RecordLink? Read(string? text)
        => text?.Split('/') is [{ Length: > 0 } type, var id] && !type.Contains(':', StringComparison.Ordinal) && Guid.TryParseExact(id, "D", out var known) ? new RecordLink(type, known) : null;
}

/// <summary>A link given as <c>customers:Acme</c>; the content manager finds the record.</summary>
internal sealed record RecordLinkText(string Type, string Text) : UnboundValue;

/// <summary>
/// A link to one record of whatever type. It keeps its value while the record is in the recycle bin, and is emptied when
/// the record is removed for good. Ids are unique over all types, so the id alone is compared.
/// </summary>
internal sealed class RecordLinkField : FieldKind
{
    private static readonly KindColumn[] LinkColumns = [new("", ColumnType.Uuid), new("_type", ColumnType.Text)];

    public override string Name => RecordLink.Kind;

    public override LocalizedText Label => "Any record";

    public override Type ValueType => typeof(RecordLink);

    public override bool IsSortable => false;

    public override IReadOnlyList<FilterOperator> Operators => FieldKinds.Equality;

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => LinkColumns;

    public override object?[] ToColumns(FieldDefinition field, object? value) => value is RecordLink link ? [link.Id, link.Type] : [null, null];

    public override object? FromColumns(FieldDefinition field, ReadOnlySpan<object?> columns)
        => columns[0] is Guid id && columns[1] is string type ? new RecordLink(type, id) : null;

    public override object? ToFilterValue(FieldDefinition field, object? value) => value switch
    {
        RecordLink link => link.Id,
        string text when RecordLink.Read(text) is { } link => link.Id,
        string text when Guid.TryParseExact(text, "D", out var id) => id,
        _ => value,
    };

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
    {
        var trimmed = text.Trim();
        if (RecordLink.Read(trimmed) is { } link)
            return FieldParse.Ok(link);
        var colon = trimmed.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon < trimmed.Length - 1
            ? FieldParse.Ok(new RecordLinkText(trimmed[..colon].Trim(), trimmed[(colon + 1)..].Trim()))
            : FieldParse.Fail("{0} must say what kind of record and which, such as customers:Acme", field.Label);
    }

    public override string ToInvariant(FieldDefinition field, object value) => value.ToString()!;

    public override FieldParse FromJson(FieldDefinition field, System.Text.Json.JsonElement element, ParseContext context)
        => RecordLink.Read(element.ValueKind == System.Text.Json.JsonValueKind.String ? element.GetString() : null) is { } link
            ? FieldParse.Ok(link)
            : FieldParse.Fail("{0} must be a type and an id with a slash between them, such as customers/<id>", field.Label);
}
