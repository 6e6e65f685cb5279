namespace Crm.Workflows;

/// <summary>A step of the form, with what happens when its condition is met or not.</summary>
internal sealed class Step(ActivityNode node)
{
    public ActivityNode Node { get; set; } = node;

    public List<Step> Then { get; } = [];

    public List<Step> Else { get; } = [];

    public bool Branches => Node.Kind == Branch.KindName;

    public List<Step> List(string outcome) => outcome == Outcomes.True ? Then : Else;
}

/// <summary>
/// Between the form's ordered list with indented branches and the definition's graph. After the branches of an "if" both
/// ways go on with what follows it. A graph that is more than that, such as one with a loop, the form cannot show.
/// </summary>
internal static class StepTree
{
    public static IEnumerable<Step> All(IEnumerable<Step> steps) => steps.SelectMany(s => All(s.Then).Concat(All(s.Else)).Prepend(s));

    public static WorkflowDefinition ToGraph(IReadOnlyList<Step> steps, NodeSettings trigger, string? condition)
    {
        var transitions = new List<Transition>();
        Link(steps, [(WorkflowDefinition.Start, Outcomes.Done)], transitions);
        return new() { Trigger = trigger, Condition = condition, Activities = [.. All(steps).Select(s => s.Node)], Transitions = transitions };
    }

    /// <summary>The steps of a graph; null when the form cannot show it.</summary>
    public static List<Step>? FromGraph(WorkflowDefinition definition)
    {
        var steps = Build(definition, definition.Next(WorkflowDefinition.Start, Outcomes.Done), null, []);
        if (steps is null)
            return null;
        var same = ToGraph(steps, definition.Trigger, definition.Condition);
        return same.Transitions.ToHashSet().SetEquals(definition.Transitions) && same.Activities.Count == definition.Activities.Count ? steps : null;
    }

    /// <returns>The ends that lead to whatever comes next.</returns>
    private static List<(string From, string Outcome)> Link(IReadOnlyList<Step> steps, List<(string From, string Outcome)> ends, List<Transition> transitions)
    {
        foreach (var step in steps)
        {
            var id = step.Node.Id;
            transitions.AddRange(ends.Select(e => new Transition(e.From, e.Outcome, id)));
            ends = step.Branches ? [.. Link(step.Then, [(id, Outcomes.True)], transitions), .. Link(step.Else, [(id, Outcomes.False)], transitions)]
                : step.Node.Kind == "end" ? [] : [(id, Outcomes.Done)];
        }
        return ends;
    }

    private static List<Step>? Build(WorkflowDefinition definition, string? from, string? until, HashSet<string> seen)
    {
        var steps = new List<Step>();
        for (var id = from; id is not null && id != until;)
        {
            if (definition.Find(id) is not { } node || !seen.Add(id))
                return null;
            var step = new Step(node);
            steps.Add(step);
            if (!step.Branches)
            {
                id = definition.Next(id, Outcomes.Done);
                continue;
            }
            var (yes, no) = (definition.Next(id, Outcomes.True), definition.Next(id, Outcomes.False));
            var join = Join(definition, yes, no);
            if (Build(definition, yes, join, seen) is not { } then || Build(definition, no, join, seen) is not { } otherwise)
                return null;
            step.Then.AddRange(then);
            step.Else.AddRange(otherwise);
            id = join;
        }
        return steps;
    }

    /// <summary>Where two ways meet again: the first activity, in the definition's order, that both lead to.</summary>
    private static string? Join(WorkflowDefinition definition, string? one, string? other)
    {
        if (one is null || other is null)
            return null;
        var both = DefinitionCheck.Reach(definition, one);
        both.Add(one);
        var others = DefinitionCheck.Reach(definition, other);
        others.Add(other);
        both.IntersectWith(others);
        return definition.Activities.FirstOrDefault(a => both.Contains(a.Id))?.Id;
    }
}
