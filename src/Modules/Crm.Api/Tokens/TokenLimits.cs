using System.Threading.RateLimiting;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;

namespace Crm.Api.Tokens;

/// <summary>How often one token may ask, and how often one address may guess. Counted by each process for itself.</summary>
internal sealed class TokenLimits(ApiOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<Guid> _requests = PartitionedRateLimiter.Create<Guid, Guid>(token => RateLimitPartition.GetTokenBucketLimiter(token, _ => new()
    {
        TokenLimit = options.RequestsPerMinute,
        TokensPerPeriod = Math.Max(1, options.RequestsPerMinute / 60),
        ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(1, 60.0 / options.RequestsPerMinute)),
        QueueLimit = 0,
    }));

    private readonly PartitionedRateLimiter<string> _guesses = PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetFixedWindowLimiter(address, _ => new()
    {
        PermitLimit = options.WrongTokensPerMinute,
        Window = TimeSpan.FromMinutes(1),
        QueueLimit = 0,
    }));

    /// <returns>How long to wait; null when the request may go on.</returns>
    public TimeSpan? Ask(Guid token) => Wait(_requests.AttemptAcquire(token));

    /// <summary>Whether an address has guessed too often: how long it has to wait.</summary>
    public TimeSpan? MayGuess(HttpContext context) => Wait(_guesses.AttemptAcquire(ClientNetwork.Of(context), 0));

    public void NoteGuess(HttpContext context) => _guesses.AttemptAcquire(ClientNetwork.Of(context)).Dispose();

    public void Dispose()
    {
        _requests.Dispose();
        _guesses.Dispose();
    }

    private static TimeSpan? Wait(RateLimitLease lease)
    {
        using (lease)
            return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(1);
    }
}
