using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Hosting;
using Crm.Platform.Modules;
using Crm.Platform.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Hosting;

/// <summary>All pages of a site with everything in it, as each role sees them and with each feature off in turn.</summary>
public sealed class CrawlTests
{
    [Theory]
    [InlineData("en", DatabaseProvider.Postgres, Traits = ["Category", "Nightly"])]
    [InlineData("zh-CN", DatabaseProvider.Sqlite)]
    public async Task Links_OfEveryRole_LeadToPages(string culture, DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider, recipe: "Demo", culture: culture);
        foreach (var role in RoleNames.All)
        {
            using var browser = await site.SignInAsNewAsync($"crawler{role.ToLowerInvariant().Replace("-", "", StringComparison.Ordinal)}", role);
            var crawler = new Crawler(browser);
            await crawler.RunAsync("/");
            Assert.True(crawler.Failures.Count == 0, $"{role}:\n{string.Join('\n', crawler.Failures)}");
            Assert.True(crawler.Pages.Count > 10, $"{role} found only {string.Join(", ", crawler.Pages)}");
        }
    }

    [Trait("Category", "Nightly")]
    [Fact]
    public async Task Features_EachSwitchedOffAlone_LeaveTheOthersAtWorkAndTheDataInPlace()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo");
        using var browser = await site.SignInAsync();
        var before = await SiteState.ReadAsync(site);
        var all = site.Host.Sites.Current.Features.Select(f => f.Id).ToList();
        foreach (var feature in Optional(site))
        {
            await site.Host.Sites.DisableAsync([feature], CancellationToken.None);
            var crawler = new Crawler(browser, limit: 90);
            await crawler.RunAsync("/");
            Assert.True(crawler.Failures.Count == 0, $"Without {feature}:\n{string.Join('\n', crawler.Failures)}");
            await site.Host.Sites.EnableAsync(all, CancellationToken.None);
        }
        var after = await SiteState.ReadAsync(site);
        Assert.Equal(before.Features, after.Features);
        Assert.Equal(before.Records, after.Records);
    }

    private static IEnumerable<string> Optional(TestSite site)
        => site.Host.Sites.Current.Services.GetRequiredService<CrmProcess>().Catalog.Features
            .Where(f => site.Host.Sites.Current.Features.Contains(f) && f is { AlwaysEnabled: false, Module.IsTheme: false }).Select(f => f.Id);
}
