namespace Crm.Platform.Jobs;

/// <summary>Where a task says how far it is. Cheap: it reaches the database every few seconds.</summary>
public sealed class JobProgress
{
    private readonly Lock _lock = new();
    private (long Done, long? Total, string? Message) _now;

    internal (long Done, long? Total, string? Message) Now
    {
        get
        {
            lock (_lock)
                return _now;
        }
    }

    public void Report(long done, long? total, string? message = null)
    {
        lock (_lock)
            _now = (done, total, message);
    }
}
