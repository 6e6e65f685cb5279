namespace Crm.IntegrationTests.Support;

/// <summary>The real clock, set forward by a test. Timers run as ever.</summary>
public sealed class MovableClock : TimeProvider
{
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

    public void Forward(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);
}
