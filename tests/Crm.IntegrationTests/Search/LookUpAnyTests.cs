using System.Text.Json;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Tickets;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Search;

/// <summary>What is offered for a link to any record.</summary>
public sealed class LookUpAnyTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task LookUpAny_WithAndWithoutTheIndex_OffersWhatCanBeOpened(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        using var admin = await site.SignInAsync();
        await using (var scope = await site.OpenScopeAsync())
        {
            await scope.CreateAsync("customers", ("name", "中国银行"));
            await scope.CreateAsync("contacts", ("name", "王芳"));
        }
        using (var visitor = site.Open())
            await visitor.AnswerAsync(await visitor.OpenTicketAsync(), "It has no page of its own");

        // Words within the name; messages of tickets and users are no places to link to.
        Assert.Equal(["customers 中国银行"], await OffersAsync(admin, "银行"));
        Assert.DoesNotContain(await OffersAsync(admin, "M000001"), o => o.StartsWith("ticketReplies", StringComparison.Ordinal));
        Assert.DoesNotContain(await OffersAsync(admin, "admin"), o => o.StartsWith("users", StringComparison.Ordinal));
        Assert.Equal(["contacts 王芳", "customers 中国银行", "tickets The printer is silent"], (await OffersAsync(admin, "")).Order(StringComparer.Ordinal));

        await site.Host.Sites.DisableAsync(["Crm.Search"], CancellationToken.None);
        Assert.Equal(["customers 中国银行"], await OffersAsync(admin, "中国"));
        Assert.Empty(await OffersAsync(admin, "M000001"));

        using var marketing = await site.SignInAsNewAsync("wang", "Marketing");
        Assert.Equal(["customers 中国银行"], await OffersAsync(marketing, "中国"));
    }

    private static async Task<IReadOnlyList<string>> OffersAsync(TestBrowser browser, string text)
    {
        using var json = JsonDocument.Parse(await browser.Client.GetStringAsync($"/lookup?q={Uri.EscapeDataString(text)}"));
        return [.. json.RootElement.EnumerateArray().Select(o => $"{o.GetProperty("value").GetString()!.Split('/')[0]} {o.GetProperty("text").GetString()}")];
    }
}
