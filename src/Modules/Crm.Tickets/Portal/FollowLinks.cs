using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Tickets.Portal;

/// <summary>
/// Secret links with which customers follow their tickets without signing in. Only hashes are stored, so whoever reads
/// the database cannot use them; each mail carries a link of its own.
/// </summary>
internal sealed class FollowLinks(DbSession session, QueryEngine queries, ActorContext actor, TimeProvider clock)
{
    /// <summary>160 bits: beyond guessing.</summary>
    private const int Bytes = 20;

    /// <summary>Joins the transaction under way.</summary>
    /// <returns>The token, which is known here and now only.</returns>
    public async Task<string> IssueAsync(Guid ticket, CancellationToken cancellationToken)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        await session.ExecuteAsync(new SqlText().Append("INSERT INTO crm_ticket_links (hash, ticket_id, at) VALUES ({}, {}, {})",
            (ColumnType.Text, Hash(token)), (ColumnType.Uuid, ticket), (ColumnType.DateTime, clock.GetUtcNow().UtcDateTime)), cancellationToken);
        return token;
    }

    /// <summary>The ticket with all its fields; null for a link that nobody was given, or whose ticket is deleted.</summary>
    public async Task<ContentItem?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > 100)
            return null;
        var ids = await session.ReadAsync(new SqlText("SELECT ticket_id FROM crm_ticket_links WHERE hash = ").Append(ColumnType.Text, Hash(token)),
            r => (Guid)session.Dialect.Read(r, 0, ColumnType.Uuid)!, cancellationToken);
        // The link is the right: its holder has no other.
        return ids is [var id] ? await actor.AsSystemAsync(() => queries.GetAsync(TicketType.Name, id, cancellationToken)) : null;
    }

    public static string PathOf(string token) => $"/portal/t/{token}";

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
