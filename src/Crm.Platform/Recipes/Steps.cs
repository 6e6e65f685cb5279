using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Platform.Content;
using Crm.Platform.Files;
using Crm.Platform.Hosting;
using Crm.Platform.Queries;
using Crm.Platform.Settings;

namespace Crm.Platform.Recipes;

internal sealed record SettingsStepSettings : RecipeStepSettings
{
    public string? Currency { get; init; }

    public string? Region { get; init; }

    public string? TimeZone { get; init; }
}

/// <summary><c>settings</c>: the site's currency, region and time zone.</summary>
internal sealed class SettingsStep(SettingsStore settings) : RecipeStep<SettingsStepSettings>("settings")
{
    protected override async Task ExecuteAsync(SettingsStepSettings step, CancellationToken cancellationToken)
    {
        var site = settings.Site with
        {
            Currency = step.Currency ?? settings.Site.Currency,
            Region = step.Region ?? settings.Site.Region,
            TimeZone = step.TimeZone ?? settings.Site.TimeZone,
        };
        if (!Fields.Currencies.IsKnown(site.Currency))
            throw new SetupException("{0} is not a currency code", site.Currency);
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(site.TimeZone, out _))
            throw new SetupException("{0} is not a time zone", site.TimeZone);
        if (site != settings.Site)
            await settings.SaveSiteAsync(site, cancellationToken);
    }
}

internal sealed record ContentTypeStepSettings : RecipeStepSettings
{
    public required string Type { get; init; }

    /// <summary>Settings of the type itself.</summary>
    public JsonObject? Settings { get; init; }

    /// <summary>Settings by field.</summary>
    public Dictionary<string, JsonObject> Fields { get; init; } = [];
}

/// <summary><c>contentType</c>: adds or changes a content type and its fields, as an administrator would.</summary>
internal sealed class ContentTypeStep(ContentDefinitions definitions) : RecipeStep<ContentTypeStepSettings>("contentType")
{
    protected override async Task ExecuteAsync(ContentTypeStepSettings step, CancellationToken cancellationToken)
    {
        if (step.Settings is { Count: > 0 } && !IsSame(definitions.Current.Find(step.Type), step.Settings))
            Check(await definitions.SaveTypeAsync(step.Type, step.Settings, cancellationToken));
        foreach (var (field, settings) in step.Fields)
            if (!IsSame(definitions.Current.Find(step.Type)?.Find(field), settings))
                Check(await definitions.SaveFieldAsync(step.Type, field, settings, cancellationToken));
    }

    private static void Check(Localization.Message? error)
    {
        if (error is not null)
            throw new SetupException(error);
    }

    /// <summary>Whether the settings say what is the case anyway, so that a recipe run twice changes nothing.</summary>
    private static bool IsSame<T>(T? definition, JsonObject settings) where T : class
    {
        if (definition is null)
            return false;
        var current = JsonSerializer.SerializeToNode(definition, ContentDefinitions.Json)!.AsObject();
        var merged = current.DeepClone().AsObject();
        foreach (var (name, value) in settings)
            merged[name] = value?.DeepClone();
        try
        {
            return JsonNode.DeepEquals(current, JsonSerializer.SerializeToNode(merged.Deserialize<T>(ContentDefinitions.Json), ContentDefinitions.Json));
        }
        catch (JsonException)
        {
            // Not valid: saving it says why.
            return false;
        }
    }
}

internal sealed record ContentStepSettings : RecipeStepSettings
{
    public required string Type { get; init; }

    /// <summary>The field by which a record that is there already is known.</summary>
    public required string Key { get; init; }

    public required IReadOnlyList<Dictionary<string, JsonElement>> Items { get; init; }
}

