using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Api.Tokens;

/// <param name="Prefix">How the token begins, to tell one from another.</param>
/// <param name="LastUsedAt">To within <see cref="TokenStore.UseGrain"/>; null when it never was.</param>
internal sealed record Token(Guid Id, Guid User, string Name, string Prefix, DateTime CreatedAt, DateTime ExpiresAt, DateTime? LastUsedAt)
{
    public bool IsExpired(DateTime now) => ExpiresAt <= now;
}

/// <summary>
/// Reads and writes <c>crm_api_tokens</c>. A token is 256 random bits, so its plain SHA-256 gives nothing away; what is
/// stored cannot be used.
/// </summary>
internal sealed class TokenStore(DbSession session, TimeProvider clock)
{
    public const string Mark = "crm_";
    public const int LongestName = 100;
    public const int MostOfAUser = 50;

    public static readonly TimeSpan UsualLife = TimeSpan.FromDays(365);
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(5 * 365);
    public static readonly TimeSpan UseGrain = TimeSpan.FromMinutes(10);

    private const string Columns = "id, user_id, name, prefix, created_at, expires_at, last_used_at";

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Makes a token of a user, whose text is told here and never again.</summary>
    public async Task<(string? Token, Message? Problem)> CreateAsync(Guid user, string? name, TimeSpan life, CancellationToken cancellationToken)
    {
        var label = name?.Trim() is { Length: > 0 } given ? given : "API";
        if (label.Length > LongestName || label.Any(char.IsControl))
            return (null, new("A token’s name has at most {0} characters", LongestName));
        if (life < TimeSpan.FromDays(1) || life > LongestLife)
            return (null, new("A token is valid for a day at least and five years at most"));
        if ((await ListAsync(user, cancellationToken)).Count >= MostOfAUser)
            return (null, new("A user has at most {0} tokens; revoke one first", MostOfAUser));
        var text = Mark + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await session.ExecuteAsync(new SqlText().Append(
            "INSERT INTO crm_api_tokens (id, user_id, name, prefix, hash, created_at, expires_at) VALUES ({}, {}, {}, {}, {}, {}, {})",
            (ColumnType.Uuid, Guid.CreateVersion7()), (ColumnType.Uuid, user), (ColumnType.Text, label), (ColumnType.Text, text[..(Mark.Length + 6)]),
            (ColumnType.Text, Hash(text)), (ColumnType.DateTime, Now), (ColumnType.DateTime, Now + life)), cancellationToken);
        return (text, null);
    }

    public async Task<Token?> FindAsync(string text, CancellationToken cancellationToken)
        => (await ReadAsync(new SqlText($"SELECT {Columns} FROM crm_api_tokens WHERE hash = ").Append(ColumnType.Text, Hash(text)), cancellationToken)) is [var token] ? token : null;

    /// <summary>A user's tokens, the newest first.</summary>
    public Task<List<Token>> ListAsync(Guid user, CancellationToken cancellationToken)
        => ReadAsync(new SqlText($"SELECT {Columns} FROM crm_api_tokens WHERE user_id = ").Append(ColumnType.Uuid, user).Append(" ORDER BY created_at DESC, id DESC"), cancellationToken);

    /// <summary>Notes that a token is used; seldom, so that reading does not become writing.</summary>
    public async Task NoteUseAsync(Token token, CancellationToken cancellationToken)
    {
        if (token.LastUsedAt is { } last && Now - last < UseGrain)
            return;
        await session.ExecuteAsync(new SqlText().Append("UPDATE crm_api_tokens SET last_used_at = {} WHERE id = {}", (ColumnType.DateTime, Now), (ColumnType.Uuid, token.Id)), cancellationToken);
    }

    /// <returns>Whether the user had such a token.</returns>
    public async Task<bool> RevokeAsync(Guid user, Guid id, CancellationToken cancellationToken)
        => await session.ExecuteAsync(new SqlText().Append("DELETE FROM crm_api_tokens WHERE id = {} AND user_id = {}", (ColumnType.Uuid, id), (ColumnType.Uuid, user)), cancellationToken) > 0;

    public Task RevokeAllAsync(Guid user, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText("DELETE FROM crm_api_tokens WHERE user_id = ").Append(ColumnType.Uuid, user), cancellationToken);

    private async Task<List<Token>> ReadAsync(SqlText sql, CancellationToken cancellationToken)
    {
        var d = session.Dialect;
        return await session.ReadAsync(sql, r => new Token(
            (Guid)d.Read(r, 0, ColumnType.Uuid)!, (Guid)d.Read(r, 1, ColumnType.Uuid)!, (string)d.Read(r, 2, ColumnType.Text)!, (string)d.Read(r, 3, ColumnType.Text)!,
            (DateTime)d.Read(r, 4, ColumnType.DateTime)!, (DateTime)d.Read(r, 5, ColumnType.DateTime)!, (DateTime?)d.Read(r, 6, ColumnType.DateTime)), cancellationToken);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
