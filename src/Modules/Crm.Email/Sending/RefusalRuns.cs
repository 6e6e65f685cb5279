using Crm.Email.Ledger;

namespace Crm.Email.Sending;

/// <summary>
/// Counts refusals of a mailing that say the same, one after the other. They are no matter of the recipients, and the rest of
/// the audience must not be spent on them.
/// </summary>
internal sealed class RefusalRuns(TimeProvider clock)
{
    /// <summary>An old list may well have a few dead addresses together, so these need more.</summary>
    public const int MostBounces = 20;

    public const int MostOthers = 5;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Run> _runs = [];

    private sealed record Run(string Kind, DateTime Since, int Count);

    /// <returns>When the run began, if it is long enough for the mailing to stop; null to go on.</returns>
    public DateTime? Note(MailRow row, Delivery delivery)
    {
        if (row.MailingId is not { } mailing || delivery.State is not (MailStates.Sent or MailStates.Failed or MailStates.Bounced))
            return null;
        lock (_lock)
        {
            if (delivery.State == MailStates.Sent)
            {
                _runs.Remove(mailing);
                return null;
            }
            var kind = SmtpReplies.Kind(delivery.Reason ?? "", row.Address);
            var run = _runs.TryGetValue(mailing, out var before) && before.Kind == kind ? before with { Count = before.Count + 1 } : new(kind, clock.GetUtcNow().UtcDateTime, 1);
            _runs[mailing] = run;
            if (run.Count < (delivery.State == MailStates.Bounced ? MostBounces : MostOthers))
                return null;
            _runs.Remove(mailing);
            return run.Since;
        }
    }
}
