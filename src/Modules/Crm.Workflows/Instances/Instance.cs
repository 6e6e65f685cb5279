using Crm.Platform.Localization;

namespace Crm.Workflows;

public enum InstanceState
{
    /// <summary>Goes on as soon as a worker is free.</summary>
    Running,

    /// <summary>Goes on at a time.</summary>
    Waiting,
    Done,

    /// <summary>Stopped by an error; it goes on when somebody says so.</summary>
    Failed,

    /// <summary>Stopped by somebody.</summary>
    Canceled,
}

/// <summary>One run of one version of a workflow, about one record or none.</summary>
/// <param name="Version">The version of the definition that it goes by to its end.</param>
/// <param name="Activity">The activity that is next; null when it is over.</param>
/// <param name="Step">Activities carried out so far.</param>
/// <param name="Attempts">Failed attempts at the next activity.</param>
/// <param name="Depth">How many workflows one after the other led to this one.</param>
public sealed record Instance(
    Guid Id,
    Guid Workflow,
    int Version,
    string? RecordType,
    Guid? RecordId,
    InstanceState State,
    string? Activity,
    int Step,
    int Attempts,
    int Depth,
    DateTime? DueAt,
    Message? Error,
    DateTime CreatedAt,
    DateTime? FinishedAt)
{
    public bool IsOver => State is InstanceState.Done or InstanceState.Failed or InstanceState.Canceled;
}

/// <summary>One line of an instance's story.</summary>
/// <param name="Activity">Id in the definition; empty for what happened to the instance as a whole.</param>
public sealed record TraceEntry(int Step, string Activity, string Kind, DateTime At, Message Text, bool IsError)
{
    /// <summary>Page of this site that it leads to.</summary>
    public string? Url { get; init; }
}
