using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace Crm.IntegrationTests.Support;

/// <summary>Follows every link of a site that somebody can see, one of each shape, and tells which lead nowhere.</summary>
public sealed partial class Crawler(TestBrowser browser, int limit = 400)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(string Url, string From)> _waiting = new();

    /// <summary>Addresses that were opened.</summary>
    public List<string> Pages { get; } = [];

    public List<string> Failures { get; } = [];

    public async Task RunAsync(params IEnumerable<string> starts)
    {
        foreach (var start in starts)
            Offer(start, "the start");
        while (_waiting.TryDequeue(out var next) && Pages.Count < limit)
        {
            using var response = await browser.GetAsync(next.Url);
            Pages.Add(next.Url);
            if (response.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.SeeOther && response.Headers.Location is { } there)
            {
                Offer(there.OriginalString, next.Url);
                continue;
            }
            if (response.StatusCode != HttpStatusCode.OK)
                Failures.Add($"{(int)response.StatusCode} {next.Url} (linked from {next.From})");
            else if (response.Content.Headers.ContentType?.MediaType == "text/html")
                await ReadAsync(next.Url, await response.Content.ReadAsStringAsync());
        }
    }

    private async Task ReadAsync(string url, string html)
    {
        var page = await TestBrowser.ParseAsync(html);
        foreach (var link in page.QuerySelectorAll("a[href], img[src], link[href], script[src]"))
            Offer(link.GetAttribute("href") ?? link.GetAttribute("src")!, url);
    }

    private void Offer(string address, string from)
    {
        if (!Uri.TryCreate(new Uri(new Uri("http://site/"), from.StartsWith('/') ? from : "/"), address, out var url) || url.Host != "site" || url.Scheme != "http")
            return;
        // Records of one type look alike, and so do pages of one list, and the definitions of types and fields.
        var shape = Definition().Replace(Id().Replace(url.AbsolutePath, "*"), "$1*") + "?" + string.Join('&', url.Query.TrimStart('?').Split('&').Select(p => p.Split('=')[0]));
        if (_seen.Add(shape))
            _waiting.Enqueue((url.PathAndQuery, from));
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f-]{27}", RegexOptions.IgnoreCase)]
    private static partial Regex Id();

    [GeneratedRegex("(/content-types/|/fields/)(?!new$)[A-Za-z0-9]+")]
    private static partial Regex Definition();
}
