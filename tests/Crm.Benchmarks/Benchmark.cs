using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.Platform.Data;
using Crm.Platform.Hosting;
using Npgsql;

namespace Crm.Benchmarks;

/// <summary>One site on one database: seeded by an import, then used over HTTP by several clients at once.</summary>
internal sealed class Benchmark(string database, HttpClient client, BenchmarkPlan plan, ResultTable table)
{
    private const string Password = "Correct-Horse-7";

    public static async Task RunAsync(DatabaseProvider provider, string? server, BenchmarkPlan plan, ResultTable table, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("crm-bench-").FullName;
        var connection = provider == DatabaseProvider.Sqlite ? $"Data Source={Path.Combine(directory, "crm.db")}" : await CreateDatabaseAsync(server!, cancellationToken);
        var settings = new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Crm:DataDirectory"] = directory,
            ["Crm:Database:Provider"] = provider.ToString(),
            ["Crm:Database:ConnectionString"] = connection,
            ["Crm:Setup:AdminUserName"] = "admin",
            ["Crm:Setup:AdminEmail"] = "admin@example.com",
            ["Crm:Setup:AdminPassword"] = Password,
        };
        try
        {
            var file = Path.Combine(directory, "customers.csv");
            await new CustomerNames().WriteAsync(file, plan.Customers);
            await using (var importing = CrmHost.Create([], typeof(Program).Assembly, quiet: true, settings))
            {
                var watch = Stopwatch.StartNew();
                await using var output = new StringWriter();
                var code = await importing.RunCommandAsync(["import", "customers", file], output, Console.Error, cancellationToken);
                if (code != 0)
                    throw new InvalidOperationException($"The import failed: {output}");
                table.Add(provider.ToString(), $"import of {plan.Customers:N0}", $"{plan.Customers / watch.Elapsed.TotalSeconds:N0} rows");
            }
            var started = Stopwatch.StartNew();
            await using var host = CrmHost.Create([], typeof(Program).Assembly, quiet: true, settings);
            await host.StartAsync(cancellationToken);
            using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = host.Address };
            client.DefaultRequestHeaders.Add("Accept", "text/html");
            var benchmark = new Benchmark(provider.ToString(), client, plan, table);
            await benchmark.SignInAsync(cancellationToken);
            await client.GetStringAsync("/customers", cancellationToken);
            table.Add(provider.ToString(), "start to first list", $"{started.Elapsed.TotalSeconds:0.0} s");
            await benchmark.MeasureAsync(cancellationToken);
            using var process = Process.GetCurrentProcess();
            process.Refresh();
            table.Add(provider.ToString(), "resident memory", $"{process.WorkingSet64 / 1024 / 1024:N0} MB");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        var ids = await IdsAsync(cancellationToken);
        await GetAsync("list, first page", _ => "/customers", cancellationToken);
        await GetAsync("list, sorted by change", _ => "/customers?sort=-modifiedAt", cancellationToken);
        await GetAsync("list, filtered and sorted", i => "/customers?sort=-modifiedAt&filter=" + Uri.EscapeDataString($"level eq 'A' and employees gt {i % 10 * 1000}"), cancellationToken);
        await GetAsync("quick search", i => $"/customers?q={(i % 2 == 0 ? "%E6%B7%B1%E5%9C%B3" : "group")}", cancellationToken);
        await GetAsync("record page", i => $"/customers/{ids[i % ids.Count]}", cancellationToken);
        await GetAsync("edit form", i => $"/customers/{ids[i % ids.Count]}/edit", cancellationToken);
        var token = await TokenAsync("/customers/new", cancellationToken);
        await MeasureAsync("create", i => TimeAsync(() => PostAsync("/customers/new", token, new() { ["name"] = $"Measured {i}", ["level"] = "A" }, cancellationToken)));
        await MeasureAsync("update", async i =>
        {
            // The form says which version is changed; only sending it is measured.
            var url = $"/customers/{ids[i % ids.Count]}/edit";
            var form = await ParseAsync(url, cancellationToken);
            var version = form.QuerySelector<IHtmlInputElement>("input[name=version]")!.Value;
            return await TimeAsync(() => PostAsync(url, token, new() { ["version"] = version, ["employees"] = (i + 1).ToString(CultureInfo.InvariantCulture), ["name"] = $"Updated {i}" }, cancellationToken));
        });
    }

    private Task GetAsync(string measure, Func<int, string> url, CancellationToken cancellationToken)
        => MeasureAsync(measure, i => TimeAsync(async () =>
        {
            using var response = await client.GetAsync(url(i), cancellationToken);
            await response.Content.ReadAsByteArrayAsync(cancellationToken);
            response.EnsureSuccessStatusCode();
        }));

    private static async Task<double> TimeAsync(Func<Task> request)
    {
        var watch = Stopwatch.StartNew();
        await request();
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <param name="request">Makes a request and returns how many milliseconds of it count.</param>
    private async Task MeasureAsync(string measure, Func<int, Task<double>> request)
    {
        for (var i = 0; i < 10; i++)
            await request(i);
        var times = new ConcurrentBag<double>();
        var next = 10;
        var all = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, plan.Clients).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < plan.Requests + 10; i = Interlocked.Increment(ref next))
                times.Add(await request(i));
        })));
        table.Add(database, measure, [.. times], all.Elapsed.TotalSeconds);
    }

    private async Task PostAsync(string url, string token, Dictionary<string, string> values, CancellationToken cancellationToken)
    {
        values["__RequestVerificationToken"] = token;
        using var response = await client.PostAsync(url, new FormUrlEncodedContent(values), cancellationToken);
        if (response.StatusCode != HttpStatusCode.Redirect)
            throw new InvalidOperationException($"POST {url} answered {(int)response.StatusCode}.");
    }

    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        var token = await TokenAsync("/login", cancellationToken);
        await PostAsync("/login", token, new() { ["userName"] = "admin", ["password"] = Password }, cancellationToken);
    }

    private async Task<string> TokenAsync(string url, CancellationToken cancellationToken)
    {
        var document = await ParseAsync(url, cancellationToken);
        return document.QuerySelector<IHtmlInputElement>("input[name=__RequestVerificationToken]")!.Value;
    }

    /// <summary>Records of several pages, so that the record page is not always the same one.</summary>
    private async Task<List<string>> IdsAsync(CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        for (string? url = "/customers?sort=-createdAt"; url is not null && ids.Count < 500;)
        {
            var document = await ParseAsync(url, cancellationToken);
            ids.AddRange(document.QuerySelectorAll<IHtmlAnchorElement>("a[data-row-link]").Select(a => a.GetAttribute("href")!.Split('/')[^1]));
            url = document.QuerySelectorAll<IHtmlAnchorElement>(".pager-links a").LastOrDefault(a => a.GetAttribute("href")?.Contains("after=", StringComparison.Ordinal) == true && a.GetAttribute("href")?.Contains("back=", StringComparison.Ordinal) == false)?.GetAttribute("href");
        }
        return ids.Select(i => i.Split('?')[0]).Distinct().ToList();
    }

    private async Task<IHtmlDocument> ParseAsync(string url, CancellationToken cancellationToken)
    {
        var html = await client.GetStringAsync(url, cancellationToken);
        return (IHtmlDocument)await BrowsingContext.New(AngleSharp.Configuration.Default).OpenAsync(r => r.Content(html), cancellationToken);
    }

    private static async Task<string> CreateDatabaseAsync(string server, CancellationToken cancellationToken)
    {
        var name = $"crm_bench_{Guid.NewGuid():N}";
        await using var source = NpgsqlDataSource.Create(server);
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }
}
