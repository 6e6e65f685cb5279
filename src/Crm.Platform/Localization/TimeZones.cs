namespace Crm.Platform.Localization;

/// <summary>The time zones that people can choose.</summary>
public static class TimeZones
{
    /// <summary>IANA names in order, whatever the operating system calls them.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.HasIanaId ? zone.Id : TimeZoneInfo.TryConvertWindowsIdToIanaId(zone.Id, out var iana) ? iana : null)
            .OfType<string>().Append("UTC").Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];
}
