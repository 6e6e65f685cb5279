using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Platform.Localization;

/// <summary>
/// A text for people, by culture. Code declares the English one, which the localization files translate;
/// administrators give each language's own.
/// </summary>
[JsonConverter(typeof(LocalizedTextConverter))]
public sealed record LocalizedText(string En, string? Zh = null)
{
    public static implicit operator LocalizedText(string english) => new(english);

    /// <summary>The text in the current culture.</summary>
    public string For(Microsoft.Extensions.Localization.IStringLocalizer localizer)
    {
        var chinese = CultureInfo.CurrentUICulture.Name.StartsWith("zh", StringComparison.OrdinalIgnoreCase);
        if (chinese && !string.IsNullOrEmpty(Zh))
            return Zh;
        return Zh is null ? localizer[En] : En;
    }

    /// <summary>The text within a sentence: English ones begin with a small letter there, unless they are initials.</summary>
    public string Inside(Microsoft.Extensions.Localization.IStringLocalizer localizer)
    {
        var text = For(localizer);
        return text.Length > 1 && char.IsAsciiLetterUpper(text[0]) && !char.IsAsciiLetterUpper(text[1])
            ? char.ToLowerInvariant(text[0]) + text[1..]
            : text;
    }

    /// <summary>Whether a text typed by a person means this one, in whatever language.</summary>
    public bool Matches(string text, Microsoft.Extensions.Localization.IStringLocalizer localizer)
        => string.Equals(En, text, StringComparison.OrdinalIgnoreCase)
            || string.Equals(Zh, text, StringComparison.OrdinalIgnoreCase)
            || string.Equals(For(localizer), text, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => En;
}

internal sealed class LocalizedTextConverter : JsonConverter<LocalizedText>
{
    public override LocalizedText? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new LocalizedText(reader.GetString()!);
        var texts = JsonSerializer.Deserialize<Dictionary<string, string>>(ref reader, options)
            ?? throw new JsonException("A text is a string or an object of texts by culture.");
        var chinese = texts.GetValueOrDefault("zh-CN");
        return new LocalizedText(texts.GetValueOrDefault("en") ?? chinese ?? throw new JsonException("A text needs \"en\" or \"zh-CN\"."), chinese);
    }

    public override void Write(Utf8JsonWriter writer, LocalizedText value, JsonSerializerOptions options)
    {
        if (value.Zh is null)
        {
            writer.WriteStringValue(value.En);
            return;
        }
        writer.WriteStartObject();
        writer.WriteString("en", value.En);
        writer.WriteString("zh-CN", value.Zh);
        writer.WriteEndObject();
    }
}
