using System.Text.Json.Serialization;
using Crm.Platform.Settings;
using Microsoft.AspNetCore.DataProtection;

namespace Crm.Email.Account;

public enum MailSecurity
{
    /// <summary>STARTTLS, refused when the server does not offer it; usual on port 587.</summary>
    StartTls,

    /// <summary>TLS from the first byte; usual on port 465.</summary>
    Tls,

    /// <summary>Nothing is encrypted; for servers on the same machine.</summary>
    None,
}

/// <summary>The account that sends, as it is stored.</summary>
internal sealed record EmailSettings
{
    /// <summary>What a new account begins with. Not the property's own value: what equals the type's default is not stored, so 0 must read as 0.</summary>
    public const int UsualRate = 600;

    /// <summary>Null until an account is given: mail is then written into the outbox folder.</summary>
    public string? Host { get; init; }

    public int Port { get; init; } = 587;

    public MailSecurity Security { get; init; }

    public string? UserName { get; init; }

    /// <summary>Encrypted with the site's keys.</summary>
    public string? ProtectedPassword { get; init; }

    public string? FromName { get; init; }

    public string? FromAddress { get; init; }

    /// <summary>How people outside reach this site, such as <c>https://crm.example.com</c>; null only where there is no server.</summary>
    public string? SiteUrl { get; init; }

    /// <summary>Most messages in a minute; 0 for no limit. Each server process keeps it for itself.</summary>
    public int RatePerMinute { get; init; }

    public int Connections { get; init; } = 2;

    [JsonIgnore]
    public bool HasServer => !string.IsNullOrEmpty(Host);
}

/// <summary>Reads and stores the account; its password never leaves in plain text.</summary>
internal sealed class EmailAccount(SettingsStore settings, IDataProtectionProvider protection)
{
    private const string Name = "email";

    private readonly IDataProtector _protector = protection.CreateProtector("Crm.Email.Password");

    public async Task<EmailSettings> ReadAsync(CancellationToken cancellationToken) => await settings.ReadAsync<EmailSettings>(Name, cancellationToken) ?? new() { RatePerMinute = EmailSettings.UsualRate };

    /// <param name="password">A new one; null keeps what there is.</param>
    public Task SaveAsync(EmailSettings account, string? password, CancellationToken cancellationToken)
        => settings.WriteAsync(Name, string.IsNullOrEmpty(password) ? account : account with { ProtectedPassword = _protector.Protect(password) }, cancellationToken);

    public string? PasswordOf(EmailSettings account) => account.ProtectedPassword is { } secret ? _protector.Unprotect(secret) : null;
}
