using System.Text.Json;
using Crm.Platform.Localization;

namespace Crm.Workflows;

/// <summary>A ready-made workflow to start from, in the language of who starts.</summary>
/// <param name="Texts">By culture: the texts that stand in the definition as <c>$1</c>, <c>$2</c>, ...</param>
internal sealed record WorkflowTemplate(string Name, LocalizedText Label, LocalizedText Description, JsonElement Definition, IReadOnlyDictionary<string, IReadOnlyList<string>> Texts)
{
    public WorkflowDefinition For(string culture)
    {
        var json = Definition.GetRawText();
        var texts = Texts.TryGetValue(culture, out var known) ? known : Texts["en"];
        for (var i = texts.Count; i > 0; i--)
            json = json.Replace($"\"${i}\"", JsonSerializer.Serialize(texts[i - 1]), StringComparison.Ordinal);
        return WorkflowDefinition.Read(json);
    }
}

/// <summary>The templates that this module carries in <c>Templates/*.json</c>.</summary>
internal sealed class WorkflowTemplates
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public IReadOnlyList<WorkflowTemplate> All { get; } =
    [
        .. typeof(WorkflowTemplates).Assembly.GetManifestResourceNames().Where(n => n.StartsWith("Templates/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Read),
    ];

    public WorkflowTemplate? Find(string? name) => All.FirstOrDefault(t => t.Name == name);

    private static WorkflowTemplate Read(string resource)
    {
        using var stream = typeof(WorkflowTemplates).Assembly.GetManifestResourceStream(resource)!;
        return JsonSerializer.Deserialize<WorkflowTemplate>(stream, Json)!;
    }
}
