namespace Crm.Workflows;

internal static class ClockExtensions
{
    /// <summary>This moment in UTC, to the millisecond, as the databases keep it.</summary>
    public static DateTime Now(this TimeProvider clock)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
    }
}
