using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Crm.Benchmarks;

/// <summary>One client alone, and then several at once without a pause, ask for the same kind of page; what counts is how long each waits.</summary>
internal sealed class Measuring(Site site, BenchmarkPlan plan, ResultTable table, Client admin, Client seller, Client program)
{
    private static readonly string[] Industries = ["software", "technology", "retail", "finance", "medical", "marketing", "entertainment", "services", "telecommunications", "manufacturing"];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var names = await File.ReadLinesAsync(Path.Combine(site.Files, "customers.csv"), cancellationToken).Skip(1).Where((_, i) => i % Math.Max(1, plan.Customers / 500) == 0)
            .Select(l => l.Split(',')[0].Trim('"')).Take(1000).ToListAsync(cancellationToken);
        var ids = await IdsAsync(names, cancellationToken);

        await GetAsync("list, first page", admin, _ => "/customers");
        await GetAsync("list, a page anywhere", admin, i => $"/customers?after={Cursor(names[i % names.Count])}");
        await GetAsync("list, three filters, sorted by an added field", admin, i => $"/customers?sort=-score&filter={Uri.EscapeDataString($"level eq '{"abcd"[i % 4]}' and industry eq '{Industries[i % 10]}' and employees gt {i % 10 * 1000}")}");
        await GetAsync("list, frequent conditions that are rare together", admin, i => $"/customers?filter={Uri.EscapeDataString($"employees lt {5001 + i % 1000} and employees ge {5000 + i % 1000}")}");
        await GetAsync("list, sorted by change", admin, _ => "/customers?sort=-modifiedAt");
        await GetAsync("list, sorted by a pick-list and a field", admin, i => $"/customers?sort={(i % 2 == 0 ? "" : "-")}industry,-score");
        await GetAsync("contacts by customer.industry", admin, i => $"/contacts?filter={Uri.EscapeDataString($"customer/industry eq '{Industries[i % 10]}'")}");
        await GetAsync("contacts by customer.name", admin, i => $"/contacts?filter={Uri.EscapeDataString($"customer/name eq '{names[i % names.Count].Replace("'", "''", StringComparison.Ordinal)}'")}");
        await GetAsync("list of one's team, first page", seller, _ => "/customers");
        await GetAsync("list of one's team, filtered", seller, i => $"/customers?sort=-score&filter={Uri.EscapeDataString($"level eq '{"abcd"[i % 4]}' and industry eq '{Industries[i % 10]}'")}");
        await GetAsync("quick search, common words", admin, i => $"/customers?q={Uri.EscapeDataString(((string[])["深圳", "group", "科技", "example"])[i % 4])}");
        await GetAsync("quick search, rare words", admin, i => $"/customers?q={Uri.EscapeDataString(Rare(names[i % names.Count], i))}");
        await GetAsync("look-up picker", admin, i => $"/lookup/customers?q={Uri.EscapeDataString(names[i % names.Count][..3])}");
        await GetAsync("record page", admin, i => $"/customers/{ids[i % ids.Count]}");
        await GetAsync("edit form", admin, i => $"/customers/{ids[i % ids.Count]}/edit");
        await GetAsync("API, 50 records", program, i => $"/api/customers?$top=50&$orderby=name&$filter={Uri.EscapeDataString($"level eq '{"abcd"[i % 4]}'")}");
        await WriteAsync(ids, cancellationToken);
        if (plan.Wants("fields"))
            await WideAsync(cancellationToken);
    }

    private async Task WriteAsync(List<string> ids, CancellationToken cancellationToken)
    {
        var token = await admin.TokenAsync("/customers/new", cancellationToken);
        var run = Guid.NewGuid().ToString("N")[..8];
        await MeasureAsync("create", i => TimeAsync(() => admin.PostAsync("/customers/new", token, new() { ["name"] = $"Measured {run} {i}", ["level"] = "A" }, cancellationToken)));
        if (!plan.Wants("update"))
            return;
        // The form says which version is changed, and each change makes the next one; only sending it is measured.
        var versions = new long[ids.Count];
        foreach (var (at, id) in ids.Index())
            versions[at] = long.Parse((await admin.ParseAsync($"/customers/{id}/edit", cancellationToken)).QuerySelector<IHtmlInputElement>("input[name=version]")!.Value, CultureInfo.InvariantCulture);
        await MeasureAsync("update", async i =>
        {
            var at = i % ids.Count;
            var version = versions[at]++.ToString(CultureInfo.InvariantCulture);
            return await TimeAsync(() => admin.PostAsync($"/customers/{ids[at]}/edit", token, new() { ["version"] = version, ["employees"] = (i + 1).ToString(CultureInfo.InvariantCulture), ["name"] = $"Updated {run} {i}" }, cancellationToken));
        });
    }

    private async Task WideAsync(CancellationToken cancellationToken)
    {
        var name = await Seeding.AddWideTypeAsync(admin, plan.Fields, cancellationToken);
        var ids = Ids(await admin.ParseAsync($"/{name}", cancellationToken));
        await GetAsync($"{plan.Fields} fields, list", admin, _ => $"/{name}");
        await GetAsync($"{plan.Fields} fields, form", admin, i => $"/{name}/{ids[i % ids.Count]}/edit");
        await GetAsync($"{plan.Fields} fields, record page", admin, i => $"/{name}/{ids[i % ids.Count]}");
    }

    private Task GetAsync(string measure, Client client, Func<int, string> url)
        => MeasureAsync(measure, i => TimeAsync(() => client.GetAsync(url(i), CancellationToken.None)));

    private static async Task<double> TimeAsync(Func<Task> request)
    {
        var watch = Stopwatch.StartNew();
        await request();
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <param name="request">Makes a request and returns how many milliseconds of it count.</param>
    private async Task MeasureAsync(string measure, Func<int, Task<double>> request)
    {
        if (!plan.Wants(measure))
            return;
        var made = 0;
        // What is asked for often is compiled for speed, as in a server that has been up for a while.
        var watch = Stopwatch.StartNew();
        await RequestAsync(plan.Clients, () => watch.Elapsed < plan.WarmUp, _ => { });
        var alone = new ConcurrentBag<double>();
        var last = made + plan.Alone;
        await RequestAsync(1, () => made < last, alone.Add);
        var times = new ConcurrentBag<double>();
        last = made + plan.Requests;
        watch.Restart();
        await RequestAsync(plan.Clients, () => made < last, times.Add);
        table.Add(site.Name, measure, [.. alone], [.. times], watch.Elapsed.TotalSeconds);

        Task RequestAsync(int clients, Func<bool> goOn, Action<double> took)
            => Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
            {
                while (goOn())
                    took(await request(Interlocked.Increment(ref made) - 1));
            })));
    }

    /// <summary>The place in the list just before a name, as the product writes it into addresses.</summary>
    private static string Cursor(string name)
        => System.Buffers.Text.Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new[] { name.ToLowerInvariant(), Guid.Empty.ToString() }));

    /// <summary>What few records have: a whole name, or a number at its end.</summary>
    private static string Rare(string name, int i) => (i % 3) switch
    {
        0 => name,
        1 => name.Split(' ')[^1],
        _ => $"info{i}@",
    };

    /// <summary>Records from all over the list.</summary>
    private async Task<List<string>> IdsAsync(List<string> names, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        for (var i = 0; i < 10; i++)
            ids.AddRange(Ids(await admin.ParseAsync($"/customers?after={Cursor(names[i * names.Count / 10])}", cancellationToken)));
        return [.. ids.Distinct()];
    }

    private static List<string> Ids(IHtmlDocument list)
        => [.. list.QuerySelectorAll<IHtmlAnchorElement>("a[data-row-link]").Select(a => a.GetAttribute("href")!.Split('/')[^1].Split('?')[0])];
}
