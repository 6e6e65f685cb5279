using Crm.Platform.Data;

namespace Crm.Users;

/// <summary>Reads and writes <c>crm_user_credentials</c>, outside the change log.</summary>
internal sealed class CredentialStore(DbSession session, ActorCache actors)
{
    public async Task<Credentials> ReadAsync(Guid user, CancellationToken cancellationToken)
    {
        var d = session.Dialect;
        var rows = await session.ReadAsync(
            new SqlText("SELECT password_hash, security_stamp, must_change_password, access_failed_count, lockout_end, last_sign_in_at FROM crm_user_credentials WHERE user_id = ").Append(ColumnType.Uuid, user),
            r => new Credentials
            {
                PasswordHash = (string?)d.Read(r, 0, ColumnType.Text),
                SecurityStamp = (string)d.Read(r, 1, ColumnType.Text)!,
                MustChangePassword = (bool)d.Read(r, 2, ColumnType.Boolean)!,
                AccessFailedCount = (int)(long)d.Read(r, 3, ColumnType.Integer)!,
                LockoutEnd = d.Read(r, 4, ColumnType.DateTime) is DateTime end ? new DateTimeOffset(end) : null,
                LastSignInAt = d.Read(r, 5, ColumnType.DateTime) is DateTime at ? new DateTimeOffset(at) : null,
            }, cancellationToken);
        return rows is [var found] ? found : new Credentials();
    }

    /// <summary>A row for a new user, without a password.</summary>
    public Task CreateAsync(Guid user, CancellationToken cancellationToken)
        => session.ExecuteAsync(new SqlText().Append(
            "INSERT INTO crm_user_credentials (user_id, security_stamp, must_change_password, access_failed_count) VALUES ({}, {}, {}, {}) ON CONFLICT (user_id) DO NOTHING",
            (ColumnType.Uuid, user), (ColumnType.Text, Credentials.NewStamp()), (ColumnType.Boolean, false), (ColumnType.Integer, 0L)), cancellationToken);

    /// <summary>Writes the columns that changed: a failed sign-in must not bring an old password back that was just replaced.</summary>
    public async Task UpdateAsync(CrmUser user, CancellationToken cancellationToken)
    {
        var (old, now) = (user.Stored, user.Credentials);
        var sets = new List<(string Column, ColumnType Type, object? Value)>();
        if (old.PasswordHash != now.PasswordHash)
            sets.Add(("password_hash", ColumnType.Text, now.PasswordHash));
        if (old.SecurityStamp != now.SecurityStamp)
            sets.Add(("security_stamp", ColumnType.Text, now.SecurityStamp));
        if (old.MustChangePassword != now.MustChangePassword)
            sets.Add(("must_change_password", ColumnType.Boolean, now.MustChangePassword));
        if (old.AccessFailedCount != now.AccessFailedCount)
            sets.Add(("access_failed_count", ColumnType.Integer, (long)now.AccessFailedCount));
        if (old.LockoutEnd != now.LockoutEnd)
            sets.Add(("lockout_end", ColumnType.DateTime, now.LockoutEnd?.UtcDateTime));
        if (old.LastSignInAt != now.LastSignInAt)
            sets.Add(("last_sign_in_at", ColumnType.DateTime, now.LastSignInAt?.UtcDateTime));
        if (sets.Count == 0)
            return;
        var sql = new SqlText("UPDATE crm_user_credentials SET ");
        for (var i = 0; i < sets.Count; i++)
            sql.Append(i == 0 ? "" : ", ").Append(sets[i].Column).Append(" = ").Append(sets[i].Type, sets[i].Value);
        await session.ExecuteAsync(sql.Append(" WHERE user_id = ").Append(ColumnType.Uuid, user.Id), cancellationToken);
        user.Stored = now;
        session.AfterCommit(actors.Clear);
    }

    /// <summary>Counts one more failure; in the database, so that guesses side by side count each.</summary>
    public async Task<int> CountFailureAsync(Guid user, CancellationToken cancellationToken)
        => (int)await session.TransactAsync(() => session.CountAsync(
            new SqlText("UPDATE crm_user_credentials SET access_failed_count = access_failed_count + 1 WHERE user_id = ").Append(ColumnType.Uuid, user).Append(" RETURNING access_failed_count"), cancellationToken), cancellationToken);

    /// <summary>Ends all sessions of a user.</summary>
    public async Task EndSessionsAsync(Guid user, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(new SqlText().Append("UPDATE crm_user_credentials SET security_stamp = {} WHERE user_id = {}",
            (ColumnType.Text, Credentials.NewStamp()), (ColumnType.Uuid, user)), cancellationToken);
        session.AfterCommit(actors.Clear);
    }
}
