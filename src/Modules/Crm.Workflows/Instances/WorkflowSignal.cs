using Crm.Platform.Changes;

namespace Crm.Workflows;

/// <summary>Wakes this process's worker when an instance was started or set going again; others notice by looking.</summary>
internal sealed class WorkflowSignal : Signal;
