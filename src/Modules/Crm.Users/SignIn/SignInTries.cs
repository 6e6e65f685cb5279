using System.Collections.Concurrent;

namespace Crm.Users;

/// <summary>
/// Tries to sign in that have not succeeded: of one name from one network, so that nobody locks others out from elsewhere, and
/// of one network with all names, so that guessing is slow there too. In memory, counted by each process for itself: strangers
/// write nothing into the database. A try is counted before it is looked at, so that many at once are not let through.
/// </summary>
internal sealed class SignInTries(UsersOptions options, TimeProvider clock)
{
    public const int OfName = 5;

    /// <summary>How long a name waits after the last of its tries.</summary>
    public static readonly TimeSpan NameWait = TimeSpan.FromMinutes(5);

    public static readonly TimeSpan NetworkWait = TimeSpan.FromMinutes(10);

    private const int Known = 50_000;

    private readonly ConcurrentDictionary<string, (int Count, DateTimeOffset Since)> _counts = new();

    /// <returns>False when this network has to wait.</returns>
    public bool Take(string network) => Take(network, options.FailedSignInsPerAddress, NetworkWait);

    /// <returns>False when this name has to wait in this network.</returns>
    public bool Take(string who, string network) => Take(Key(who, network), OfName, NameWait);

    /// <summary>Whether the try that failed just now was the last.</summary>
    public bool IsSpent(string who, string network) => _counts.TryGetValue(Key(who, network), out var tries) && tries.Count >= OfName;

    public void Forget(string who, string network) => _counts.TryRemove(Key(who, network), out _);

    /// <summary>The try was none, or succeeded.</summary>
    public void GiveBack(string network)
    {
        while (_counts.TryGetValue(network, out var tries) && !_counts.TryUpdate(network, (Math.Max(0, tries.Count - 1), tries.Since), tries))
        {
            // Somebody else counted at the same moment.
        }
    }

    private static string Key(string who, string network) => $"{network} {who}";

    /// <summary>The window begins with the first try, the wait with the last.</summary>
    private bool Take(string key, int most, TimeSpan window)
    {
        var now = clock.GetUtcNow();
        if (_counts.Count >= Known)
            _counts.Clear();
        return _counts.AddOrUpdate(key, _ => (1, now), (_, tries) => now - tries.Since >= window ? (1, now)
            : (Math.Min(tries.Count + 1, most + 1), tries.Count + 1 == most ? now : tries.Since)).Count <= most;
    }
}
