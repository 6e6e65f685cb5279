using Crm.Contents.Bulk;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Bulk;

/// <summary>What the tests of changes of many records do again and again.</summary>
internal static class BulkSite
{
    public static async Task<List<Guid>> CreateCustomersAsync(this TestSite site, int count, Guid? owner = null, string name = "Customer")
    {
        var ids = new List<Guid>(count);
        foreach (var chunk in Enumerable.Range(0, count).Chunk(1000))
        {
            await using var scope = await site.OpenScopeAsync();
            var results = await scope.Content.SaveManyAsync("customers", [.. chunk.Select(i => new ContentChange("customers")
            {
                Values = { ["name"] = $"{name} {i:000000}", ["level"] = "b", ["employees"] = (decimal)i, ["owner"] = owner },
            })], SaveOptions.Default, CancellationToken.None);
            Assert.All(results, r => Assert.True(r.Succeeded, string.Join("; ", r.Errors.Select(e => e.Message))));
            ids.AddRange(results.Select(r => r.Id));
        }
        return ids;
    }

    /// <summary>A change whose records are collected and that waits to go on.</summary>
    public static async Task<Guid> CollectedAsync(this TestSite site, Guid user, IReadOnlyDictionary<string, string?> settings)
    {
        await using var scope = await site.OpenScopeAsync();
        var store = scope.Services.GetRequiredService<BulkStore>();
        var batch = new BulkBatch(Guid.CreateVersion7(), "customers", "change", new Message("Change"), settings, null, false, user, TimeProvider.System.GetUtcNow().UtcDateTime) { Status = BulkStatus.Collecting };
        await store.AddAsync(batch, CancellationToken.None);
        await store.MoveAsync(batch.Id, [BulkStatus.Collecting], BulkStatus.Paused, null, CancellationToken.None);
        for (string? after = null; ;)
        {
            var page = await scope.Queries.ListAsync(new Query("customers") { Columns = [], Sort = [SystemFields.Id], Take = 1000, After = after }, CancellationToken.None);
            await store.AddItemsAsync((await store.FindAsync(batch.Id, CancellationToken.None))!, [.. page.Items.Select(i => (i.Id, i.Version))], page.Next, CancellationToken.None);
            if ((after = page.Next) is null)
                return batch.Id;
        }
    }

    /// <summary>What deleting all records of a type is said to do to others.</summary>
    public static async Task<IEnumerable<string>> EffectsAsync(this TestBrowser browser, string type)
    {
        using var ask = await browser.ForceAsync($"/{type}/bulk", $"/{type}", ("bulkAction", "delete"), ("all", "1"), ("bulkStep", "preview"));
        return (await TestBrowser.ParseAsync(await ask.Content.ReadAsStringAsync())).QuerySelectorAll(".affected li").Select(li => li.TextContent.Trim()).Order(StringComparer.Ordinal);
    }

    /// <summary>Through the pages: what is asked, what is read before it starts, and the start.</summary>
    public static async Task<Guid> StartAsync(this TestBrowser browser, string type, string action, params (string Name, string Value)[] inputs)
    {
        using var ask = await browser.ForceAsync($"/{type}/bulk", $"/{type}", [("bulkAction", action), ("all", "1"), ("bulkStep", "preview"), .. inputs]);
        var text = await ask.Content.ReadAsStringAsync();
        Assert.True(ask.StatusCode == System.Net.HttpStatusCode.OK, text);
        var form = (await TestBrowser.ParseAsync(text)).QuerySelector("main form.form")!;
        using var started = await browser.SubmitAsync((AngleSharp.Html.Dom.IHtmlFormElement)form, new() { ["bulkStep"] = "start" });
        return started.Batch();
    }

    public static Guid Batch(this HttpResponseMessage response) => Guid.Parse(response.Headers.Location!.OriginalString.Split('/')[^1]);

    public static async Task<Guid> PostAsync(this TestBrowser browser, Guid batch, string what)
    {
        using var response = await browser.ForceAsync($"/bulk/{batch}/{what}", $"/bulk");
        Assert.Equal(System.Net.HttpStatusCode.Redirect, response.StatusCode);
        return response.Batch();
    }

    public static async Task<BulkBatch> OverAsync(this TestSite site, Guid batch, int seconds = 60)
    {
        BulkBatch? now = null;
        await Eventually.HoldsAsync(async () =>
        {
            await using var scope = await site.OpenScopeAsync();
            return (now = await scope.Services.GetRequiredService<BulkStore>().FindAsync(batch, CancellationToken.None)) is { IsOver: true };
        }, seconds);
        return now!;
    }

    public static async Task<IReadOnlyList<BulkException>> LeftOutAsync(this TestSite site, Guid batch, int most = 1000)
    {
        await using var scope = await site.OpenScopeAsync();
        return await scope.Services.GetRequiredService<BulkStore>().ExceptionsAsync(batch, 0, most, CancellationToken.None);
    }

    /// <summary>All that a table says, but for the versions.</summary>
    public static async Task<Dictionary<string, string>> TableAsync(this TestSite site, string table)
    {
        await using var scope = await site.OpenScopeAsync();
        var rows = await scope.Session.ReadAsync(new SqlText($"SELECT * FROM {table}"), row =>
        {
            var values = Enumerable.Range(0, row.FieldCount).Where(i => row.GetName(i) is not ("version" or "modified_at" or "modified_by")).Select(i => $"{row.GetName(i)}={row.GetValue(i)}").ToList();
            return (Id: values.Single(v => v.StartsWith("id=", StringComparison.Ordinal))[3..].ToLowerInvariant(), Text: string.Join('|', values));
        }, CancellationToken.None);
        return rows.ToDictionary(r => r.Id, r => r.Text);
    }
}
