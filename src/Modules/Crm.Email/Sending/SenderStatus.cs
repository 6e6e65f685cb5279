namespace Crm.Email.Sending;

/// <summary>Why nothing is sent at the moment, for the pages that show it.</summary>
internal sealed class SenderStatus
{
    private volatile Problem? _problem;

    public sealed record Problem(string Reason, DateTime Since, DateTime RetryAt);

    public Problem? Now => _problem;

    public void Report(string reason, DateTime now, DateTime retryAt) => _problem = new(reason, _problem?.Since ?? now, retryAt);

    public void Clear() => _problem = null;
}
