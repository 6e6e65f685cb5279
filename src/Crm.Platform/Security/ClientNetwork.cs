using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Crm.Platform.Security;

/// <summary>Where a request comes from, as limits count it.</summary>
public static class ClientNetwork
{
    /// <summary>The address; of IPv6 its first 64 bits, as one subscriber has a whole network. Empty when there is none.</summary>
    public static string Of(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }
}
