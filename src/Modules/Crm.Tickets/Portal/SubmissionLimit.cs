using System.Collections.Concurrent;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;

namespace Crm.Tickets.Portal;

/// <summary>How often somebody may send something in, counted in memory: enough against floods, no record of anybody.</summary>
internal sealed class SubmissionLimit(TimeProvider clock)
{
    /// <summary>From one network address.</summary>
    public static readonly (int Most, TimeSpan Window) Sender = (10, TimeSpan.FromMinutes(10));

    /// <summary>In the name of one e-mail address, which may be somebody else's and gets a mail each time.</summary>
    public static readonly (int Most, TimeSpan Window) Mailbox = (5, TimeSpan.FromHours(1));

    private const int Known = 50_000;

    private readonly ConcurrentDictionary<string, (int Count, DateTimeOffset Since)> _counts = new();

    /// <returns>False when this sender has to wait.</returns>
    public bool Take(HttpContext context) => Take(ClientNetwork.Of(context), Sender);

    /// <returns>False when enough came in the name of this e-mail address.</returns>
    public bool Take(string email) => Take($"@{email.Trim().ToUpperInvariant()}", Mailbox);

    private bool Take(string key, (int Most, TimeSpan Window) limit)
    {
        var now = clock.GetUtcNow();
        if (_counts.Count >= Known)
            _counts.Clear();
        return _counts.AddOrUpdate(key, _ => (1, now), (_, c) => now - c.Since >= limit.Window ? (1, now) : (Math.Min(c.Count + 1, limit.Most + 1), c.Since)).Count <= limit.Most;
    }
}
