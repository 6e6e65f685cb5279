using System.Reflection;
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

/// <summary>Where a module carries templates; it registers one with <c>services.AddSingleton</c>.</summary>
/// <param name="Folder">Beginning of the names of its embedded resources, such as <c>Templates/</c>.</param>
public sealed record WorkflowTemplateSource(Assembly Assembly, string Folder);

/// <summary>The templates of this module and of others that are on.</summary>
internal sealed class WorkflowTemplates(IEnumerable<WorkflowTemplateSource> sources)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public IReadOnlyList<WorkflowTemplate> All { get; } =
    [
        .. sources.SelectMany(s => s.Assembly.GetManifestResourceNames().Where(n => n.StartsWith(s.Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(n => Read(s.Assembly, n))),
    ];

    public WorkflowTemplate? Find(string? name) => All.FirstOrDefault(t => t.Name == name);

    private static WorkflowTemplate Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        return JsonSerializer.Deserialize<WorkflowTemplate>(stream, Json)!;
    }
}
