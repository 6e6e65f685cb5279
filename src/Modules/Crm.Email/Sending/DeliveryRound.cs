using System.Collections.Concurrent;
using Crm.Email.Account;
using Crm.Email.Ledger;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using MimeKit;

namespace Crm.Email.Sending;

/// <summary>One of the sender's connections. One that the server refused rests, and the others go on.</summary>
internal sealed class Lane(IMailConnection connection)
{
    public IMailConnection Connection { get; } = connection;

    public DateTime RestsUntil { get; set; }
}

/// <summary>
/// Hands over the letters of one round. Before a message is handed over its row says so on disk, and after the server's
/// answer it says which.
/// </summary>
internal sealed class DeliveryRound(EmailSettings account, MailLedger ledger, LedgerWriter writer, Pace pace, RefusalRuns runs, string worker, TimeProvider clock)
{
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private int _answered;
    private ServerUnreachableException? _trouble;

    /// <exception cref="ServerUnreachableException">No connection got an answer to any message.</exception>
    public async Task RunAsync(IEnumerable<Lane> lanes, ConcurrentQueue<Letter> letters, CancellationToken stoppingToken)
    {
        var writing = writer.RunAsync();
        try
        {
            await Task.WhenAll(lanes.Select(lane => Task.Run(() => DeliverAsync(lane, letters, stoppingToken), CancellationToken.None)));
        }
        finally
        {
            writer.Complete();
            await writing;
        }
        if (_answered == 0 && _trouble is { } trouble)
            throw trouble;
    }

    /// <summary>One connection's share. The answer to one message and the beginning of the next are written together.</summary>
    private async Task DeliverAsync(Lane lane, ConcurrentQueue<Letter> letters, CancellationToken stoppingToken)
    {
        List<SqlText> answers = [];
        try
        {
            while (!stoppingToken.IsCancellationRequested && letters.TryDequeue(out var letter))
            {
                if (letter.Message is not { } message)
                {
                    answers.AddRange(letter.Refusal!.Reach == RefusalReach.Message
                        ? End(letter.Row, letter.Refusal, null)
                        : [MailLedger.Stop(letter.Row.MailingId!.Value, StoredMessage.Read(letter.Refusal.Reason!), null)]);
                    continue;
                }
                if (!await OpenAsync(lane, stoppingToken))
                {
                    // Another connection takes it.
                    letters.Enqueue(letter);
                    return;
                }
                if (pace.Take(account.HasServer ? account.RatePerMinute : 0) is { Ticks: > 0 } wait)
                {
                    await FlushAsync();
                    await Task.Delay(wait, clock, stoppingToken);
                }
                var begun = await writer.WriteAsync([.. answers, ledger.Begin(letter.Row, worker)]);
                answers.Clear();
                if (begun[^1] == 0)
                    continue;
                var delivery = await lane.Connection.SendAsync(letter.Row.Id, message);
                if (!IsAnswer(letter, ref delivery))
                {
                    answers.Add(delivery.Reach == RefusalReach.Connection ? ledger.End(letter.Row.Id, Judge(letter.Row, delivery), message.Subject) : MailLedger.Return(letter.Row));
                    await FlushAsync();
                    await LeaveAsync(lane, new ServerUnreachableException(delivery.Reason!));
                    return;
                }
                Interlocked.Increment(ref _answered);
                answers.AddRange(delivery.Reach == RefusalReach.Sender
                    ? [MailLedger.Return(letter.Row), MailLedger.Stop(letter.Row.MailingId!.Value, new("The server does not accept the sender {0}: {1}", Sender(message), delivery.Reason!), null)]
                    : End(letter.Row, Judge(letter.Row, delivery), message.Subject));
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

    private async Task<bool> OpenAsync(Lane lane, CancellationToken cancellationToken)
    {
        try
        {
            await lane.Connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (ServerUnreachableException e)
        {
            await LeaveAsync(lane, e);
            return false;
        }
    }

    private async Task LeaveAsync(Lane lane, ServerUnreachableException trouble)
    {
        _trouble = trouble;
        lane.RestsUntil = clock.GetUtcNow().UtcDateTime + Rest;
        await lane.Connection.DisposeAsync();
    }

    /// <summary>
    /// Whether the answer is about this message. That the account's own sender is refused concerns everything; another
    /// sender only the mailing, or the single message, that has it.
    /// </summary>
    private bool IsAnswer(Letter letter, ref Delivery delivery)
    {
        if (delivery.Reach == RefusalReach.Sender && Sender(letter.Message!) != (account.FromAddress ?? MessageBuilder.NoAddress))
        {
            if (letter.Row.MailingId is null || delivery.State == MailStates.Queued)
                delivery = delivery with { Reach = RefusalReach.Message };
            return true;
        }
        return delivery.Reach == RefusalReach.Message;
    }

    private IEnumerable<SqlText> End(MailRow row, Delivery delivery, string? subject)
    {
        // A run begins no later than its first message ends.
        var stop = runs.Note(row, delivery);
        var end = ledger.End(row.Id, delivery, subject);
        return stop is { } since
            ? [end, MailLedger.Stop(row.MailingId!.Value, new Message("Several messages in a row were refused for the same reason: {0}", StoredMessage.Read(delivery.Reason!)), since)]
            : [end];
    }

    /// <summary>Another try later, each time twice as late, until it was enough.</summary>
    private static Delivery Judge(MailRow row, Delivery delivery)
        => delivery.State != MailStates.Queued ? delivery
            : row.Attempts + 1 >= MailLedger.MaxAttempts(row) ? delivery with { State = MailStates.Failed }
            : delivery with { RetryAfter = TimeSpan.FromMinutes(Math.Min(60, Math.Pow(2, row.Attempts))) };

    private static string Sender(MimeMessage message) => message.From.Mailboxes.First().Address;
}

/// <summary>A row with its message, or the reason why there is none.</summary>
internal sealed record Letter(MailRow Row, MimeMessage? Message, Delivery? Refusal);
