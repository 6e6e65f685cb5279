using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Platform.Data;

namespace Crm.Platform.Settings;

/// <summary>What an administrator says about the site as a whole.</summary>
public sealed record SiteSettings
{
    public string Name { get; init; } = "CRM";

    /// <summary>Language of those who have not chosen one: <c>en</c> or <c>zh-CN</c>.</summary>
    public string Culture { get; init; } = "en";

    /// <summary>ISO 4217 code of amounts given without one.</summary>
    public string Currency { get; init; } = "USD";

    /// <summary>ISO 3166 code of the country whose phone numbers need no prefix.</summary>
    public string Region { get; init; } = "US";

    /// <summary>IANA name, such as <c>Asia/Shanghai</c>, for those who have not chosen one.</summary>
    public string TimeZone { get; init; } = "UTC";

    public static IReadOnlyList<string> Cultures { get; } = ["en", "zh-CN"];

    /// <summary>The usual currency, region and zone for a language.</summary>
    public static SiteSettings ForCulture(string name, string culture) => culture == "zh-CN"
        ? new() { Name = name, Culture = culture, Currency = "CNY", Region = "CN", TimeZone = "Asia/Shanghai" }
        : new() { Name = name, Culture = "en" };

    [JsonIgnore]
    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    [JsonIgnore]
    public CultureInfo CultureInfo => CultureInfo.GetCultureInfo(Culture);
}

public sealed class SettingsCache
{
    internal SiteSettings? Site { get; set; }

    internal long CheckedAt { get; set; }
}

/// <summary>Named settings, each a JSON document in <c>crm_settings</c>.</summary>
public sealed class SettingsStore(DbSession session, SettingsCache cache, TimeProvider clock)
{
    private const string SiteName = "site";

    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(5);

    private SiteSettings? _uncommitted;
    private int _transaction;

    public SiteSettings Site
        => (session.InTransaction && _transaction == session.TransactionNumber ? _uncommitted : null) ?? cache.Site ?? new SiteSettings();

    /// <summary>Loads the site's settings; at most every five seconds.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetTimestamp();
        if (cache.Site is not null && clock.GetElapsedTime(cache.CheckedAt, now) < CheckEvery)
            return;
        cache.CheckedAt = now;
        cache.Site = await ReadAsync<SiteSettings>(SiteName, cancellationToken);
    }

    public async Task SaveSiteAsync(SiteSettings settings, CancellationToken cancellationToken)
        => await session.TransactAsync(async () =>
        {
            await WriteAsync(SiteName, settings, cancellationToken);
            _uncommitted = settings;
            _transaction = session.TransactionNumber;
            session.AfterCommit(() => cache.Site = settings);
        }, cancellationToken);

    public async Task<T?> ReadAsync<T>(string name, CancellationToken cancellationToken) where T : class
    {
        var rows = await session.ReadAsync(new SqlText("SELECT value FROM crm_settings WHERE name = ").Append(ColumnType.Text, name), r => r.GetString(0), cancellationToken);
        return rows is [var json] ? JsonSerializer.Deserialize<T>(json, Content.ContentDefinitions.Json) : null;
    }

    public async Task WriteAsync<T>(string name, T value, CancellationToken cancellationToken)
        => await session.ExecuteAsync(new SqlText()
            .Append("INSERT INTO crm_settings (name, value) VALUES ({}, {}) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (ColumnType.Text, name), (ColumnType.Text, JsonSerializer.Serialize(value, Content.ContentDefinitions.Json))), cancellationToken);
}
