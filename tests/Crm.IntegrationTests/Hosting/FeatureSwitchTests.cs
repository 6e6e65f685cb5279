using System.Collections.Concurrent;
using System.Net;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Hosting;

public sealed class FeatureSwitchSqliteTests() : FeatureSwitchTests(DatabaseProvider.Sqlite);

[Trait("Category", "Nightly")]
public sealed class FeatureSwitchPostgresTests() : FeatureSwitchTests(DatabaseProvider.Postgres);

public abstract class FeatureSwitchTests(DatabaseProvider provider)
{
    private const string Library = "Crm.Library";

    [Fact]
    public async Task Switch_WhileRequestsRun_FailsNoneAndKeepsTheData()
    {
        await using var site = await TestSite.StartAsync(provider, catalog: TestSite.CatalogWith(typeof(Crm.Library.LibraryAssembly).Assembly));
        await site.Host.Sites.EnableAsync([Library], CancellationToken.None);
        using var browser = await site.SignInAsync();
        using var created = await browser.SubmitAsync("/books/new", new() { ["title"] = "三体" });
        Assert.Equal(HttpStatusCode.Redirect, created.StatusCode);

        var failures = new ConcurrentBag<string>();
        using var stop = new CancellationTokenSource();
        var answered = 0;
        var clients = Enumerable.Range(0, 4).Select(async n =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var response = await browser.GetAsync(n % 2 == 0 ? "/customers" : "/");
                if (response.StatusCode != HttpStatusCode.OK)
                    failures.Add($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
                Interlocked.Increment(ref answered);
            }
        }).ToList();
        for (var i = 0; i < 5; i++)
        {
            await site.Host.Sites.DisableAsync([Library], CancellationToken.None);
            Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/books")).StatusCode);
            await site.Host.Sites.EnableAsync([Library], CancellationToken.None);
            Assert.Contains("三体", await (await browser.GetAsync("/books")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        Assert.Empty(failures);
        Assert.True(answered > 20, $"Only {answered} requests ran beside the switches.");
    }

    [Fact]
    public async Task Switch_WithALongRequestInside_LetsItFinish()
    {
        await using var site = await TestSite.StartAsync(provider, catalog: TestSite.CatalogWith(typeof(Crm.Library.LibraryAssembly).Assembly));
        await site.Host.Sites.EnableAsync([Library], CancellationToken.None);
        var old = site.Host.Sites.Current;
        Assert.True(old.TryEnter());
        await site.Host.Sites.DisableAsync([Library], CancellationToken.None);

        // The old site still works for whoever is inside.
        await using (var scope = old.CreateScope())
        {
            scope.ServiceProvider.GetRequiredService<ActorContext>().Current = Actor.System("test");
            await scope.ServiceProvider.GetRequiredService<ContentDefinitions>().RefreshAsync(CancellationToken.None);
            var saved = await scope.ServiceProvider.GetRequiredService<IContentManager>().SaveAsync(
                new ContentChange("books") { Texts = { ["title"] = "Last words" } }, SaveOptions.Default, CancellationToken.None);
            Assert.Equal(SaveStatus.Created, saved.Status);
        }
        old.Leave();
        Assert.DoesNotContain(Library, site.Host.Sites.Current.Features.Select(f => f.Id));
    }

    [Fact]
    public async Task Command_InAnotherProcess_IsFollowedByTheServingOne()
    {
        await using var site = await TestSite.StartAsync(provider);
        using var browser = await site.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/customers")).StatusCode);
        var (code, _, error) = await site.RunAsync("feature", "disable", "Crm.Customers");
        Assert.True(code == 0, error);
        await Eventually.HoldsAsync(async () => (await browser.GetAsync("/customers")).StatusCode == HttpStatusCode.NotFound);
    }
}
