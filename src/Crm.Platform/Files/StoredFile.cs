using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Platform.Files;

/// <summary>A file that a record has: the value of fields of the kinds <c>file</c> and <c>image</c>. Its bytes are in the <see cref="FileStore"/>.</summary>
/// <param name="Name">As the reader's computer called it, cleaned: 1 to 150 characters, no path.</param>
/// <param name="MediaType">What its first bytes say, not its name: one of <see cref="FileSignature"/>.</param>
/// <param name="Size">In bytes.</param>
public sealed record StoredFile(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("type")] string MediaType,
    [property: JsonPropertyName("size")] long Size)
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Shown in the page; everything else is only ever downloaded.</summary>
    [JsonIgnore]
    public bool IsImage => MediaType.StartsWith("image/", StringComparison.Ordinal);

    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>Null when the text is none of <see cref="Write"/>.</summary>
    public static StoredFile? Read(string? text)
    {
        if (text is not ['{', ..])
            return null;
        try
        {
            return JsonSerializer.Deserialize<StoredFile>(text, Json) is { Name: not null, MediaType: not null } file ? file : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
