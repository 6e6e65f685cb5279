using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Platform.Fields;

/// <summary>A postal address, each part in a column of its own: <c>billingCity</c> is filtered, sorted and grouped by as any field.</summary>
internal sealed class AddressField : FieldKind
{
    private static readonly string[] Names = ["street", "country", "region", "city", "district", "postalCode"];

    private static readonly int[] Longest = [300, 2, 100, 100, 100, 20];

    private static readonly KindColumn[] AddressColumns =
    [
        new("", ColumnType.Text), new("_country", ColumnType.Text), new("_region", ColumnType.Text), new("_city", ColumnType.Text),
        new("_district", ColumnType.Text), new("_postal_code", ColumnType.Text), new("_key", ColumnType.Text, IsKey: true),
    ];

    private static readonly JsonSerializerOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override string Name => "address";

    public override LocalizedText Label => "Address";

    public override Type ValueType => typeof(Address);

    public override bool IsSortable => false;

    public override bool IsSearched => true;

    public override bool IsWide => true;

    public override bool TakesAnyPart => true;

    public override IReadOnlyList<FilterOperator> Operators { get; } = [FilterOperator.Contains, .. FieldKinds.Equality];

    public override IReadOnlyList<string> Parts { get; } = ["", "Country", "Region", "City", "District", "PostalCode"];

    public override IReadOnlyList<KindColumn> Columns(FieldDefinition field) => AddressColumns;

    public override object?[] ToColumns(FieldDefinition field, object? value)
        => value is Address address ? [.. PartsOf(address), Fold(Text(address))] : new object?[AddressColumns.Length];

    public override object? FromColumns(FieldDefinition field, ReadOnlySpan<object?> columns)
        => Of([.. columns[..Names.Length].ToArray().Select(c => c as string)]);

    public override object? ToFilterValue(FieldDefinition field, object? value) => value is string text ? Fold(text) : value is Address address ? Fold(Text(address)) : value;

    public override IEnumerable<string> SearchTexts(FieldDefinition field, object value) => [Text((Address)value)];

    public override string? JoinParts(IReadOnlyList<string?> parts)
    {
        // The form's country is chosen before anything is typed: alone it is no address.
        var given = parts.Select(p => p?.Trim()).ToList();
        return given.Where((p, i) => i != 1 && !string.IsNullOrEmpty(p)).Any() ? Write(given) : null;
    }

    public override IReadOnlyList<string> SplitParts(FieldDefinition field, object value) => [.. PartsOf((Address)value).Select(p => p ?? "")];

    /// <summary>The parts as JSON, or a text that is the street.</summary>
    public override FieldParse Parse(FieldDefinition field, string text, ParseContext context)
    {
        if (text.TrimStart().StartsWith('{'))
        {
            try
            {
                using var document = JsonDocument.Parse(text);
                return FromJson(field, document.RootElement, context);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                return FieldParse.Fail("{0} is not valid JSON", field.Label);
            }
        }
        return new(Of([string.Join(", ", text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)), null, null, null, null, null]), null);
    }

    public override FieldParse FromJson(FieldDefinition field, JsonElement element, ParseContext context)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return FieldParse.Fail("{0} must be an address with {1}", field.Label, string.Join(", ", Names));
        var parts = new string?[Names.Length];
        foreach (var property in element.EnumerateObject())
        {
            var at = Array.IndexOf(Names, property.Name);
            if (at < 0 || property.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
                return FieldParse.Fail("{0} must be an address with {1}", field.Label, string.Join(", ", Names));
            parts[at] = property.Value.GetString()?.Trim();
        }
        if (parts[1] is { Length: > 0 } country)
        {
            if (Countries.Find(country) is not { } code)
                return FieldParse.Fail("{0}: “{1}” is no country; give its name or its code such as CN", field.Label, country);
            parts[1] = code;
        }
        return new(Of(parts), null);
    }

    public override Message? Validate(FieldDefinition field, object value)
    {
        var parts = PartsOf((Address)value);
        for (var i = 0; i < parts.Length; i++)
            if (parts[i] is { } part)
            {
                if (part.Length > Longest[i])
                    return new("{0} may have at most {1} characters; this has {2}", part, Longest[i], part.Length);
                if (part.Any(char.IsControl) || part.Contains('<', StringComparison.Ordinal))
                    return new("{0} must be one line without control characters", field.Label);
            }
        return parts[1] is { } country && Countries.Find(country) != country ? new("{0}: “{1}” is no country; give its name or its code such as CN", field.Label, country) : null;
    }

    public override object? Clean(FieldDefinition field, object value) => Of([.. PartsOf((Address)value).Select(p => p?.Trim())]);

    public override string EdmType(FieldDefinition field) => "Edm.Untyped";

    public override JsonNode? ToJson(FieldDefinition field, object value)
    {
        var json = new JsonObject();
        foreach (var (name, part) in Names.Zip(PartsOf((Address)value)))
            json[name] = part;
        return json;
    }

    public override string ToInvariant(FieldDefinition field, object value) => Write(PartsOf((Address)value));

    public override string Format(FieldDefinition field, object value, FormatContext context) => ((Address)value).ToLine(context);

    private static string?[] PartsOf(Address address) => [address.Street, address.Country, address.Region, address.City, address.District, address.PostalCode];

    /// <summary>Null when there is nothing but a country.</summary>
    private static Address? Of(string?[] parts)
    {
        for (var i = 0; i < parts.Length; i++)
            // JSON has no half pairs: what is kept has to be what is read.
            parts[i] = string.IsNullOrEmpty(parts[i]) ? null : string.Concat(parts[i]!.EnumerateRunes());
        return parts.Where((p, i) => i != 1 && p is not null).Any() ? new(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]) : null;
    }

    /// <summary>What filters and search look into: whole places, however they are ordered where they are shown.</summary>
    private static string Text(Address address)
        => string.Join(' ', new[] { string.Concat(address.Region == address.City ? null : address.Region, address.City, address.District, address.Street), address.Region, address.City, address.District, address.Street, address.PostalCode, address.Country }.Where(p => !string.IsNullOrEmpty(p)).Distinct());

    private static string Write(IReadOnlyList<string?> parts)
    {
        var json = new JsonObject();
        for (var i = 0; i < parts.Count; i++)
            if (!string.IsNullOrEmpty(parts[i]))
                json[Names[i]] = parts[i];
        return json.ToJsonString(Json);
    }
}
