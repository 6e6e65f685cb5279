namespace Crm.Email.Sending;

/// <summary>Keeps to a number of messages in a minute, evenly spread.</summary>
internal sealed class Pace(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private long _next;

    /// <summary>How long to wait before the next message. The place is taken with this call.</summary>
    /// <param name="perMinute">0 for no limit.</param>
    public TimeSpan Take(int perMinute)
    {
        if (perMinute <= 0)
            return TimeSpan.Zero;
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            var at = Math.Max(now, _next);
            _next = at + (clock.TimestampFrequency * 60 / perMinute);
            return at == now ? TimeSpan.Zero : clock.GetElapsedTime(now, at);
        }
    }
}
