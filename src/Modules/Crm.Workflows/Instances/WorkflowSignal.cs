namespace Crm.Workflows;

/// <summary>Wakes this process's worker when an instance was started or set going again; others notice by looking.</summary>
internal sealed class WorkflowSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Next => _next.Task;

    public void Notify() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
