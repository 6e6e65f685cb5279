using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Platform.Content;
using Crm.Platform.Hosting;
using Crm.Platform.Localization;

namespace Crm.Platform.Recipes;

/// <summary>A step's settings; the step's own class adds its properties. One that it does not have is an error.</summary>
public abstract record RecipeStepSettings
{
    /// <summary>The step's name.</summary>
    public required string Step { get; init; }

    /// <summary>Run only in sites of this language; null for all.</summary>
    public string? Culture { get; init; }

    /// <summary>Run only where this feature is on; null for everywhere.</summary>
    public string? Feature { get; init; }
}

/// <summary>Carries out one kind of step. Register with <c>services.AddScoped&lt;IRecipeStep, T&gt;()</c>.</summary>
public interface IRecipeStep
{
    string Name { get; }

    Type SettingsType { get; }

    /// <exception cref="SetupException">It cannot be done; the whole recipe is taken back.</exception>
    Task ExecuteAsync(RecipeStepSettings settings, CancellationToken cancellationToken);
}

public abstract class RecipeStep<T>(string name) : IRecipeStep where T : RecipeStepSettings
{
    public string Name => name;

    public Type SettingsType => typeof(T);

    public Task ExecuteAsync(RecipeStepSettings settings, CancellationToken cancellationToken) => ExecuteAsync((T)settings, cancellationToken);

    protected abstract Task ExecuteAsync(T settings, CancellationToken cancellationToken);
}

/// <summary>Settings of the step <c>features</c>, which the host carries out: the site is built with these.</summary>
internal sealed record FeaturesStepSettings : RecipeStepSettings
{
    public const string StepName = "features";

    public required IReadOnlyList<string> Enable { get; init; }
}

/// <summary>A recipe's text, split into steps whose place in the file is known.</summary>
public sealed class Recipe
{
    private static readonly JsonReaderOptions ReaderOptions = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly JsonSerializerOptions Json = new(ContentDefinitions.Json)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    private readonly List<RawStep> _steps = [];

    private sealed record RawStep(string Name, int Line, byte[] Json)
    {
        /// <summary>The module whose file it stands in; null for a file on its own.</summary>
        public string? Module { get; init; }

        public string At(long further = 0) => Module is null ? $"{Line + further}" : $"{Line + further} ({Module})";
    }

    public string Name { get; private set; } = "";

    public LocalizedText Label { get; private set; } = "";

    public LocalizedText Description { get; private set; } = "";

    /// <summary>Reads the outline; what the steps say is checked by <see cref="Bind"/>.</summary>
    /// <exception cref="SetupException">The text is not a recipe; the message names the line.</exception>
    public static Recipe Parse(ReadOnlySpan<byte> utf8)
    {
        var recipe = new Recipe();
        try
        {
            recipe.Read(utf8);
        }
        catch (JsonException e)
        {
            throw new SetupException("Recipe, line {0}: {1}", (e.LineNumber ?? 0) + 1, Plain(e));
        }
        if (recipe.Name.Length == 0)
            throw new SetupException("Recipe, line {0}: {1}", 1, "\"name\" is missing");
        return recipe;
    }

    /// <summary>
    /// One recipe of the parts that modules carry under one name, in the modules' order. Label and description are those
    /// of the first part that has them.
    /// </summary>
    internal static Recipe Join(IEnumerable<(string Module, Recipe Part)> parts)
    {
        var joined = new Recipe();
        foreach (var (module, part) in parts)
        {
            joined.Name = part.Name;
            joined.Label = joined.Label.En.Length > 0 ? joined.Label : part.Label;
            joined.Description = joined.Description.En.Length > 0 ? joined.Description : part.Description;
            joined._steps.AddRange(part._steps.Select(s => s with { Module = module }));
        }
        return joined;
    }

    /// <summary>Features that the recipe enables.</summary>
    internal IReadOnlyList<string> Features(string culture)
        => [.. _steps.Where(s => s.Name == FeaturesStepSettings.StepName).Select(s => (FeaturesStepSettings)Bind(s, typeof(FeaturesStepSettings)))
            .Where(s => s.Culture is null || s.Culture == culture).SelectMany(s => s.Enable)];

    /// <summary>All steps with their settings, each checked before the first is carried out.</summary>
    internal IReadOnlyList<(IRecipeStep Step, RecipeStepSettings Settings, string Line)> Bind(IEnumerable<IRecipeStep> steps)
    {
        var known = steps.ToDictionary(s => s.Name, StringComparer.Ordinal);
        var bound = new List<(IRecipeStep, RecipeStepSettings, string)>();
        foreach (var raw in _steps.Where(s => s.Name != FeaturesStepSettings.StepName))
        {
            if (!known.TryGetValue(raw.Name, out var step))
                throw new SetupException("Recipe, line {0}: there is no step “{1}”", raw.At(), raw.Name);
            bound.Add((step, Bind(raw, step.SettingsType), raw.At()));
        }
        return bound;
    }

    private static RecipeStepSettings Bind(RawStep raw, Type type)
    {
        try
        {
            return (RecipeStepSettings)JsonSerializer.Deserialize(raw.Json, type, Json)!;
        }
        catch (JsonException e)
        {
            throw new SetupException("Recipe, line {0}, step “{1}”: {2}", raw.At(e.LineNumber ?? 0), raw.Name, Plain(e));
        }
    }

    private void Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("a recipe is an object", null, 0, 0);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = reader.GetString();
            var line = LineOf(utf8, reader.TokenStartIndex);
            reader.Read();
            switch (property)
            {
                case "name":
                    Expect(JsonTokenType.String, reader.TokenType, "\"name\" is a text", line);
                    Name = reader.GetString()!;
                    break;
                case "label":
                    Label = JsonSerializer.Deserialize<LocalizedText>(ref reader, Json)!;
                    break;
                case "description":
                    Description = JsonSerializer.Deserialize<LocalizedText>(ref reader, Json)!;
                    break;
                case "steps":
                    Expect(JsonTokenType.StartArray, reader.TokenType, "\"steps\" is a list", line);
                    ReadSteps(utf8, ref reader);
                    break;
                default:
                    throw new JsonException($"unknown property \"{property}\"", null, line - 1, 0);
            }
        }
        // Reads to the end, so that what stands behind the recipe is an error too.
        while (reader.Read())
        {
        }
    }

    private static void Expect(JsonTokenType expected, JsonTokenType found, string message, int line)
    {
        if (found != expected)
            throw new JsonException(message, null, line - 1, 0);
    }

    private void ReadSteps(ReadOnlySpan<byte> utf8, ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = reader.TokenStartIndex;
            var line = LineOf(utf8, start);
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new JsonException("a step is an object", null, line - 1, 0);
            reader.Skip();
            var json = utf8[(int)start..(int)reader.BytesConsumed].ToArray();
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (!document.RootElement.TryGetProperty("step", out var name) || name.ValueKind != JsonValueKind.String)
                throw new JsonException("\"step\" is missing", null, line - 1, 0);
            _steps.Add(new RawStep(name.GetString()!, line, json));
        }
    }

    private static int LineOf(ReadOnlySpan<byte> utf8, long index) => utf8[..(int)index].Count((byte)'\n') + 1;

    /// <summary>The reader's own words without its position, which counts from the step.</summary>
    private static string Plain(JsonException e)
    {
        var message = e.Message;
        var at = message.IndexOf(" Path: ", StringComparison.Ordinal);
        return at < 0 ? message : message[..at];
    }
}
