using System.Globalization;
using System.Text.Json;

namespace Crm.Platform.Localization;

/// <summary>A message as text for a column: English with its arguments, so that each reader has it in his language.</summary>
public static class StoredMessage
{
    /// <summary>Characters of an argument that are kept; what people and servers say has no end.</summary>
    private const int Longest = 500;

    private static readonly JsonSerializerOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(Message message) => JsonSerializer.Serialize(Parts(message), Json);

    /// <summary>What <see cref="Write"/> wrote; any other text, such as a server's words, is the message itself.</summary>
    public static Message Read(string text)
    {
        if (!text.StartsWith("[\"", StringComparison.Ordinal))
            return new Message(text);
        try
        {
            using var json = JsonDocument.Parse(text);
            return Read(json.RootElement);
        }
        catch (JsonException)
        {
            return new Message(text);
        }
    }

    /// <summary>The arguments alone, where the text has a place of its own.</summary>
    public static string WriteArguments(Message message) => JsonSerializer.Serialize(message.Arguments.Select(Part), Json);

    /// <param name="arguments">What <see cref="WriteArguments"/> wrote.</param>
    public static Message Read(string text, string arguments)
    {
        using var json = JsonDocument.Parse(arguments);
        return new(text, [.. json.RootElement.EnumerateArray().Select(Argument)]);
    }

    private static object[] Parts(Message message) => [message.Text, .. message.Arguments.Select(Part)];

    private static object Part(object argument) => argument switch
    {
        Message inner => Parts(inner),
        LocalizedText text => new Dictionary<string, string?> { ["en"] = text.En, ["zh"] = text.Zh },
        _ => Convert.ToString(argument, CultureInfo.InvariantCulture) is { } text ? text.Length > Longest ? $"{text[..Longest]}…" : text : "",
    };

    private static Message Read(JsonElement parts)
        => new(parts[0].GetString() ?? "", [.. parts.EnumerateArray().Skip(1).Select(Argument)]);

    private static object Argument(JsonElement part) => part.ValueKind switch
    {
        JsonValueKind.Array => Read(part),
        JsonValueKind.Object => new LocalizedText(part.GetProperty("en").GetString() ?? "", part.GetProperty("zh").GetString()),
        _ => part.GetString() ?? "",
    };
}
