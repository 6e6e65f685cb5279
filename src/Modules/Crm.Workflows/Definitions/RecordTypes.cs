using Crm.Platform.Content;

namespace Crm.Workflows;

/// <summary>
/// What each activity of a definition is about: the workflow's records, or those with which an activity before it goes on
/// (<see cref="ActivityKind.GoesOnWith"/>).
/// </summary>
internal sealed class RecordTypes
{
    private readonly Dictionary<string, string?> _names = new(StringComparer.Ordinal);
    private readonly DefinitionSet _definitions;

    public RecordTypes(WorkflowDefinition definition, IEnumerable<ActivityKind> kinds, DefinitionSet definitions)
    {
        _definitions = definitions;
        var goesOnWith = kinds.Where(k => k.GoesOnWith is not null).ToDictionary(k => k.Name, k => k.GoesOnWith, StringComparer.Ordinal);
        var pending = new Stack<(string From, string? Type)>([(WorkflowDefinition.Start, definition.Type)]);
        while (pending.TryPop(out var at))
            foreach (var to in definition.Transitions.Where(t => t.From == at.From).Select(t => definition.Find(t.To)).OfType<ActivityNode>())
                if (_names.TryAdd(to.Id, at.Type))
                    pending.Push((to.Id, goesOnWith.GetValueOrDefault(to.Kind, at.Type)));
                else if (_names[to.Id] != at.Type)
                    Mixed.Add(to.Id);
    }

    /// <summary>Activities that are reached about records of different types.</summary>
    public HashSet<string> Mixed { get; } = new(StringComparer.Ordinal);

    /// <summary>Null for an activity about no record, and for one to which no way leads.</summary>
    public ContentTypeDefinition? Of(string activity) => _names.GetValueOrDefault(activity) is { } name ? _definitions.Find(name) : null;
}
