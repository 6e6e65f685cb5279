using System.Globalization;
using Crm.Email.Ledger;

namespace Crm.Email.Account;

/// <summary>The account's page as it is posted: texts, so that what cannot be read is shown again as it was typed.</summary>
internal sealed class AccountForm
{
    public string? Host { get; set; }

    public string? Port { get; set; }

    public string? Security { get; set; }

    public string? UserName { get; set; }

    /// <summary>Empty keeps the one that is stored.</summary>
    public string? Password { get; set; }

    public string? FromName { get; set; }

    public string? FromAddress { get; set; }

    public string? SiteUrl { get; set; }

    public string? RatePerMinute { get; set; }

    public string? Connections { get; set; }

    public string? TestTo { get; set; }

    public static AccountForm Of(EmailSettings account) => new()
    {
        Host = account.Host,
        Port = account.Port.ToString(CultureInfo.InvariantCulture),
        Security = account.Security.ToString(),
        UserName = account.UserName,
        FromName = account.FromName,
        FromAddress = account.FromAddress,
        SiteUrl = account.SiteUrl,
        RatePerMinute = account.RatePerMinute.ToString(CultureInfo.InvariantCulture),
        Connections = account.Connections.ToString(CultureInfo.InvariantCulture),
    };

    public (EmailSettings Account, List<FormProblem> Errors) ToSettings(EmailSettings stored)
    {
        var errors = new List<FormProblem>();
        var host = Trimmed(Host);
        if (host is not null && Uri.CheckHostName(host) == UriHostNameType.Unknown)
            errors.Add(new(nameof(Host), new("This is not the name of a server, such as smtp.example.com")));
        var from = Trimmed(FromAddress);
        if (from is null ? host is not null : !MailAddresses.AreSendable(from))
            errors.Add(new(nameof(FromAddress), new("The sender needs an e-mail address such as name@example.com")));
        if (FromName is { } name && (name.Any(char.IsControl) || name.Length > 200))
            errors.Add(new(nameof(FromName), new("A name is one line of at most {0} characters", 200)));
        var url = Trimmed(SiteUrl);
        if (url is not null && !(Uri.TryCreate(url, UriKind.Absolute, out var site) && site.Scheme is "http" or "https" && site.Query.Length == 0 && site.UserInfo.Length == 0))
            errors.Add(new(nameof(SiteUrl), new("This is not an address such as https://crm.example.com")));
        else if (url is null && host is not null)
            errors.Add(new(nameof(SiteUrl), new("Links in messages need the address under which recipients reach this site, such as https://crm.example.com")));
        if (!Enum.TryParse<MailSecurity>(Security, out var security))
            security = MailSecurity.StartTls;
        var user = Trimmed(UserName);
        // A password belongs to one user at one server, and was given for a connection that nobody else can read.
        var keepsPassword = host == stored.Host && user == stored.UserName && (security != MailSecurity.None || stored.Security == MailSecurity.None);
        if (!keepsPassword && stored.ProtectedPassword is not null && user is not null && string.IsNullOrEmpty(Password))
            errors.Add(new(nameof(Password), new("Give the password again: the stored one is for another server, user or encryption")));
        return (stored with
        {
            Host = host,
            Port = Number(Port, nameof(Port), 1, 65535, errors),
            Security = security,
            UserName = user,
            ProtectedPassword = keepsPassword ? stored.ProtectedPassword : null,
            FromName = Trimmed(FromName),
            FromAddress = from,
            SiteUrl = url?.TrimEnd('/'),
            RatePerMinute = Number(RatePerMinute, nameof(RatePerMinute), 0, 100_000, errors),
            Connections = Number(Connections, nameof(Connections), 1, 20, errors),
        }, errors);
    }

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static int Number(string? text, string field, int min, int max, List<FormProblem> errors)
    {
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        errors.Add(new(field, new("A whole number from {0} to {1}", min, max)));
        return min;
    }
}
