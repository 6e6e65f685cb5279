using Crm.Email.Account;
using Microsoft.AspNetCore.Http;

namespace Crm.Email;

/// <summary>The address under which people outside reach this site, and whether its mail reaches them.</summary>
public sealed class SiteAddress
{
    private readonly EmailAccount _account;
    private readonly IHttpContextAccessor _http;

    internal SiteAddress(EmailAccount account, IHttpContextAccessor http) => (_account, _http) = (account, http);

    /// <summary>Without a slash at its end: the one that an administrator gave, else that which somebody signed in uses, else the usual one of a new site.</summary>
    public async Task<string> GetAsync(CancellationToken cancellationToken)
        => ((await _account.ReadAsync(cancellationToken)).SiteUrl
            ?? Used ?? "http://localhost:5080").TrimEnd('/');

    /// <summary>Whether links in mail lead here: the address is given or somebody signed in uses it, or no mail leaves the house yet.</summary>
    public async Task<bool> IsKnownAsync(CancellationToken cancellationToken)
        => await _account.ReadAsync(cancellationToken) is not { HasServer: true, SiteUrl: null } || Used is not null;

    /// <summary>False until a server is given: mail is then only written into the outbox folder.</summary>
    public async Task<bool> SendsMailAsync(CancellationToken cancellationToken) => (await _account.ReadAsync(cancellationToken)).HasServer;

    /// <summary>Strangers can name any host in a request, and have mail about it sent to anybody.</summary>
    private string? Used => _http.HttpContext is { User.Identity.IsAuthenticated: true, Request: { Host.HasValue: true } request } ? $"{request.Scheme}://{request.Host}" : null;
}
