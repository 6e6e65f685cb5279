using System.Net;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Hosting;

public sealed class EndpointTests : IAsyncLifetime
{
    /// <summary>What a stranger may reach. A new public page is added here on purpose or not at all.</summary>
    private static readonly string[] Public =
    [
        "login", "logout", "culture",
        "portal", "portal/tickets/new", "portal/feedback", "portal/t/{token}", "portal/t/{token}/answer", "portal/t/{token}/rate", "portal/t/{token}/confirm", "portal/tickets/sent",
        "t/o/{id:guid}/{signature}", "t/c/{id:guid}/{signature}", "t/u/{id:guid}/{signature}",
    ];

    private TestSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await TestSite.StartAsync(DatabaseProvider.Sqlite);

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public void Endpoints_All_SayWhomTheyAreFor()
    {
        var silent = Endpoints().Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is null && e.Metadata.GetMetadata<IEndpointPermission>() is null);
        Assert.Empty(silent.Select(e => e.DisplayName));
    }

    [Fact]
    public void Endpoints_OpenToStrangers_AreTheListedOnes()
    {
        var open = Endpoints().Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(e => e.RoutePattern.RawText!.TrimStart('/'));
        Assert.Empty(open.Except(Public, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Get_OfAFormsAddress_LeadsToWhatItBelongsTo_AndNowhereElse()
    {
        using var admin = await _site.SignInAsync();
        using (var above = await admin.GetAsync($"/emailBlasts/{Guid.Empty}/send"))
            Assert.Equal($"/emailBlasts/{Guid.Empty}", above.Headers.Location!.OriginalString);
        foreach (var url in new[] { "/%5Cevil.example/x/move", "//evil.example/x/move", "/%E5%AE%A2%E6%88%B7/x/move", "/a%0Ab/x/move" })
        {
            using var answer = await admin.Client.GetAsync(new Uri(_site.Address.GetLeftPart(UriPartial.Authority) + url));
            Assert.True((int)answer.StatusCode < 500, $"{url} answered {(int)answer.StatusCode}");
            Assert.DoesNotMatch(@"^([/\\]{2}|\w+:)", answer.Headers.Location?.OriginalString ?? "");
        }
    }

    [Fact]
    public async Task Endpoints_AskedByAStranger_ShowNothing()
    {
        using var stranger = _site.Open();
        var id = Guid.CreateVersion7();
        foreach (var endpoint in Endpoints().Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is null))
        {
            var url = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p switch
            {
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "type" } => IsAdmin(endpoint) ? "users" : "customers",
                _ => id.ToString(),
            }))));
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), url);
                using var response = await stranger.Client.SendAsync(request);
                Assert.True(response.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.Unauthorized or HttpStatusCode.NotFound or HttpStatusCode.BadRequest,
                    $"{method} {url} answered {(int)response.StatusCode}");
                if (response.StatusCode == HttpStatusCode.Redirect)
                    Assert.StartsWith("/login", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
            }
        }

        static bool IsAdmin(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("admin", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_WithoutLogin_Answers()
    {
        using var stranger = _site.Open();
        Assert.Equal("live", await stranger.Client.GetStringAsync("/health/live"));
        Assert.Equal("ready", await stranger.Client.GetStringAsync("/health/ready"));
    }

    [Fact]
    public async Task Pages_All_SendAPolicyWithoutInlineScript()
    {
        using var browser = await _site.SignInAsync();
        foreach (var url in new[] { "/", "/customers", "/customers/new", "/admin/users", "/admin/features", "/nothing-here" })
        {
            using var response = await browser.GetAsync(url);
            var policy = string.Join(' ', response.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            var page = await TestBrowser.ParseAsync(await response.Content.ReadAsStringAsync());
            Assert.Empty(page.QuerySelectorAll("script:not([src]),[style],[onclick],style").Select(e => e.OuterHtml));
        }
    }

    [Fact]
    public async Task Post_WithoutAntiforgeryToken_IsRefused()
    {
        using var browser = await _site.SignInAsync();
        using var response = await browser.Client.PostAsync("/customers/new", new FormUrlEncodedContent([new("name", "Forged")]));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private IEnumerable<RouteEndpoint> Endpoints()
        => _site.Host.Sites.Current.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is null);
}
