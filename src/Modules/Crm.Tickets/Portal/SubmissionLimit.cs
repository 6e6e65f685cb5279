using System.Collections.Concurrent;
using System.Net;

namespace Crm.Tickets.Portal;

/// <summary>How often one address may send something in, counted in memory: enough against floods, no record of anybody.</summary>
internal sealed class SubmissionLimit(TimeProvider clock)
{
    public const int Most = 10;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private const int Known = 50_000;

    private readonly ConcurrentDictionary<string, (int Count, DateTimeOffset Since)> _senders = new();

    /// <returns>False when this sender has to wait.</returns>
    public bool Take(IPAddress? address)
    {
        var now = clock.GetUtcNow();
        if (_senders.Count >= Known)
            _senders.Clear();
        return _senders.AddOrUpdate(KeyOf(address), _ => (1, now), (_, s) => now - s.Since >= Window ? (1, now) : (Math.Min(s.Count + 1, Most + 1), s.Since)).Count <= Most;
    }

    /// <summary>Of IPv6 the network, as one person has a whole one.</summary>
    private static string KeyOf(IPAddress? address)
    {
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        return Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 8)));
    }
}
