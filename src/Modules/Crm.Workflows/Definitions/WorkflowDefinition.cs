using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crm.Workflows;

/// <summary>
/// What a workflow does: what starts it, on which records, and a graph of activities joined by transitions. Settings are
/// texts in invariant form, so that a definition reads the same in a recipe, in the database and in a form.
/// </summary>
public sealed record WorkflowDefinition
{
    /// <summary>Where the graph begins; the transition from here leads to the first activity.</summary>
    public const string Start = "start";

    public const int MaxActivities = 100;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    public required NodeSettings Trigger { get; init; }

    /// <summary>Which records it is for, in the filter language; null for all.</summary>
    public string? Condition { get; init; }

    public IReadOnlyList<ActivityNode> Activities { get; init; } = [];

    public IReadOnlyList<Transition> Transitions { get; init; } = [];

    /// <summary>The content type whose records it is about; null for one that is about none.</summary>
    [JsonIgnore]
    public string? Type => Trigger[SettingNames.Type];

    public ActivityNode? Find(string id) => Activities.FirstOrDefault(a => a.Id == id);

    /// <summary>The activity that follows by an outcome; null where the workflow ends.</summary>
    public string? Next(string from, string outcome) => Transitions.FirstOrDefault(t => t.From == from && t.Outcome == outcome)?.To;

    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <exception cref="JsonException">It is no definition; the message says where.</exception>
    public static WorkflowDefinition Read(string json)
        => JsonSerializer.Deserialize<WorkflowDefinition>(json, Json) ?? throw new JsonException("A definition is an object.");
}

/// <summary>A trigger, or the inside of an activity: its kind, and settings by name. An empty setting is no setting.</summary>
public record NodeSettings(string Kind)
{
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public string? this[string name] => Settings.TryGetValue(name, out var value) && !string.IsNullOrEmpty(value) ? value : null;

    public int Number(string name, int otherwise)
        => int.TryParse(this[name], System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}

/// <param name="Id">Unique within the definition.</param>
public sealed record ActivityNode(string Id, string Kind) : NodeSettings(Kind);

/// <param name="Outcome">One of the activity's outcomes, such as <c>done</c> or <c>true</c>.</param>
public sealed record Transition(string From, string Outcome, string To);

public static class Outcomes
{
    public const string Done = "done";
    public const string True = "true";
    public const string False = "false";
}

/// <summary>Names of settings that several kinds share.</summary>
public static class SettingNames
{
    public const string Type = "type";
    public const string Field = "field";
    public const string Imports = "imports";
    public const string Condition = "condition";
}