/// <summary><c>content</c>: records, created or brought up to date by their key field. Values are texts as in an import.</summary>
internal sealed class ContentStep(ContentDefinitions definitions, IContentManager content, QueryEngine queries, FileStore files) : RecipeStep<ContentStepSettings>("content")
{
    protected override async Task ExecuteAsync(ContentStepSettings step, CancellationToken cancellationToken)
    {
        // One by one, so that a look-up may name an item above it.
        for (var i = 0; i < step.Items.Count; i++)
        {
            var given = step.Items[i].Where(p => p.Value.ValueKind == JsonValueKind.Object && definitions.Current.Find(step.Type)?.Find(p.Key)?.Kind is "file" or "image")
                .ToDictionary(p => p.Key, p => RecipeFile.Read(p.Value) ?? throw WrongFile(step, i));
            var texts = step.Items[i].Where(p => !given.ContainsKey(p.Key)).ToDictionary(p => p.Key, p => Text(p.Value), StringComparer.OrdinalIgnoreCase);
            if (!texts.TryGetValue(step.Key, out var key) || string.IsNullOrEmpty(key))
                throw new SetupException("Item {0} of {1} has no “{2}”", i + 1, step.Type, step.Key);
            var known = await queries.ListAsync(new Query(step.Type) { Where = Filter.Eq(step.Key, key), Columns = [.. given.Keys], Take = 2 }, cancellationToken);
            // The same file again is no change.
            foreach (var (field, file) in given)
                if (known.Items is not [var there, ..] || there[field] is not StoredFile stored || !await file.IsAsync(stored, files, cancellationToken))
                    texts[field] = await file.StoreAsync(definitions.Current.Get(step.Type).Field(field), files, cancellationToken);
            if (known.Items.Count > 1)
                throw new SetupException("Item {0} of {1}: there are several records with {2} “{3}”", i + 1, step.Type, step.Key, key);
            // A number given once never changes.
            if (known.Items.Count > 0)
                foreach (var field in definitions.Current.Get(step.Type).Fields.Where(f => f.ReadOnly))
                    texts.Remove(field.Name);
            var change = new ContentChange(step.Type) { Id = known.Items is [var item] ? item.Id : null, Texts = texts };
            var result = await content.SaveAsync(change, SaveOptions.Default, cancellationToken);
            if (!result.Succeeded)
                throw new SetupException("Item {0} of {1}: {2}", i + 1, step.Type, result.Errors is [var error, ..] ? error.Message.ToString() : result.Status);
        }
    }

    private static SetupException WrongFile(ContentStepSettings step, int item)
        => new("Item {0} of {1}: a file has a “file” name and either “text” or “base64”", item + 1, step.Type);

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.GetRawText().ToString(CultureInfo.InvariantCulture),
    };
}

/// <summary>A file that stands in the recipe itself: <c>{"file": "plan.png", "base64": "..."}</c>, or with <c>text</c>.</summary>
internal sealed record RecipeFile(string Name, byte[] Bytes)
{
    /// <summary>Null when it is none.</summary>
    public static RecipeFile? Read(JsonElement value)
    {
        byte[]? bytes = null;
        if (value.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
            bytes = Encoding.UTF8.GetBytes(text.GetString()!);
        else if (value.TryGetProperty("base64", out var base64) && base64.ValueKind == JsonValueKind.String && base64.TryGetBytesFromBase64(out var decoded))
            bytes = decoded;
        return bytes is not null && value.TryGetProperty("file", out var name) && name.ValueKind == JsonValueKind.String ? new(name.GetString()!, bytes) : null;
    }

    /// <summary>Whether that is the same file, byte for byte. One whose bytes are lost is brought again.</summary>
    public async Task<bool> IsAsync(StoredFile stored, FileStore files, CancellationToken cancellationToken)
        => stored.Name == FileNames.Clean(Name) && stored.Size == Bytes.Length && files.Find(stored.Id) is { } path
            && (await File.ReadAllBytesAsync(path, cancellationToken)).AsSpan().SequenceEqual(Bytes);

    public async Task<string> StoreAsync(FieldDefinition field, FileStore files, CancellationToken cancellationToken)
    {
        await using var stream = new MemoryStream(Bytes, writable: false);
        return (await files.AddAsync(field, Name, stream, cancellationToken)).Write();
    }
}
