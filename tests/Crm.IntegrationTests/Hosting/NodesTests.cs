using System.Net;
using Crm.IntegrationTests.Search;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Hosting;

/// <summary>Two nodes that serve one site, as the administrators' handbook has it.</summary>
public sealed class NodesTests
{
    [Fact, Trait("Category", "Nightly")]
    public async Task Nodes_WithOneDataDirectory_ShareAllButTheIndexAndTheLogs()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Postgres);
        await using var other = await site.AddNodeAsync();
        using var admin = await site.SignInAsync();
        Guid customer;
        await using (var scope = await site.OpenScopeAsync())
            customer = await scope.CreateAsync("customers", ("name", "Harbour Lights"));
        using (var attached = await admin.SubmitFilesAsync($"/customers/{customer}", "form.attach", [], ("files", "note.txt", "kept by the first"u8.ToArray())))
            Assert.Equal(HttpStatusCode.Redirect, attached.StatusCode);
        var file = (await admin.PageAsync($"/customers/{customer}")).QuerySelector(".attachment-list a")!.GetAttribute("href")!;

        // Signed in at one is signed in at the other, which has the file as well.
        Assert.Equal("kept by the first", await admin.Client.GetStringAsync(new Uri(other.Address, file)));
        using var there = await other.SignInAsync();
        Assert.Equal(["Harbour Lights"], await SearchTests.FoundAsync(there, "lights"));
        Assert.Equal(["Harbour Lights"], await SearchTests.FoundAsync(admin, "lights"));
        foreach (var folder in new[] { site.DataDirectory, Path.Combine(site.DataDirectory, "node-2") })
            foreach (var own in new[] { "search", "logs" })
                Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(folder, own)));
        Assert.False(Directory.Exists(Path.Combine(site.DataDirectory, "node-2", "keys")));

        // Switched at the same moment, at each another feature: neither is lost, and each follows the other.
        await Task.WhenAll(site.Host.Sites.DisableAsync(["Crm.Tickets"], CancellationToken.None), other.Host.Sites.DisableAsync(["Crm.Files"], CancellationToken.None));
        foreach (var browser in new[] { admin, there })
            await Eventually.HoldsAsync(async () => (await browser.GetAsync("/tickets")).StatusCode == HttpStatusCode.NotFound && (await browser.GetAsync(file)).StatusCode == HttpStatusCode.NotFound);
    }
}
