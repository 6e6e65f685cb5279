namespace Crm.IntegrationTests.Support;

/// <summary>
/// A clock that goes like any other and can be put forward. Timers keep to real time: what waits by looking at the clock
/// every few seconds sees the new time when it looks next.
/// </summary>
public sealed class MovableClock : TimeProvider
{
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

    public void Forward(TimeSpan time) => Interlocked.Add(ref _ahead, time.Ticks);
}
