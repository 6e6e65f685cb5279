using System.Collections.Concurrent;
using Crm.Email.Account;
using Crm.Email.Ledger;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Security;
using Crm.Platform.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MimeKit;

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
    private readonly List<IMailConnection> _connections = [];
    private EmailSettings? _connectedTo;
    private int _failures;

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
            var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 5 * Math.Pow(2, _failures++)));
            var now = clock.GetUtcNow().UtcDateTime;
            if (status.Now is null)
                logger.LogWarning("Mail cannot be sent: {Reason}", e.Message);
            status.Report(e.Message, now, now + pause);
            await CloseAsync();
            return pause;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            logger.LogError(e, "Sending mail failed; it goes on in a moment");
            await CloseAsync();
            return TimeSpan.FromSeconds(5);
        }
    }

    private async Task<bool> RoundAsync(CancellationToken stoppingToken)
    {
        await using var scope = services.CreateAsyncScope();
        var provider = scope.ServiceProvider;
        provider.GetRequiredService<ActorContext>().Current = Actor.System("mail");
        var ledger = provider.GetRequiredService<MailLedger>();
        await RecoverAsync(provider, ledger, stoppingToken);
        if (!await ledger.HasWorkAsync(stoppingToken))
            return false;
        await provider.GetRequiredService<SettingsStore>().RefreshAsync(stoppingToken);
        await provider.GetRequiredService<ContentDefinitions>().RefreshAsync(stoppingToken);
        var accounts = provider.GetRequiredService<EmailAccount>();
        var account = await accounts.ReadAsync(stoppingToken);
        await ConnectToAsync(account, accounts.PasswordOf(account));

        // No more than can be sent while the claim holds.
        var most = account.RatePerMinute > 0 ? Math.Max(1, account.RatePerMinute / 4) : int.MaxValue;
        var rows = await ledger.ClaimAsync(_me, Math.Min(most, _connections.Count * RowsPerConnection), stoppingToken);
        if (rows.Count == 0)
            return false;
        try
        {
            var letters = new ConcurrentQueue<Letter>(await provider.GetRequiredService<MailComposer>().ComposeAsync(rows, account, stoppingToken));
            await SendAsync(letters, account, ledger, provider.GetRequiredService<Database>(), stoppingToken);
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
                : new(MailStates.Unknown, "The server process ended while the message was handed over")), cancellationToken);
    }

    private async Task ConnectToAsync(EmailSettings account, string? password)
    {
        var wanted = account.HasServer ? Math.Clamp(account.Connections, 1, 20) : 1;
        if (account == _connectedTo && _connections.Count == wanted)
            return;
        await CloseAsync();
        for (var i = 0; i < wanted; i++)
            _connections.Add(account.HasServer ? new SmtpConnection(account, password) : outbox);
        _connectedTo = account;
    }

    private async Task SendAsync(ConcurrentQueue<Letter> letters, EmailSettings account, MailLedger ledger, Database database, CancellationToken stoppingToken)
    {
        var writer = new LedgerWriter(database);
        var writing = writer.RunAsync();
        try
        {
            await Task.WhenAll(_connections.Select(c => Task.Run(() => DeliverAsync(c, letters, account, ledger, writer, stoppingToken), CancellationToken.None)));
        }
        finally
        {
            writer.Complete();
            await writing;
        }
    }

    /// <summary>One connection's share. The answer to one message and the beginning of the next are written together.</summary>
    private async Task DeliverAsync(IMailConnection connection, ConcurrentQueue<Letter> letters, EmailSettings account, MailLedger ledger, LedgerWriter writer, CancellationToken stoppingToken)
    {
        List<SqlText> answers = [];
        try
        {
            while (!stoppingToken.IsCancellationRequested && letters.TryDequeue(out var letter))
            {
                if (letter.Message is not { } message)
                {
                    answers.Add(ledger.End(letter.Row.Id, letter.Refusal!));
                    continue;
                }
                await connection.OpenAsync(stoppingToken);
                if (_pace.Take(account.HasServer ? account.RatePerMinute : 0) is { Ticks: > 0 } wait)
                {
                    await FlushAsync();
                    await Task.Delay(wait, clock, stoppingToken);
                }
                var begun = await writer.WriteAsync([.. answers, ledger.Begin(letter.Row, _me)]);
                answers.Clear();
                if (begun[^1] == 1)
                    answers.Add(ledger.End(letter.Row.Id, Judge(letter.Row, await connection.SendAsync(letter.Row.Id, message)), message.Subject));
            }
        }
        finally
        {
            await FlushAsync();
        }

        async Task FlushAsync()
        {
            if (answers.Count > 0)
                await writer.WriteAsync([.. answers]);
            answers.Clear();
        }
    }

    /// <summary>Another try later, each time twice as late, until it was enough.</summary>
    private static Delivery Judge(MailRow row, Delivery delivery)
        => delivery.State != MailStates.Queued ? delivery
            : row.Attempts + 1 >= MailLedger.MaxAttempts ? delivery with { State = MailStates.Failed }
            : delivery with { RetryAfter = TimeSpan.FromMinutes(Math.Min(60, Math.Pow(2, row.Attempts))) };

    private async Task CloseAsync()
    {
        foreach (var connection in _connections)
            await connection.DisposeAsync();
        _connections.Clear();
        _connectedTo = null;
    }
}

/// <summary>A row with its message, or the reason why there is none.</summary>
internal sealed record Letter(MailRow Row, MimeMessage? Message, Delivery? Refusal);
