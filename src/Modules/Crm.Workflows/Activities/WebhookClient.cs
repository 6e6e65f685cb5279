using System.Net;
using System.Net.Sockets;
using Crm.Platform.Localization;

namespace Crm.Workflows;

/// <summary>A receiver did not take it this time, in words for people.</summary>
internal sealed class WebhookFailedException(Message reason) : HttpRequestException(reason.ToString())
{
    public Message Reason { get; } = reason;
}

/// <summary>
/// Calls web addresses that administrators typed in. The name is looked up here and the connection goes to the address that
/// was checked, so that a name cannot point outside while it is checked and inside when it is called. Redirects are not
/// followed, proxies not used.
/// </summary>
internal sealed class WebhookClient : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly HttpRequestOptionsKey<IReadOnlyList<string>> Allowed = new("crm.allowed");

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        // A kept connection would serve a request that may no longer go there.
        PooledConnectionLifetime = TimeSpan.Zero,
        MaxResponseHeadersLength = 32,
        ConnectCallback = ConnectAsync,
    })
    {
        Timeout = Timeout,
        MaxResponseContentBufferSize = 64 * 1024,
    };

    /// <returns>The answer's status.</returns>
    /// <exception cref="ActivityRefusedException">The address may not be called, or it refused for good.</exception>
    /// <exception cref="HttpRequestException">It did not succeed this time.</exception>
    public async Task<int> SendAsync(HttpRequestMessage request, IReadOnlyList<string> allowedHosts, CancellationToken cancellationToken)
    {
        request.Options.Set(Allowed, allowedHosts);
        request.Headers.UserAgent.ParseAdd("crm-workflows/1");
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var status = (int)response.StatusCode;
            return status switch
            {
                >= 200 and < 300 => status,
                // Its word that the request is wrong will not change; 408 and 429 ask to come again.
                >= 300 and < 500 and not (408 or 425 or 429) => throw new ActivityRefusedException("{0} answered {1}", request.RequestUri!.Host, status),
                _ => throw new WebhookFailedException(new("{0} answered {1}", request.RequestUri!.Host, status)),
            };
        }
        catch (HttpRequestException e) when (e.InnerException is ActivityRefusedException refused)
        {
            throw new ActivityRefusedException(refused.Reason);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WebhookFailedException(new("{0} did not answer in time", request.RequestUri!.Host));
        }
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
        context.InitialRequestMessage.Options.TryGetValue(Allowed, out var allowed);
        if (allowed?.Contains(host, StringComparer.OrdinalIgnoreCase) != true && addresses.FirstOrDefault(IsInside) is { } inside)
            throw new ActivityRefusedException("{0} is an address inside your network ({1}), which webhooks may not call unless it is allowed", host, inside);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whatever is not an ordinary address of the public internet (RFC 6890, RFC 4291).</summary>
    internal static bool IsInside(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return bytes[0] is 0 or 10 or 127 or >= 224
                || (bytes[0] == 100 && bytes[1] is >= 64 and <= 127)
                || (bytes[0] == 169 && bytes[1] == 254)
                || (bytes[0] == 172 && bytes[1] is >= 16 and <= 31)
                || (bytes[0] == 192 && ((bytes[1] == 168) || (bytes[1] == 0 && bytes[2] is 0 or 2)))
                || (bytes[0] == 198 && bytes[1] is 18 or 19 or 51)
                || (bytes[0] == 203 && bytes[1] == 0 && bytes[2] == 113);
        // 64:ff9b::/96 and 2002::/16 carry an IPv4 address that a gateway may lead anywhere.
        return (bytes[0] & 0xE0) != 0x20 || (bytes[0] == 0x20 && bytes[1] == 0x02) || (bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] is 0 && bytes[3] is 0 or 0x0D);
    }

    public void Dispose() => _client.Dispose();
}
