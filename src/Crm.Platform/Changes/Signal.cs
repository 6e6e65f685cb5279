namespace Crm.Platform.Changes;

/// <summary>Wakes workers of this process, which otherwise look from time to time.</summary>
public class Signal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the next <see cref="Notify"/>. To be taken before looking, so that nothing is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Notify() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
