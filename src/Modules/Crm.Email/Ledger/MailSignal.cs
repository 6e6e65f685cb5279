namespace Crm.Email.Ledger;

/// <summary>Wakes the sender of this site when there is new mail. Other processes look every few seconds.</summary>
public sealed class MailSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the next <see cref="Notify"/>. To be taken before looking, so that nothing is missed.</summary>
    internal Task Next => Volatile.Read(ref _next).Task;

    internal void Notify() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
