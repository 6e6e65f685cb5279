using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Platform.Fields;

/// <summary>Data of a developer's: any JSON up to 64 KB, kept without blanks. Numbers stay as they are written.</summary>
internal sealed class JsonField : FieldKind
{
    private const int Limit = 64 * 1024;

    private static readonly KindColumn[] JsonColumns = [new("", ColumnType.Text)];

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    private static readonly JsonSerializerOptions Compact = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Pretty = new(Compact) { WriteIndented = true };

    public override string Name => "json";

    public override LocalizedText Label => "JSON";

    public override Type ValueType => typeof(string);

    public override bool IsSortable => false;

    public override bool IsSearched => false;

    public override bool IsWide => true;

    public override bool IsLong => true;

    public override IReadOnlyList<FilterOperator> Operators { get; } = [FilterOperator.Contains, .. FieldKinds.Equality];

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => JsonColumns;

    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Reading);
            return new(Write(document.RootElement), null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            if (IsTooDeep(text))
                return FieldParse.Fail("{0} may be nested {1} deep at most", field.Label, Reading.MaxDepth);
            return e is JsonException { LineNumber: { } line, BytePositionInLine: { } at }
                ? FieldParse.Fail("{0} is not valid JSON: line {1}, position {2}", field.Label, line + 1, at + 1)
                : FieldParse.Fail("{0} is not valid JSON", field.Label);
        }
    }

    /// <summary>What code gives is compared and kept in the same form.</summary>
    public override object? Clean(FieldDefinition field, object value) => Compacted((string)value) ?? value;

    public override Message? Validate(FieldDefinition field, object value)
        => System.Text.Encoding.UTF8.GetByteCount((string)value) > Limit ? new("{0} may have at most {1} KB", field.Label, 64)
            : Compacted((string)value) is null ? new("{0} is not valid JSON", field.Label) : null;

    public override string EdmType(FieldDefinition field) => "Edm.Untyped";

    public override JsonNode? ToJson(FieldDefinition field, object value) => JsonNode.Parse((string)value);

    public override FieldParse FromJson(FieldDefinition field, JsonElement element, ParseContext context) => Parse(field, element.GetRawText(), context);

    public override IReadOnlyList<string> ToForm(FieldDefinition field, object value, FormatContext context) => [Indent((string)value)];

    public static string Indent(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement, Pretty).ReplaceLineEndings("\n");
    }

    /// <summary>Whether it would be JSON if more were allowed.</summary>
    private static bool IsTooDeep(string text)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = 1000 });
        var deepest = 0;
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                    deepest = Math.Max(deepest, reader.CurrentDepth + 1);
        }
        catch (JsonException)
        {
            // Where it is no JSON is said by whoever asks.
            return false;
        }
        return deepest > Reading.MaxDepth;
    }

    private static string? Write(JsonElement element)
        => element.ValueKind == JsonValueKind.Null ? null : JsonSerializer.Serialize(element, Compact);

    /// <summary>Without blanks; null when it is no JSON.</summary>
    private static string? Compacted(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Reading);
            return Write(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
