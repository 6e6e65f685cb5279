using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace Crm.Platform.Hosting;

/// <summary>Behind a proxy every visitor would have the proxy's address, and links would begin with <c>http</c>.</summary>
internal static class TrustedProxies
{
    /// <exception cref="SetupException">The configuration names what is neither an address nor a network.</exception>
    public static void UseTrustedProxies(this IApplicationBuilder application, string? configured)
    {
        var proxies = (configured ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (proxies.Length == 0)
            return;
        // As far as those who are believed follow each other: the first one that is not is the visitor.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
                options.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(proxy, out var network))
                options.KnownIPNetworks.Add(network);
            else
                throw new SetupException("Crm:TrustedProxies: “{0}” is neither an address nor a network such as 10.0.0.0/8", proxy);
        }
        application.UseForwardedHeaders(options);
    }
}
