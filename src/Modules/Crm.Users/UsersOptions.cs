using Microsoft.Extensions.Configuration;

namespace Crm.Users;

/// <summary>The section <c>Crm:Users</c> of the configuration.</summary>
internal sealed class UsersOptions
{
    /// <summary>Failed sign-ins from one address in ten minutes, before that address has to wait.</summary>
    public int FailedSignInsPerAddress { get; set; } = 30;

    public static UsersOptions From(IConfiguration configuration) => configuration.GetSection("Crm:Users").Get<UsersOptions>() ?? new();
}
