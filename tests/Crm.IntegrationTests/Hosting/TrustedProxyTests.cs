using System.Net;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Tickets;
using Crm.Platform.Data;
using Crm.Platform.Hosting;

namespace Crm.IntegrationTests.Hosting;

/// <summary>Who a visitor is when a proxy stands in front.</summary>
public sealed class TrustedProxyTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.0/8, 127.0.0.0/8")]
    public async Task Visitors_BehindATrustedProxy_AreToldApart_AndLinksAreAsTheyCameByIt(string proxies)
    {
        await using var site = await StartAsync(proxies);
        for (var i = 0; i < 12; i++)
            Assert.Equal(HttpStatusCode.Redirect, await SendAsync(site, $"203.0.113.{i}", $"ann{i}@example.com"));
        for (var i = 0; i < 9; i++)
            await SendAsync(site, "203.0.113.1", $"bob{i}@example.com");
        // What the visitor claims besides is not believed: the last one before the proxy counts.
        Assert.Equal(HttpStatusCode.TooManyRequests, await SendAsync(site, "198.51.100.9, 203.0.113.1", "bob9@example.com"));
        Assert.Equal(HttpStatusCode.Redirect, await SendAsync(site, "203.0.113.2", "bob9@example.com"));

        using var visitor = Behind(site, "203.0.113.77");
        Assert.StartsWith($"https://{site.Address.Authority}/portal/t/", (await visitor.PageAsync(await visitor.OpenTicketAsync(new(TicketBrowsing.Request) { ["email"] = "eve@example.com" }) + "?sent=ticket")).QuerySelector(".keep input")!.GetAttribute("value"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("10.0.0.0/8")]
    public async Task Visitors_WhoPretendToComeByAProxy_AreNotBelieved(string? proxies)
    {
        await using var site = await StartAsync(proxies);
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.Redirect, await SendAsync(site, $"203.0.113.{i}", $"ann{i}@example.com"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await SendAsync(site, "203.0.113.200", "zoe@example.com"));
    }

    [Fact]
    public async Task Start_WithAWrongProxy_SaysWhich()
        => Assert.Contains("proxy.example", (await Assert.ThrowsAsync<SetupException>(() => StartAsync("127.0.0.1, proxy.example"))).Message, StringComparison.Ordinal);

    private static Task<TestSite> StartAsync(string? proxies)
        => TestSite.StartAsync(DatabaseProvider.Sqlite, settings: new() { ["Crm:TrustedProxies"] = proxies });

    private static TestBrowser Behind(TestSite site, string forwardedFor)
    {
        var browser = site.Open();
        browser.Client.DefaultRequestHeaders.Add("X-Forwarded-For", forwardedFor);
        browser.Client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        return browser;
    }

    private static async Task<HttpStatusCode> SendAsync(TestSite site, string forwardedFor, string email)
    {
        using var visitor = Behind(site, forwardedFor);
        using var response = await visitor.SubmitAsync("/portal/tickets/new", new(TicketBrowsing.Request) { ["email"] = email }, "form[action^='/portal']");
        return response.StatusCode;
    }
}
