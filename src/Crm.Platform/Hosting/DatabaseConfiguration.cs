using System.Data.Common;
using System.Net.Sockets;
using System.Text.Json;
using Crm.Platform.Data;
using Microsoft.AspNetCore.DataProtection;

namespace Crm.Platform.Hosting;

/// <summary>
/// Which database the site uses: the configuration's, else what the set-up page was told (kept in
/// <c>database.json</c>, its connection string encrypted), else SQLite in the data directory.
/// </summary>
internal sealed class DatabaseConfiguration(CrmProcess process)
{
    private sealed record Stored(DatabaseProvider Provider, string ConnectionString);

    private string FilePath => Path.Combine(process.DataDirectory, "database.json");

    /// <summary>Whether the configuration leaves no choice to the set-up page.</summary>
    public bool IsFixed => process.Options.Database.Provider is not null || process.Options.Database.ConnectionString is not null;

    public Database Open()
    {
        var configured = process.Options.Database;
        if (IsFixed)
            return Create(configured.Provider ?? DatabaseProvider.Sqlite, configured.ConnectionString);
        if (File.Exists(FilePath))
        {
            var stored = JsonSerializer.Deserialize<Stored>(File.ReadAllText(FilePath))!;
            return Create(stored.Provider, Protector.Unprotect(stored.ConnectionString));
        }
        return Create(DatabaseProvider.Sqlite, null);
    }

    public Database Create(DatabaseProvider provider, string? connectionString)
    {
        if (provider == DatabaseProvider.Postgres && string.IsNullOrWhiteSpace(connectionString))
            throw new SetupException("PostgreSQL needs a connection string");
        try
        {
            return new Database(provider, string.IsNullOrWhiteSpace(connectionString) ? $"Data Source={Path.Combine(process.DataDirectory, "crm.db")}" : connectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            var example = provider == DatabaseProvider.Postgres ? "Host=localhost;Database=crm;Username=crm;Password=…" : "Data Source=crm.db";
            throw new SetupException("This is not a connection string such as “{0}”: {1}", example, e.Message) { Field = nameof(SetupRequest.ConnectionString) };
        }
    }

    /// <summary>Whether the connection string is to blame, or the server that it names. Some of the string is read only when it is connected to.</summary>
    public static bool IsUnreachable(Exception e) => e is DbException or ArgumentException or SocketException;

    public void Remember(DatabaseProvider provider, string? connectionString)
    {
        if (IsFixed || provider == DatabaseProvider.Sqlite)
            return;
        Directory.CreateDirectory(process.DataDirectory);
        var temporary = FilePath + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(new Stored(provider, Protector.Protect(connectionString!))));
        File.Move(temporary, FilePath, overwrite: true);
    }

    private IDataProtector Protector => DataProtectionProvider
        .Create(process.KeyDirectory, b => b.SetApplicationName("crm"))
        .CreateProtector("Crm.Database");
}

/// <summary>Set-up or a recipe cannot be done, for a reason that whoever asked for it can mend.</summary>
public sealed class SetupException(Localization.Message reason) : Exception(reason.ToString())
{
    public SetupException(string text, params object[] arguments) : this(new Localization.Message(text, arguments))
    {
    }

    public Localization.Message Reason { get; } = reason;

    /// <summary>Name of the answer of <see cref="SetupRequest"/> that is at fault; null when it is none alone.</summary>
    public string? Field { get; init; }
}
