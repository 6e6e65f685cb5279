using System.Net.Sockets;
using Crm.Email.Account;
using Crm.Email.Ledger;
using Crm.Platform.Localization;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Crm.Email.Sending;

/// <summary>One connection to the account's server, kept open from message to message.</summary>
internal sealed class SmtpConnection(EmailSettings account, string? password) : IMailConnection
{
    private Client? _client;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_client is { IsConnected: true })
            return;
        await DisposeAsync();
        var client = _client = new Client { Timeout = SmtpLimits.MessageSeconds * 1000 };
        try
        {
            await client.ConnectAsync(account.Host!, account.Port, account.Security switch
            {
                MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
                MailSecurity.None => SecureSocketOptions.None,
                _ => SecureSocketOptions.StartTls,
            }, cancellationToken);
            if (!string.IsNullOrEmpty(account.UserName))
                await client.AuthenticateAsync(account.UserName, password ?? "", cancellationToken);
        }
        catch (Exception e) when (e is SocketException or IOException or TimeoutException or ProtocolException or CommandException or MailKit.Security.AuthenticationException or SslHandshakeException or NotSupportedException or System.Security.Authentication.AuthenticationException)
        {
            throw new ServerUnreachableException(e.Message, e);
        }
    }

    public async Task<Delivery> SendAsync(Guid id, MimeMessage message)
    {
        var client = _client ?? throw new InvalidOperationException("The connection is not open.");
        client.IsHandedOver = false;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(SmtpLimits.MessageSeconds));
        try
        {
            return new(MailStates.Sent, Answer: await client.SendAsync(message, limit.Token));
        }
        catch (SmtpCommandException e)
        {
            return SmtpReplies.Judge(e.ErrorCode, (int)e.StatusCode, e.Message);
        }
        catch (ServiceNotAuthenticatedException e)
        {
            return SmtpReplies.Judge(SmtpErrorCode.UnexpectedStatusCode, (int)SmtpStatusCode.AuthenticationRequired, e.Message);
        }
        catch (Exception e) when (e is IOException or SocketException or ProtocolException or OperationCanceledException or TimeoutException or ServiceNotConnectedException)
        {
            await DisposeAsync();
            // Once the server had the recipient, the message itself may have got through.
            return client.IsHandedOver
                ? new(MailStates.Unknown, StoredMessage.Write(new("The connection ended while the message was handed over: {0}", e.Message)))
                : new(MailStates.Queued, StoredMessage.Write(new("The connection ended: {0}", e.Message))) { Reach = RefusalReach.Connection };
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or FormatException)
        {
            // Such as an address in other letters than the server understands.
            return new(MailStates.Failed, e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not { } client)
            return;
        _client = null;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            if (client.IsConnected)
                await client.DisconnectAsync(quit: true, limit.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or ProtocolException or CommandException or OperationCanceledException)
        {
            // It was to end anyway.
        }
        client.Dispose();
    }

    /// <summary>Knows whether the server has accepted the recipient, after which the message follows.</summary>
    private sealed class Client : SmtpClient
    {
        public bool IsHandedOver { get; set; }

        protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) => IsHandedOver = true;
    }
}
