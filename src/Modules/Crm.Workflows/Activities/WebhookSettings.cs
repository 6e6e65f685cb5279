using System.Security.Cryptography;
using Crm.Platform.Data;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;

namespace Crm.Workflows;

/// <param name="Secret">Key of the signatures; null when there is none yet or it cannot be read.</param>
/// <param name="AllowedHosts">Names or addresses inside the network that webhooks may call.</param>
internal sealed record WebhookOptions(string? Secret, IReadOnlyList<string> AllowedHosts)
{
    /// <summary>It was encrypted with other keys than the site has.</summary>
    public bool IsUnreadable { get; init; }
}

/// <summary>The site's settings of webhooks. The secret is encrypted with the site's keys.</summary>
internal sealed class WebhookSettings(SettingsStore settings, DbSession session, IDataProtectionProvider protection, ILogger<WebhookSettings> logger)
{
    private const string Name = "workflows.webhooks";

    private readonly IDataProtector _protector = protection.CreateProtector("Crm.Workflows.Webhooks");

    private sealed record Stored(string Secret, IReadOnlyList<string> AllowedHosts);

    /// <summary>For looking at: makes nothing.</summary>
    public async Task<WebhookOptions> ReadAsync(CancellationToken cancellationToken)
    {
        if (await settings.ReadAsync<Stored>(Name, cancellationToken) is not { } stored)
            return new(null, []);
        try
        {
            return new(_protector.Unprotect(stored.Secret), stored.AllowedHosts);
        }
        catch (CryptographicException e)
        {
            // As after moving the database alone. Receivers know the old secret, so nobody but an administrator replaces it.
            logger.LogError(e, "The signing key of webhooks cannot be read with this site's keys; it has to be renewed");
            return new(null, stored.AllowedHosts) { IsUnreadable = true };
        }
    }

    /// <summary>For signing: the first use makes the secret.</summary>
    public Task<WebhookOptions> UseAsync(CancellationToken cancellationToken) => ChangeAsync(o => o, cancellationToken);

    public Task<WebhookOptions> RenewSecretAsync(CancellationToken cancellationToken)
        => ChangeAsync(o => o with { Secret = NewSecret(), IsUnreadable = false }, cancellationToken);

    /// <summary>A secret that cannot be read stays what it is.</summary>
    public Task AllowAsync(IReadOnlyList<string> hosts, CancellationToken cancellationToken)
        => ChangeAsync(o => o with { AllowedHosts = hosts }, cancellationToken);

    /// <summary>Two that begin at once make one secret.</summary>
    private Task<WebhookOptions> ChangeAsync(Func<WebhookOptions, WebhookOptions> change, CancellationToken cancellationToken)
        => session.TransactAsync(async () =>
        {
            if (session.Database.Provider == DatabaseProvider.Postgres)
                await session.ExecuteAsync("SELECT pg_advisory_xact_lock(727601)", cancellationToken);
            var known = await ReadAsync(cancellationToken);
            var changed = change(known);
            if (changed is { Secret: null, IsUnreadable: false })
                changed = changed with { Secret = NewSecret() };
            if (changed == known)
                return known;
            var secret = changed.Secret is { } plain ? _protector.Protect(plain) : (await settings.ReadAsync<Stored>(Name, cancellationToken))!.Secret;
            await settings.WriteAsync(Name, new Stored(secret, changed.AllowedHosts), cancellationToken);
            return changed;
        }, cancellationToken);

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
