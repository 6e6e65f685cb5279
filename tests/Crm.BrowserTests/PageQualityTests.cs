using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Crm.BrowserTests.Support;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Crm.BrowserTests;

/// <summary>What holds for every list, record and form: it is light, it stays where it is while it loads, it is accessible, and it fits a phone.</summary>
public sealed class PageQualityTests(Chromium chromium)
{
    private const int FirstVisit = 500_000;
    private const int NextPage = 50_000;
    private const double Shift = 0.01;

    [Fact]
    public async Task Pages_AreLight_AndNothingJumpsWhileTheyLoad()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo");
        await using var person = await Person.AdministratorAsync(chromium, site, "en");
        await person.GoAsync("/customers");
        var record = new Uri(site.Address, (await person.Page.Locator("[data-row-link]").Nth(1).GetAttributeAsync("href"))!).AbsolutePath;
        // A browser that has seen nothing of the site, with the same session.
        await using var context = await chromium.Browser.NewContextAsync(new() { BaseURL = site.Address.ToString(), StorageState = await person.StorageAsync() });
        await context.AddInitScriptAsync("""
            window.shifts = [];
            new PerformanceObserver(list => list.getEntries().filter(e => !e.hadRecentInput).forEach(e => shifts.push({ value: e.value, of: e.sources.map(s => s.node?.outerHTML?.slice(0, 120)) })))
                .observe({ type: 'layout-shift', buffered: true });
            """);
        var page = await context.NewPageAsync();
        var (bytes, fetched) = (0L, new ConcurrentDictionary<string, string>());
        var network = await context.NewCDPSessionAsync(page);
        await network.SendAsync("Network.enable");
        network.Event("Network.loadingFinished").OnEvent += (_, e) => Interlocked.Add(ref bytes, (long)e!.Value.GetProperty("encodedDataLength").GetDouble());
        // What goes over the wire, headers of what is answered by "not modified" included.
        network.Event("Network.responseReceivedExtraInfo").OnEvent += (_, e) =>
        {
            Interlocked.Add(ref bytes, e!.Value.TryGetProperty("headersText", out var headers) ? headers.GetString()!.Length : 0);
            fetched.TryAdd(e.Value.GetProperty("requestId").GetString()!, $"{e.Value.GetProperty("statusCode")}");
        };

        var weights = new List<string>();
        // In the order in which people open them, each for the first time: every page after the first is a next one.
        foreach (var (url, most) in new[]
        {
            ("/", FirstVisit), ("/customers", NextPage), (record, NextPage), ($"{record}/edit", NextPage), ("/customers/new", NextPage),
            ("/opportunities?view=board", NextPage), ("/customers?group=level", NextPage), ("/customers?sort=-name", NextPage),
        })
        {
            // What the page before may still be fetching is not this one's.
            await page.GotoAsync("about:blank");
            Interlocked.Exchange(ref bytes, 0);
            fetched.Clear();
            await page.GotoAsync(url, new() { WaitUntil = WaitUntilState.NetworkIdle });
            var weight = Interlocked.Read(ref bytes);
            weights.Add(string.Create(CultureInfo.InvariantCulture, $"{url}: {weight / 1000.0:0.0} kB in {fetched.Count} answers"));
            Assert.True(weight > 0 && weight < most, $"{weights[^1]}, more than {most / 1000} kB");
            // A board is laid out by its script; lists, forms and records stand still from the first moment.
            if (url.Contains("view=board", StringComparison.Ordinal))
                continue;
            var shifts = await page.EvaluateAsync<JsonElement>("shifts");
            Assert.True(shifts.EnumerateArray().Sum(s => s.GetProperty("value").GetDouble()) < Shift, $"{url} jumps: {shifts}");
        }
        // Nor are scripts and styles asked for again, not even whether they are still the same.
        Assert.True(fetched.Count == 1, $"{weights[^1]}: {string.Join(' ', fetched.Values)}");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', weights));
    }

    [Theory, Trait("Category", "Nightly")]
    [InlineData("en")]
    [InlineData("zh-CN")]
    public async Task EveryListRecordAndForm_OfEveryType_IsAccessibleAndFitsAPhone(string culture)
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo", culture: culture);
        await using var person = await Person.AdministratorAsync(chromium, site, culture);
        await using var scope = site.Host.Sites.Current.CreateScope();
        var types = scope.ServiceProvider.GetRequiredService<ContentDefinitions>().Current.Types.Where(t => !t.IsPart).ToList();
        Assert.True(types.Count > 10);
        foreach (var type in types)
        {
            await person.GoAsync(type.Path);
            await person.LookAsync($"all-{type.Name}-list");
            if (await person.Page.Locator("[data-row-link]").CountAsync() > 0)
            {
                var record = new Uri(site.Address, (await person.Page.Locator("[data-row-link]").First.GetAttributeAsync("href"))!).AbsolutePath;
                foreach (var (url, name) in new[] { (record, "record"), ($"{record}/edit", "edit") })
                {
                    await person.GoAsync(url);
                    await person.LookAsync($"all-{type.Name}-{name}");
                }
            }
            await person.GoAsync($"{type.Path}/new");
            await person.LookAsync($"all-{type.Name}-new");
        }
    }
}
