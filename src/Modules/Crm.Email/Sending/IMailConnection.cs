using Crm.Email.Ledger;
using Crm.Platform.Localization;
using MimeKit;

namespace Crm.Email.Sending;

/// <summary>A way to hand messages over: to a server, or into the outbox folder of a site that has none.</summary>
internal interface IMailConnection : IAsyncDisposable
{
    /// <summary>Connects when it is not connected.</summary>
    /// <exception cref="ServerUnreachableException">There is no server, or it does not accept the account.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Hands one message over and says what became of it; throws only for bugs.</summary>
    Task<Delivery> SendAsync(Guid id, MimeMessage message);
}

/// <summary>Nothing can be sent for now, whatever the message.</summary>
/// <param name="reason">In the server's words, or a <see cref="StoredMessage"/> of ours.</param>
internal sealed class ServerUnreachableException(string reason, Exception? inner = null) : Exception(reason, inner);
