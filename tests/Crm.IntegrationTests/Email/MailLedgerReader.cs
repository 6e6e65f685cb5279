using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Email;

internal static class MailLedgerReader
{
    public static async Task<long> CountMailAsync(this TestSite site, string condition)
    {
        await using var scope = await site.OpenScopeAsync();
        return await scope.Session.CountAsync(new SqlText($"SELECT COUNT(*) FROM crm_mail WHERE {condition}"), CancellationToken.None);
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
            ["RatePerMinute"] = "0",
            ["Connections"] = connections.ToString(System.Globalization.CultureInfo.InvariantCulture),
        });
        Assert.Equal(System.Net.HttpStatusCode.Redirect, saved.StatusCode);
    }
}
