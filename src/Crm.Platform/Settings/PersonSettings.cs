using System.Globalization;
using Crm.Platform.Data;
using Crm.Platform.Security;

namespace Crm.Platform.Settings;

/// <summary>What people set for themselves, such as how dense their lists are: named JSON documents, one each.</summary>
public sealed class PersonSettings(SettingsStore store, DbSession session, ActorContext actor)
{
    private const int LockSpace = 727005;

    /// <param name="name">At most 40 characters.</param>
    /// <returns>The defaults for somebody who has set nothing.</returns>
    public async Task<T> ReadAsync<T>(string name, CancellationToken cancellationToken) where T : class, new()
        => actor.Current.UserId is { } me ? await store.ReadAsync<T>(Key(me, name), cancellationToken) ?? new T() : new T();

    /// <summary>Changes what is set as it is now; nothing for somebody who is no user.</summary>
    public async Task ChangeAsync<T>(string name, Func<T, T> change, CancellationToken cancellationToken) where T : class, new()
    {
        if (actor.Current.UserId is { } me)
            await session.TransactAsync(async () =>
            {
                // Two changes at once, such as two columns that are dragged, come one after the other; SQLite has one writer anyway.
                if (session.Database.Provider == DatabaseProvider.Postgres)
                    await session.ReadAsync(new SqlText($"SELECT pg_advisory_xact_lock({LockSpace}, hashtext(").Append(ColumnType.Text, Key(me, name)).Append("))"), _ => { }, cancellationToken);
                await store.WriteAsync(Key(me, name), change(await ReadAsync<T>(name, cancellationToken)), cancellationToken);
            }, cancellationToken);
    }

    private static string Key(Guid user, string name) => string.Create(CultureInfo.InvariantCulture, $"person/{user:D}/{name}");
}
