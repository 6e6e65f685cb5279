using Crm.Platform.Fields;

namespace Crm.Platform.Data;

public static class ClockExtensions
{
    /// <summary>This moment in UTC, to the millisecond, as the databases keep it.</summary>
    public static DateTime Now(this TimeProvider clock) => DateTimeField.Truncate(clock.GetUtcNow().UtcDateTime);
}
