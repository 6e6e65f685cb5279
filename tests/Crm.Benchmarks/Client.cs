using System.Net;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Crm.Benchmarks;

/// <summary>Somebody at a browser.</summary>
internal sealed class Client(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() })
    {
        BaseAddress = address,
        DefaultRequestHeaders = { { "Accept", "text/html" } },
    };

    public void Dispose() => _http.Dispose();

    public async Task SignInAsync(string userName, CancellationToken cancellationToken)
        => await PostAsync("/login", await TokenAsync("/login", cancellationToken), new() { ["userName"] = userName, ["password"] = Site.Password }, cancellationToken);

    /// <summary>A program instead of a browser: it has a token of the API and no cookie.</summary>
    public void UseToken(string token)
    {
        _http.DefaultRequestHeaders.Remove("Accept");
        _http.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    public async Task<byte[]> GetAsync(string url, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(url, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"GET {url} answered {(int)response.StatusCode}.");
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    public async Task<bool> IsThereAsync(string url, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(url, cancellationToken);
        return response.IsSuccessStatusCode;
    }

    /// <returns>Where the answer leads.</returns>
    public async Task<string> PostAsync(string url, string token, Dictionary<string, string> values, CancellationToken cancellationToken)
    {
        values["__RequestVerificationToken"] = token;
        using var content = new FormUrlEncodedContent(values);
        using var response = await _http.PostAsync(url, content, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Redirect)
            throw new InvalidOperationException($"POST {url} answered {(int)response.StatusCode}.");
        return response.Headers.Location!.ToString();
    }

    public async Task<string> TokenAsync(string url, CancellationToken cancellationToken)
        => (await ParseAsync(url, cancellationToken)).QuerySelector<IHtmlInputElement>("input[name=__RequestVerificationToken]")!.Value;

    public async Task<IHtmlDocument> ParseAsync(string url, CancellationToken cancellationToken)
    {
        var html = System.Text.Encoding.UTF8.GetString(await GetAsync(url, cancellationToken));
        return (IHtmlDocument)await BrowsingContext.New(Configuration.Default).OpenAsync(r => r.Content(html), cancellationToken);
    }
}
