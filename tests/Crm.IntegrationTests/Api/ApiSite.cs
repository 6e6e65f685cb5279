using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Api;

public sealed class SqliteApiSite() : ApiSite(DatabaseProvider.Sqlite);

public sealed class PostgresApiSite() : ApiSite(DatabaseProvider.Postgres);

[CollectionDefinition(nameof(SqliteApiSite))]
public sealed class SqliteApiTests : ICollectionFixture<SqliteApiSite>;

[CollectionDefinition(nameof(PostgresApiSite))]
public sealed class PostgresApiTests : ICollectionFixture<PostgresApiSite>;

/// <summary>A site, an administrator's token, and the clock by which tokens expire.</summary>
public abstract class ApiSite(DatabaseProvider provider) : IAsyncLifetime
{
    public MovableClock Clock { get; } = new();

    public TestSite Site { get; private set; } = null!;

    public ApiClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Site = await TestSite.StartAsync(provider, clock: Clock, settings: new() { ["Crm:Api:RequestsPerMinute"] = "100000" });
        Admin = await TokenOfAsync(TestSite.AdminName);
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Site.DisposeAsync();
    }

    public async Task<ApiClient> TokenOfAsync(string user, params string[] options)
    {
        var (code, output, error) = await Site.RunAsync(["token", "create", "--user", user, .. options]);
        Assert.True(code == 0, error);
        return new ApiClient(Site.Address, output.TrimEnd('\n', '\r'));
    }
}

/// <summary>What a program does: sends JSON or bytes with a token, reads JSON.</summary>
public sealed class ApiClient : IDisposable
{
    public ApiClient(Uri address, string? token, string culture = "en")
    {
        Token = token;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
        Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(culture);
        if (token is not null)
            Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public HttpClient Http { get; }

    public string? Token { get; }

    public async Task<JsonObject> GetAsync(string url)
    {
        using var response = await Http.GetAsync(url);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"GET {url} answered {(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>The ids of all pages.</summary>
    public async Task<List<string>> IdsAsync(string? url)
    {
        var ids = new List<string>();
        for (; url is not null;)
        {
            var page = await GetAsync(url);
            ids.AddRange(page["value"]!.AsArray().Select(r => (string)r!["id"]!));
            url = (string?)page["@odata.nextLink"];
        }
        return ids;
    }

    public async Task<HttpResponseMessage> SendAsync(string method, string url, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), url);
        if (body is string text)
            request.Content = new StringContent(text, Encoding.UTF8, "application/json");
        else if (body is byte[] bytes)
            request.Content = new ByteArrayContent(bytes);
        else if (body is not null)
            request.Content = JsonContent.Create(body);
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content!.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request);
    }

    public async Task<JsonObject> CreateAsync(string type, object body)
    {
        using var response = await SendAsync("POST", $"/api/{type}", body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, $"POST {type} {JsonSerializer.Serialize(body)} answered {(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>Sends what must be refused and reads why.</summary>
    public async Task<JsonObject> RefusedAsync(HttpStatusCode status, string method, string url, object? body = null, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(method, url, body, headers);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{method} {url} answered {(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!.AsObject();
        Assert.Equal((int)status, (int)problem["status"]!);
        Assert.NotEmpty((string)problem["detail"]!);
        return problem;
    }

    public void Dispose() => Http.Dispose();
}
