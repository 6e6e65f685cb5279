using Crm.Platform.Data;

namespace Crm.Email.Ledger;

/// <summary>How many messages are in which state.</summary>
internal sealed class MailQueueCounts(DbSession session)
{
    public async Task<IReadOnlyDictionary<string, long>> ReadAsync(CancellationToken cancellationToken)
        => (await session.ReadAsync(new SqlText("SELECT state, COUNT(*) FROM crm_mail GROUP BY state"), r => (State: r.GetString(0), Count: r.GetInt64(1)), cancellationToken))
            .ToDictionary(r => r.State, r => r.Count, StringComparer.Ordinal);
}
