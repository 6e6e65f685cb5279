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

    [Fact]
    public async Task Pages_AreLight_AndNothingJumpsWhileTheyLoad()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo");
        await using var person = await Person.AdministratorAsync(chromium, site, "en");
        await person.GoAsync("/customers");
        var record = new Uri(site.Address, (await person.Page.Locator("[data-row-link]").Nth(1).GetAttributeAsync("href"))!).AbsolutePath;
        // A browser that has seen nothing of the site, with the same session.
        await using var fresh = await Person.OpenAsync(chromium, site.Address, "en", await person.StorageAsync());
        var page = fresh.Page;
        var (bytes, fetched) = (0L, new ConcurrentDictionary<string, string>());
        var network = await page.Context.NewCDPSessionAsync(page);
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
            Assert.True(shifts.EnumerateArray().Sum(s => s.GetProperty("value").GetDouble()) < Person.MostShift, $"{url} jumps: {shifts}");
        }
        // Scripts and styles are not asked for again, not even whether they are still the same.
        Assert.True(fetched.Count == 1, $"{weights[^1]}: {string.Join(' ', fetched.Values)}");
        await WhileALookTakesLong_TheListPalesWhereItStands(page);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', weights));
    }

    private static async Task WhileALookTakesLong_TheListPalesWhereItStands(IPage page)
    {
        var answer = new TaskCompletionSource();
        await page.RouteAsync("**/customers?*q=*", async route =>
        {
            await answer.Task;
            await route.ContinueAsync();
        });
        var list = page.Locator(".list-body");
        var before = await list.BoundingBoxAsync();
        await page.Locator("[data-list-search] input[name=q]").FillAsync("a");
        await Assertions.Expect(page.Locator("[data-list-search]")).ToHaveAttributeAsync("aria-busy", "true");
        await Assertions.Expect(list).ToHaveCSSAsync("animation-name", "waiting");
        // Who wants no movement sees it too, only still.
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await Assertions.Expect(list).ToHaveCSSAsync("opacity", "0.6");
        var during = await list.BoundingBoxAsync();
        Assert.Equal((before!.X, before.Y, before.Width), (during!.X, during.Y, during.Width));
        answer.SetResult();
        await Assertions.Expect(page.Locator("[data-list-search]")).Not.ToHaveAttributeAsync("aria-busy", "true");
        await Assertions.Expect(list).ToHaveCSSAsync("opacity", "1");
    }

    [Theory, Trait("Category", "Nightly")]
    [InlineData("en")]
    [InlineData("zh-CN")]
    public async Task EveryListRecordAndForm_OfEveryType_IsAccessibleStandsStillAndFitsAPhone(string culture)
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo", culture: culture);
        await using var person = await Person.AdministratorAsync(chromium, site, culture);
        await using var scope = site.Host.Sites.Current.CreateScope();
        var types = scope.ServiceProvider.GetRequiredService<ContentDefinitions>().Current.Types.Where(t => !t.IsPart).ToList();
        Assert.True(types.Count > 10);
        foreach (var type in types)
        {
            await person.OpenAndLookAsync(type.Path, $"all-{type.Name}-list");
            // The demo has a record of every type: what it lacks would not be looked at.
            var link = await person.Page.Locator("[data-row-link]").First.GetAttributeAsync("href");
            var record = new Uri(site.Address, link!).AbsolutePath;
            foreach (var (url, name) in new[] { (record, "record"), ($"{record}/edit", "edit"), ($"{type.Path}/new", "new") })
                await person.OpenAndLookAsync(url, $"all-{type.Name}-{name}");
        }
    }
}
