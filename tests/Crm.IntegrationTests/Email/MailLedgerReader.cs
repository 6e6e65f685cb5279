using System.Text.Json.Nodes;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Email;

internal static class MailLedgerReader
{
    public static async Task<long> CountMailAsync(this TestSite site, string condition)
    {
        await using var scope = await site.OpenScopeAsync();
        return await scope.Session.CountAsync(new SqlText($"SELECT COUNT(*) FROM crm_mail WHERE {condition}"), CancellationToken.None);
    }

    /// <summary>As a site is whose account was given before the form asked for the address.</summary>
    public static async Task ForgetAddressAsync(this TestSite site)
    {
        await using var scope = await site.OpenScopeAsync();
        var settings = scope.Services.GetRequiredService<SettingsStore>();
        var account = (await settings.ReadAsync<JsonObject>("email", CancellationToken.None))!;
        Assert.True(account.Remove("siteUrl"));
        await settings.WriteAsync("email", account, CancellationToken.None);
    }

    /// <summary>Gives the site an account at the sink.</summary>
    public static Task UseServerAsync(this TestBrowser administrator, SmtpSink sink, int connections = 4) => administrator.UseServerAsync(sink.Port, connections);

    /// <summary>Gives the site an account at a server of this machine.</summary>
    public static async Task UseServerAsync(this TestBrowser administrator, int port, int connections)
    {
        using var saved = await administrator.SubmitAsync("/admin/email", new()
        {
            ["Host"] = "127.0.0.1",
            ["Port"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Security"] = "None",
            ["FromName"] = "海港贸易",
            ["FromAddress"] = "hello@example.com",
            ["SiteUrl"] = administrator.Client.BaseAddress!.GetLeftPart(UriPartial.Authority),
            ["RatePerMinute"] = "0",
            ["Connections"] = connections.ToString(System.Globalization.CultureInfo.InvariantCulture),
        });
        Assert.Equal(System.Net.HttpStatusCode.Redirect, saved.StatusCode);
    }
}
