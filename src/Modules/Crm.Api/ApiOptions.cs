using Microsoft.Extensions.Configuration;

namespace Crm.Api;

/// <summary>The section <c>Crm:Api</c> of the configuration.</summary>
internal sealed class ApiOptions
{
    /// <summary>Requests of one token in a minute; what was not used up is saved for one more minute at most.</summary>
    public int RequestsPerMinute { get; set; } = 1200;

    /// <summary>Unknown tokens from one address in a minute, before that address has to wait.</summary>
    public int WrongTokensPerMinute { get; set; } = 20;

    public static ApiOptions From(IConfiguration configuration) => configuration.GetSection("Crm:Api").Get<ApiOptions>() ?? new();
}
