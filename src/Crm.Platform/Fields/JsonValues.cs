using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Platform.Content;

namespace Crm.Platform.Fields;

/// <summary>How values of the usual CLR types look in the API, for kinds that say nothing else.</summary>
internal static class JsonValues
{
    private static readonly string[] Moments = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static string EdmType(Type type, FieldDefinition field)
        => type == typeof(decimal) ? field.Decimals == 0 ? "Edm.Int64" : "Edm.Decimal"
            : type == typeof(Money) ? "Edm.Decimal"
            : type == typeof(bool) ? "Edm.Boolean"
            : type == typeof(DateOnly) ? "Edm.Date"
            : type == typeof(DateTime) ? "Edm.DateTimeOffset"
            : type == typeof(Guid) ? "Edm.Guid"
            : "Edm.String";

    /// <summary>Null for types that are not known here.</summary>
    public static JsonNode? Write(object value) => value switch
    {
        string text => JsonValue.Create(text),
        decimal number => JsonValue.Create(Plain(number)),
        Money money => JsonValue.Create(Plain(money.Amount)),
        bool flag => JsonValue.Create(flag),
        Guid id => JsonValue.Create(id),
        DateOnly date => JsonValue.Create(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        DateTime moment => JsonValue.Create(moment.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture)),
        _ => null,
    };

    public static FieldParse Read(FieldKind kind, FieldDefinition field, JsonElement element, ParseContext context)
    {
        var type = kind.ValueType;
        var text = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        if (type == typeof(decimal) || type == typeof(Money))
            return element.ValueKind != JsonValueKind.Number || !element.TryGetDecimal(out var number) ? FieldParse.Fail("{0} must be a number", field.Label)
                : FieldParse.Ok(type == typeof(Money) ? new Money(number, context.Currency) : number);
        if (type == typeof(bool))
            return element.ValueKind is JsonValueKind.True or JsonValueKind.False ? FieldParse.Ok(element.GetBoolean()) : FieldParse.Fail("{0} must be true or false", field.Label);
        if (type == typeof(Guid))
            return Guid.TryParseExact(text, "D", out var id) ? FieldParse.Ok(id) : FieldParse.Fail("{0} must be the id of a record", field.Label);
        if (type == typeof(DateOnly))
            return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                ? FieldParse.Ok(date)
                : FieldParse.Fail("{0} must be a date such as 2026-03-31", field.Label);
        if (type == typeof(DateTime))
            return Moment(text) is { } moment ? FieldParse.Ok(moment) : FieldParse.Fail("{0} must be a time with its zone, such as 2026-03-31T14:30:00Z", field.Label);
        if (text is null)
            return FieldParse.Fail("{0} must be a text", field.Label);
        return string.IsNullOrWhiteSpace(text) ? FieldParse.Empty : kind.Parse(field, text, context);
    }

    /// <summary>Without a zone, nobody could tell which moment is meant.</summary>
    private static DateTime? Moment(string? text)
        => text is not null && text.IndexOf('T', StringComparison.Ordinal) is var at and > 0 && (text.EndsWith('Z') || text.AsSpan(at).IndexOfAny('+', '-') > 0)
            && DateTimeOffset.TryParseExact(text, Moments, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
            ? DateTimeField.Truncate(moment.UtcDateTime)
            : null;

    /// <summary>12.50 and 12.5 are one number: the database keeps no zeros at the end, and neither does JSON.</summary>
    private static decimal Plain(decimal number) => number / 1.0000000000000000000000000000m;
}
