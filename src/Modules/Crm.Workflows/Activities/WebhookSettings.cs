using System.Security.Cryptography;
using Crm.Platform.Data;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.DataProtection;

namespace Crm.Workflows;

/// <param name="Secret">Key of the signatures.</param>
/// <param name="AllowedHosts">Names or addresses inside the network that webhooks may call.</param>
internal sealed record WebhookOptions(string Secret, IReadOnlyList<string> AllowedHosts);

/// <summary>The site's settings of webhooks. The secret is encrypted with the site's keys.</summary>
internal sealed class WebhookSettings(SettingsStore settings, DbSession session, IDataProtectionProvider protection)
{
    private const string Name = "workflows.webhooks";

    private readonly IDataProtector _protector = protection.CreateProtector("Crm.Workflows.Webhooks");

    private sealed record Stored(string Secret, IReadOnlyList<string> AllowedHosts);

    /// <summary>The first look makes the secret.</summary>
    public async Task<WebhookOptions> ReadAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken) is { } known)
            return known;
        return await session.TransactAsync(async () =>
        {
            if (await FindAsync(cancellationToken) is { } other)
                return other;
            var made = new WebhookOptions(NewSecret(), []);
            await WriteAsync(made, cancellationToken);
            return made;
        }, cancellationToken);
    }

    public async Task<WebhookOptions> RenewSecretAsync(CancellationToken cancellationToken)
    {
        var renewed = await ReadAsync(cancellationToken) with { Secret = NewSecret() };
        await WriteAsync(renewed, cancellationToken);
        return renewed;
    }

    public async Task AllowAsync(IReadOnlyList<string> hosts, CancellationToken cancellationToken)
        => await WriteAsync(await ReadAsync(cancellationToken) with { AllowedHosts = hosts }, cancellationToken);

    private async Task<WebhookOptions?> FindAsync(CancellationToken cancellationToken)
    {
        if (await settings.ReadAsync<Stored>(Name, cancellationToken) is not { } stored)
            return null;
        try
        {
            return new WebhookOptions(_protector.Unprotect(stored.Secret), stored.AllowedHosts);
        }
        catch (CryptographicException)
        {
            // The keys were lost, as after moving the database alone: receivers need the new secret, which the page shows.
            return new WebhookOptions((await ReplaceLostAsync(stored, cancellationToken)).Secret, stored.AllowedHosts);
        }
    }

    private async Task<WebhookOptions> ReplaceLostAsync(Stored stored, CancellationToken cancellationToken)
    {
        var made = new WebhookOptions(NewSecret(), stored.AllowedHosts);
        await WriteAsync(made, cancellationToken);
        return made;
    }

    private Task WriteAsync(WebhookOptions options, CancellationToken cancellationToken)
        => settings.WriteAsync(Name, new Stored(_protector.Protect(options.Secret), options.AllowedHosts), cancellationToken);

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
