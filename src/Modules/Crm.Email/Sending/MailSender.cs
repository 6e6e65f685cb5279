using System.Collections.Concurrent;
using Crm.Email.Account;
using Crm.Email.Ledger;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crm.Email.Sending;

/// <summary>
/// Sends what is due, on several connections. Before a message is handed over its row says so on disk, and after the
/// server's answer it says which: whatever happens, no message is silently sent twice.
/// </summary>
internal sealed class MailSender(IServiceProvider services, MailSignal signal, SenderStatus status, OutboxFolder outbox, TimeProvider clock, ILogger<MailSender> logger) : BackgroundService
{
    private const int RowsPerConnection = 25;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly string _me = Guid.NewGuid().ToString("N");
    private readonly Pace _pace = new(clock);
    private readonly RefusalRuns _runs = new(clock);
    private readonly List<Lane> _lanes = [];
    private EmailSettings? _connectedTo;
    private int _failures;

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var woken = signal.Next;
                var pause = await RoundOrPauseAsync(stoppingToken);
                if (pause == TimeSpan.Zero)
                    continue;
                if (pause == Poll)
                    await CloseAsync();
                // Trouble with the server is waited out; new mail does not shorten it.
                var waiting = Task.Delay(pause, clock, stoppingToken);
                await (pause == Poll ? Task.WhenAny(woken, waiting) : waiting);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The site stops.
        }
        await CloseAsync();
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<MailLedger>().ReleaseAsync(_me, CancellationToken.None);
    }

    /// <returns>How long to wait before the next round.</returns>
    private async Task<TimeSpan> RoundOrPauseAsync(CancellationToken stoppingToken)
    {
        try
        {
            var sent = await RoundAsync(stoppingToken);
            return sent ? TimeSpan.Zero : Poll;
        }
        catch (ServerUnreachableException e)
        {
            if (status.Now is null)
                logger.LogWarning("Mail cannot be sent: {Reason}", StoredMessage.Read(e.Message));
            return await PauseAsync(e.Message);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            logger.LogError(e, "Sending mail failed; it goes on in a moment");
            return await PauseAsync(StoredMessage.Write(new("It failed unexpectedly ({0}). The server's log says more.", e.Message)));
        }
    }

    /// <summary>Longer each time, and said on the pages that show it.</summary>
    private async Task<TimeSpan> PauseAsync(string reason)
    {
        var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 5 * Math.Pow(2, _failures++)));
        status.Report(reason, Now, Now + pause);
        await CloseAsync();
        return pause;
    }

    private async Task<bool> RoundAsync(CancellationToken stoppingToken)
    {
        await using var scope = services.CreateAsyncScope();
        var provider = scope.ServiceProvider;
        provider.GetRequiredService<ActorContext>().Current = Actor.System("mail");
        var ledger = provider.GetRequiredService<MailLedger>();
        await RecoverAsync(provider, ledger, stoppingToken);
        if (!await ledger.HasWorkAsync(stoppingToken))
        {
            // What failed for a moment has passed when nothing waits.
            _failures = 0;
            status.Clear();
            return false;
        }
        await provider.GetRequiredService<SettingsStore>().RefreshAsync(stoppingToken);
        await provider.GetRequiredService<ContentDefinitions>().RefreshAsync(stoppingToken);
        var accounts = provider.GetRequiredService<EmailAccount>();
        var account = await accounts.ReadAsync(stoppingToken);
        await ConnectToAsync(account, accounts.PasswordOf(account));

        // No more than can be sent while the claim holds.
        var most = account.RatePerMinute > 0 ? Math.Max(1, account.RatePerMinute / 4) : int.MaxValue;
        var lanes = _lanes.Where(l => l.RestsUntil <= Now).ToList() is { Count: > 0 } rested ? rested : _lanes;
        var rows = await ledger.ClaimAsync(_me, Math.Min(most, lanes.Count * RowsPerConnection), stoppingToken);
        if (rows.Count == 0)
            return false;
        try
        {
            var letters = await provider.GetRequiredService<MailComposer>().ComposeAsync(rows, account, stoppingToken);
            await SendAsync(lanes, letters, account, provider, stoppingToken);
        }
        finally
        {
            await ledger.ReleaseAsync(_me, CancellationToken.None);
        }
        _failures = 0;
        status.Clear();
        return true;
    }

    /// <summary>What a process had in hand when it died may have arrived: nobody knows, and it is not sent again.</summary>
    private async Task RecoverAsync(IServiceProvider provider, MailLedger ledger, CancellationToken cancellationToken)
    {
        var session = provider.GetRequiredService<DbSession>();
        foreach (var id in await ledger.AbandonedAsync(cancellationToken))
            await session.ExecuteAsync(ledger.End(id, outbox.Contains(id)
                ? new(MailStates.Sent, Answer: $"{id:D}.eml")
                : new(MailStates.Unknown, StoredMessage.Write(new("The server process ended while the message was handed over")))), cancellationToken);
    }

    private async Task ConnectToAsync(EmailSettings account, string? password)
    {
        var wanted = account.HasServer ? Math.Clamp(account.Connections, 1, 20) : 1;
        if (account == _connectedTo && _lanes.Count == wanted)
            return;
        await CloseAsync();
        for (var i = 0; i < wanted; i++)
            _lanes.Add(new(account.HasServer ? new SmtpConnection(account, password) : outbox));
        _connectedTo = account;
    }

    private async Task SendAsync(IReadOnlyList<Lane> lanes, IEnumerable<Letter> letters, EmailSettings account, IServiceProvider provider, CancellationToken stoppingToken)
    {
        var round = new DeliveryRound(account, provider.GetRequiredService<MailLedger>(), new LedgerWriter(provider.GetRequiredService<Database>()), _pace, _runs, _me, clock);
        await round.RunAsync(lanes, new ConcurrentQueue<Letter>(letters), stoppingToken);
        if (lanes.Count(l => l.RestsUntil > Now) is > 0 and var resting)
            logger.LogWarning("The mail server refuses {Resting} of {Count} connections for now; the others go on", resting, _lanes.Count);
    }

    private async Task CloseAsync()
    {
        foreach (var lane in _lanes)
            await lane.Connection.DisposeAsync();
        _lanes.Clear();
        _connectedTo = null;
    }
}
