using System.Globalization;
using System.Text.Json;
using Crm.Api.Problems;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Localization;
using Microsoft.Net.Http.Headers;

namespace Crm.Api.Records;

/// <summary>Makes a change of the JSON that a request brings.</summary>
internal sealed class BodyReader(SettingsStore settings, ActorContext actor, TimeProvider clock, IStringLocalizer localizer)
{
    public const int LargestBody = 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public async Task<ContentChange> ReadAsync(ApiType type, ContentChange change, HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var media) || !(media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || media.Suffix == "json"))
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "Send the body as application/json");
        using var body = await ParseAsync(request);
        if (body.RootElement.ValueKind != JsonValueKind.Object)
            throw new ApiException(StatusCodes.Status400BadRequest, "The body must be a JSON object");
        var errors = new List<PropertyError>();
        var site = settings.Site;
        var context = new ParseContext(CultureInfo.InvariantCulture, actor.Current.TimeZone, site.Currency, site.Region, clock.GetUtcNow().UtcDateTime, localizer);
        foreach (var element in body.RootElement.EnumerateObject())
            // Names with this sign say something about the data, such as what a client has read before.
            if (!element.Name.Contains('@', StringComparison.Ordinal) && Read(type, element, body.RootElement, context, change) is { } problem)
                errors.Add(new(element.Name, problem));
        return errors.Count == 0 ? change : throw new ApiException(ApiProblem.Of(StatusCodes.Status400BadRequest, errors));
    }

    private static async Task<JsonDocument> ParseAsync(HttpRequest request)
    {
        try
        {
            return await JsonDocument.ParseAsync(request.Body, Strict, request.HttpContext.RequestAborted);
        }
        catch (JsonException e)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, "The body is not JSON: line {0}, position {1}", (e.LineNumber ?? 0) + 1, (e.BytePositionInLine ?? 0) + 1);
        }
    }

    private static Platform.Localization.Message? Read(ApiType type, JsonProperty element, JsonElement body, ParseContext context, ContentChange change)
    {
        if (type.Find(element.Name) is not { } property)
            return new("{0} has no field {1}", type.Definition.PluralLabel, element.Name);
        if (property.IsReadOnly)
            return new("{0} is set by the system", property.Field.Label);
        if (property.IsFile)
            return new("{0} is a file: send its bytes with PUT to {1}, below the record’s address", property.Field.Label, property.FilePath);
        if (property.Field.Kind == "money")
            return ReadMoney(property, element.Value, body, change);
        if (element.Value.ValueKind == JsonValueKind.Null)
        {
            change.Values[property.Field.Name] = null;
            return null;
        }
        var parsed = property.Kind.FromJson(property.Field, element.Value, context);
        if (parsed.Value is NewOption option)
            change.Texts[property.Field.Name] = option.Text;
        else
            change.Values[property.Field.Name] = parsed.Value;
        return parsed.Error;
    }

    /// <summary>As texts, so that an amount alone keeps the currency that the record has.</summary>
    private static Platform.Localization.Message? ReadMoney(ApiProperty property, JsonElement value, JsonElement body, ContentChange change)
    {
        var name = property.Field.Name;
        if (property.IsCurrency)
        {
            if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
                return new("{0} must be a text", property.Name);
            if (value.GetString() is { } code && !Currencies.IsKnown(code.Trim().ToUpperInvariant()))
                return new("{0} is not a currency code", code);
            if (body.EnumerateObject().All(e => !string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase)))
                return new("Give {0} together with {1}", property.Name, name);
            change.Texts[property.Name] = value.GetString();
            return null;
        }
        if (value.ValueKind == JsonValueKind.Null)
            change.Texts[name] = "";
        else if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var amount))
            change.Texts[name] = amount.ToString(CultureInfo.InvariantCulture);
        else
            return new("{0} must be a number", property.Field.Label);
        return null;
    }
}
