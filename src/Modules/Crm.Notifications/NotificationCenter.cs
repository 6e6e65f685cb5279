using Crm.Platform.Data;
using Crm.Platform.Localization;

namespace Crm.Notifications;

/// <summary>Tells people what they should know. Joins the transaction under way.</summary>
public sealed class NotificationCenter(DbSession session, TimeProvider clock)
{
    /// <param name="key">Tells one occasion from the next, such as <c>reminder:&lt;activity&gt;:&lt;time&gt;</c>; at most 200 characters. The same key for the same user is told once.</param>
    /// <param name="text">Put into the reader's language when shown, and with it those of its arguments that are messages or texts by culture.</param>
    /// <param name="url">Page of this site that it leads to, beginning with <c>/</c>.</param>
    /// <returns>False when it was told before.</returns>
    public async Task<bool> NotifyAsync(Guid user, string key, Message text, string url, CancellationToken cancellationToken)
        => await session.ExecuteAsync(new SqlText().Append(
            "INSERT INTO crm_notifications (id, user_id, key, text, arguments, url, at) VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (user_id, key) DO NOTHING",
            (ColumnType.Uuid, Guid.CreateVersion7(clock.GetUtcNow())), (ColumnType.Uuid, user), (ColumnType.Text, key), (ColumnType.Text, text.Text),
            (ColumnType.Text, StoredMessage.WriteArguments(text)),
            (ColumnType.Text, url), (ColumnType.DateTime, clock.GetUtcNow().UtcDateTime)), cancellationToken) == 1;

    /// <summary>Which of some occasions the user was told of: for who has to look things up before he can tell.</summary>
    /// <param name="keys">1 to 1,000.</param>
    public async Task<HashSet<string>> ToldAsync(Guid user, IEnumerable<string> keys, CancellationToken cancellationToken)
        => [.. await session.ReadAsync(new SqlText("SELECT key FROM crm_notifications WHERE user_id = ").Append(ColumnType.Uuid, user).Append(" AND key IN (").AppendList(ColumnType.Text, keys).Append(")"), r => r.GetString(0), cancellationToken)];
}
