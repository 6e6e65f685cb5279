using Crm.Platform.Content;
using Crm.Platform.Localization;

namespace Crm.Workflows;

/// <summary>
/// A kind of activity. A module adds one with <c>services.AddScoped&lt;ActivityKind, T&gt;()</c>; the editor, the check of
/// definitions and the worker know it by that alone.
/// </summary>
public abstract class ActivityKind
{
    /// <summary>Name in definitions; never to be changed.</summary>
    public abstract string Name { get; }

    public abstract LocalizedText Label { get; }

    /// <summary>One sentence for who chooses it.</summary>
    public abstract LocalizedText Description { get; }

    /// <summary>Name of a Tabler icon.</summary>
    public virtual string Icon => "bolt";

    public virtual IReadOnlyList<Setting> Settings => [];

    public virtual IReadOnlyList<string> Outcomes => [Workflows.Outcomes.Done];

    /// <summary>Makes no sense in a workflow that is about no record.</summary>
    public virtual bool NeedsRecord => false;

    /// <summary>
    /// Its effect is outside our database, so it runs outside a transaction and may happen again after a kill. All others
    /// run in the transaction that also notes that they are done.
    /// </summary>
    public virtual bool IsOutside => false;

    /// <summary>
    /// Content type of the records for which the steps after it are carried out, once for each of
    /// <see cref="ActivityResult.Each"/>; null when they stay with the workflow's own record.
    /// </summary>
    public virtual string? GoesOnWith => null;

    /// <summary>Why it cannot be used in this site at present, or null.</summary>
    public virtual Message? Unavailable(DefinitionSet definitions) => null;

    /// <summary>Checks that go beyond what <see cref="Settings"/> say.</summary>
    /// <param name="type">The type of the workflow's records; null when it is about none.</param>
    /// <param name="error">Takes a setting's name and what is wrong with it.</param>
    public virtual void Check(NodeSettings node, ContentTypeDefinition? type, Action<string, Message> error)
    {
    }

    /// <exception cref="ActivityRefusedException">It cannot be done, and trying again would not help.</exception>
    public abstract Task<ActivityResult> RunAsync(ActivityRun run, CancellationToken cancellationToken);
}

/// <summary>One activity of one instance, about to be carried out.</summary>
/// <param name="Step">How many activities of the instance came before.</param>
public sealed record ActivityRun(ActivityNode Node, ActivityKind Kind, Instance Instance, int Step, WorkflowName Workflow)
{
    /// <summary>The record it is about, as it is now; null for a workflow about none.</summary>
    public ContentItem? Record { get; init; }

    /// <summary>The type of <see cref="Record"/>.</summary>
    public ContentTypeDefinition? Type { get; init; }

    /// <summary>Everything is taken back afterwards: nothing outside the database may be touched.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>The same for each attempt at this activity, and different from every other's.</summary>
    public string Key => $"workflow:{Instance.Id:N}:{Step}";

    public string? this[string name]
        => Node[name] ?? Kind.Settings.FirstOrDefault(s => s.Name == name)?.Default;

    public int Number(string name) => Node.Number(name, int.TryParse(this[name], out var number) ? number : 0);
}

/// <summary>The workflow that an instance belongs to.</summary>
/// <param name="Zone">The site's time zone, in which days and times of a workflow are meant.</param>
public sealed record WorkflowName(Guid Id, LocalizedText Name, Guid? SavedBy, TimeZoneInfo Zone);

/// <summary>What an activity did.</summary>
/// <param name="Did">For the trace, in words.</param>
public sealed record ActivityResult(Message Did, string Outcome = Outcomes.Done)
{
    /// <summary>When to go on; null for at once.</summary>
    public DateTime? ResumeAt { get; init; }

    /// <summary>The same activity runs again at <see cref="ResumeAt"/>, to see whether its time has come.</summary>
    public bool Again { get; init; }

    /// <summary>The workflow ends here, whatever follows.</summary>
    public bool Ends { get; init; }

    /// <summary>This run ends; what follows is done once for each of these records of <see cref="ActivityKind.GoesOnWith"/>, each by a run of its own.</summary>
    public IReadOnlyList<Guid>? Each { get; init; }

    /// <summary>Page of this site where what was done can be seen.</summary>
    public string? Url { get; init; }
}

/// <summary>The activity cannot be done; trying again would not help.</summary>
public sealed class ActivityRefusedException(Message reason) : Exception(reason.ToString())
{
    public ActivityRefusedException(string text, params object[] arguments) : this(new Message(text, arguments))
    {
    }

    public Message Reason { get; } = reason;
}
