using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Platform.Content;
using Crm.Platform.Data;

namespace Crm.Platform.Fields;

/// <summary>
/// A kind whose fields hold several values. The record's row keeps all of them as JSON, so that reading a record or a list
/// costs nothing more; a side table, <c>&lt;type&gt;__&lt;field&gt;</c>, has a row for each, and filters and groups ask that one.
/// "Equals" then means "has", and "differs" "has not".
/// </summary>
public abstract class SeveralKind : FieldKind
{
    /// <summary>The column that each value is found by.</summary>
    public static KindColumn Key { get; } = new("key", ColumnType.Text);

    /// <summary>How the value is written, for groups; in a side table only when <see cref="HasSpelling"/>.</summary>
    internal const string Spelling = "spelling";

    private static readonly KindColumn[] WholeColumns = [new("", ColumnType.Text)];

    public override bool IsSeveral => true;

    public override bool IsSortable => false;

    public override bool IsSearched => true;

    public override IEnumerable<string> SearchTexts(FieldDefinition field, object value) => Keys(field, value).Select(k => k.Spelling);

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => WholeColumns;

    public virtual ColumnType KeyType => ColumnType.Text;

    /// <summary>Whether a key does not say how the value is written.</summary>
    public virtual bool HasSpelling => false;

    /// <summary>Whether records may be grouped by their values: each then counts in each of its groups.</summary>
    public virtual bool IsGrouped => false;

    /// <summary>Key and spelling of each value, in order; no key twice.</summary>
    public abstract IEnumerable<(object Key, string Spelling)> Keys(FieldDefinition field, object value);
}

/// <summary>Several values of one CLR type.</summary>
public abstract class SeveralKind<T> : SeveralKind where T : notnull
{
    /// <summary>More would be a table of its own.</summary>
    protected const int Most = 100;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override Type ValueType => typeof(ValueList<T>);

    public override object?[] ToColumns(FieldDefinition field, object? value)
        => [value is ValueList<T> list ? JsonSerializer.Serialize<IReadOnlyList<T>>(list, Json) : null];

    public override object? FromColumns(FieldDefinition field, ReadOnlySpan<object?> columns)
        => columns[0] is string json ? new ValueList<T>(JsonSerializer.Deserialize<List<T>>(json, Json)!) : null;

    public override string EdmType(FieldDefinition field) => typeof(T) == typeof(string) ? "Collection(Edm.String)" : typeof(T) == typeof(Guid) ? "Collection(Edm.Guid)" : "Collection(Edm.Untyped)";

    public override JsonNode? ToJson(FieldDefinition field, object value) => JsonSerializer.SerializeToNode<IReadOnlyList<T>>((ValueList<T>)value, Json);

    public override FieldParse FromJson(FieldDefinition field, JsonElement element, ParseContext context)
    {
        if (element.ValueKind != JsonValueKind.Array)
            return FieldParse.Fail("{0} must be a list", field.Label);
        try
        {
            var values = element.Deserialize<List<T>>(Json)!;
            return values.Contains(default!) ? FieldParse.Fail("{0} must be a list", field.Label) : new(Clean(field, new ValueList<T>(values)), null);
        }
        catch (JsonException)
        {
            return FieldParse.Fail("{0} holds something that is no value of it", field.Label);
        }
    }

    public override abstract object? Clean(FieldDefinition field, object value);
}

/// <summary>Texts with semicolons between them, as files hold several values: a backslash before one that belongs to a value.</summary>
public static class TextList
{
    public static string Join(IEnumerable<string> texts)
        => string.Join("; ", texts.Select(t => t.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal).Replace("；", "\\；", StringComparison.Ordinal)));

    /// <summary>The texts, trimmed; empty ones are left out. Lines and full-width semicolons divide too.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var texts = new List<string>();
        var one = new StringBuilder();
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || text[i] is ';' or '；' or '\n' or '\r')
            {
                if (one.ToString().Trim() is { Length: > 0 } done)
                    texts.Add(done);
                one.Clear();
            }
            else
            {
                one.Append(text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '\\' or ';' or '；' ? text[++i] : text[i]);
            }
        }
        return texts;
    }
}
