using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Tickets.Portal;

/// <summary>What a link leads to.</summary>
/// <param name="Mailed">Whether the link was sent to the requester's address: whoever has it reads that mail.</param>
internal sealed record FollowedTicket(ContentItem Ticket, bool Mailed)
{
    /// <summary>Whether it is open who wrote the ticket, and this link's holder can tell.</summary>
    public bool CanConfirm => Mailed && Ticket.Get<string>(TicketFields.AddressCheck) == AddressChecks.Unconfirmed;
}

/// <summary>
/// Secret links with which customers follow their tickets without signing in. Only hashes are stored, so whoever reads
/// the database cannot use them; each mail carries a link of its own. They end a while after the ticket is closed, or
/// when staff withdraw them.
/// </summary>
internal sealed class FollowLinks(DbSession session, QueryEngine queries, ActorContext actor, TimeProvider clock)
{
    /// <summary>160 bits: beyond guessing.</summary>
    private const int Bytes = 20;

    /// <summary>For how long a closed ticket can still be read.</summary>
    public static readonly TimeSpan EndAfter = TimeSpan.FromDays(90);

    /// <summary>Joins the transaction under way.</summary>
    /// <param name="mailed">It goes to the requester's address and to nobody else, so whoever uses it reads that mail.</param>
    /// <returns>The token, which is known here and now only.</returns>
    public async Task<string> IssueAsync(Guid ticket, bool mailed, CancellationToken cancellationToken)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        await session.ExecuteAsync(new SqlText().Append("INSERT INTO crm_ticket_links (hash, ticket_id, at, mailed) VALUES ({}, {}, {}, {})",
            (ColumnType.Text, Hash(token)), (ColumnType.Uuid, ticket), (ColumnType.DateTime, clock.GetUtcNow().UtcDateTime), (ColumnType.Boolean, mailed)), cancellationToken);
        return token;
    }

    /// <summary>The ticket with all its fields; null for a link that nobody was given, or that has ended.</summary>
    public async Task<FollowedTicket?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > 100)
            return null;
        var found = await session.ReadAsync(new SqlText("SELECT ticket_id, mailed FROM crm_ticket_links WHERE hash = ").Append(ColumnType.Text, Hash(token)),
            r => (Ticket: (Guid)session.Dialect.Read(r, 0, ColumnType.Uuid)!, Mailed: (bool)session.Dialect.Read(r, 1, ColumnType.Boolean)!), cancellationToken);
        if (found is not [var link])
            return null;
        // The link is the right: its holder has no other.
        var ticket = await actor.AsSystemAsync(() => queries.GetAsync(TicketType.Name, link.Ticket, cancellationToken));
        return ticket is null || HasEnded(ticket) ? null : new(ticket, link.Mailed);
    }

    public Task<long> CountAsync(Guid ticket, CancellationToken cancellationToken)
        => session.CountAsync(new SqlText("SELECT COUNT(*) FROM crm_ticket_links WHERE ticket_id = ").Append(ColumnType.Uuid, ticket), cancellationToken);

    /// <summary>None of the links given so far leads anywhere any more.</summary>
    public Task WithdrawAsync(Guid ticket, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText("DELETE FROM crm_ticket_links WHERE ticket_id = ").Append(ColumnType.Uuid, ticket), cancellationToken);

    /// <summary>Removes the links that have ended, and those of tickets that were removed for good.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        var tickets = await session.ReadAsync(new SqlText("SELECT DISTINCT ticket_id FROM crm_ticket_links"), r => (Guid)session.Dialect.Read(r, 0, ColumnType.Uuid)!, cancellationToken);
        foreach (var ids in tickets.Chunk(500))
        {
            var query = new Query(TicketType.Name) { Where = Filter.In(SystemFields.Id, ids.Cast<object?>()), Columns = [TicketFields.Status, TicketFields.ClosedAt], Take = QueryEngine.MaxTake, Bin = RecycleBin.With };
            var kept = (await queries.ListAsync(query, cancellationToken)).Items.Where(t => !HasEnded(t)).Select(t => t.Id).ToHashSet();
            foreach (var id in ids.Where(id => !kept.Contains(id)))
                await WithdrawAsync(id, cancellationToken);
        }
    }

    private bool HasEnded(ContentItem ticket)
        => ticket.Get<string>(TicketFields.Status) == TicketStatus.Closed && ticket.Get<DateTime?>(TicketFields.ClosedAt) is { } closed && clock.GetUtcNow().UtcDateTime - closed > EndAfter;

    public static string PathOf(string token) => $"/portal/t/{token}";

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
