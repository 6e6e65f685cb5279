using System.Globalization;
using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Reports.Engine;
using Microsoft.Extensions.DependencyInjection;
using MiniExcelLibs;
using Sylvan.Data.Csv;

namespace Crm.IntegrationTests.Reports;

/// <summary>Reports as people open them: pages, links, files, saved ones.</summary>
public sealed class ReportPageTests
{
    [Theory]
    [InlineData("en", DatabaseProvider.Sqlite)]
    [InlineData("zh-CN", DatabaseProvider.Postgres)]
    public async Task Reports_All_EveryNumberLeadsToItsRecords(string culture, DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider, recipe: "Demo", culture: culture);
        var seed = Random.Shared.Next();
        await using (var scope = await site.OpenScopeAsync())
        {
            var random = new Random(seed);
            foreach (var report in scope.Services.GetServices<IReportType>().Where(scope.Inputs().IsOffered))
            {
                // As it opens, over all time, and by a few of the other fields that it can be grouped by.
                var (_, form) = scope.Inputs().Read(report, new());
                foreach (var parameters in new[] { new ReportParameters(), new() { Range = "always" } }
                    .Concat(form.Groups.OrderBy(_ => random.Next()).Take(5).Select(g => new ReportParameters { Range = "always", By = g.Value })))
                {
                    var (plan, table, _) = await scope.RunAsync(report, parameters);
                    await scope.CheckLinksAsync(plan, table, $"seed {seed}: {report.Name}?{parameters}");
                }
            }
        }
        using var browser = await site.SignInAsNewAsync("manager", "Manager");
        var overview = await browser.PageAsync("/reports");
        var addresses = overview.QuerySelectorAll<IHtmlAnchorElement>("main .report-link").Select(a => a.GetAttribute("href")!).ToList();
        Assert.True(addresses.Count >= 3);
        foreach (var address in addresses.Where(a => !a.Contains("/saved/", StringComparison.Ordinal)))
            await CheckPageAsync(browser, address, culture);
    }

    /// <summary>What the page says is what its lists and its files say.</summary>
    private static async Task CheckPageAsync(TestBrowser browser, string address, string culture)
    {
        var page = await browser.PageAsync($"{address}?range=always");
        if (page.QuerySelector(".report-table") is not { } table)
            return;
        var heads = table.QuerySelectorAll("thead th").Select(h => h.TextContent.Trim()).ToList();
        var rows = table.QuerySelectorAll("tbody tr, tfoot tr").Select(r => r.QuerySelectorAll("td.num").ToList()).ToList();
        var count = heads.Count - rows[0].Count;
        foreach (var cells in new[] { rows[0], rows[^1] })
            for (var i = 0; i < cells.Count; i++)
            {
                var link = cells[i].QuerySelector("a")?.GetAttribute("href");
                if (cells[i].GetAttribute("data-value") is not { Length: > 0 } value)
                    continue;
                Assert.True(link is not null, $"{address}: {heads[count + i]} leads nowhere");
                var list = await browser.PageAsync(link!);
                if (cells[i].GetAttribute("data-count") == "true")
                    Assert.Equal(value, (list.QuerySelector(".total") is { } total ? new string([.. total.TextContent.Where(char.IsAsciiDigit)]) : "0"));
            }

        var csv = await ReadCsvAsync(browser, $"{address}/export?range=always&format=csv");
        Assert.Equal(rows.Count, csv.Count);
        using var file = new MemoryStream(await browser.Client.GetByteArrayAsync($"{address}/export?range=always&format=xlsx"));
        var sheet = MiniExcel.Query(file, useHeaderRow: false).Cast<IDictionary<string, object?>>().Skip(1).Select(r => r.Values.ToList()).ToList();
        Assert.Equal(rows.Count, sheet.Count);
        for (var row = 0; row < rows.Count; row++)
            for (var i = 0; i < rows[row].Count; i++)
            {
                var shown = Number(rows[row][i].GetAttribute("data-value"));
                if (rows[row][i].GetAttribute("data-format") == "percent")
                    shown *= 100;
                Assert.True(Near(shown, Number(csv[row][count + i])), $"{address}: {csv[row][count + i]} in CSV for {shown}");
                Assert.True(Near(shown, Number(Convert.ToString(sheet[row][count + i], CultureInfo.InvariantCulture))), $"{address}: {sheet[row][count + i]} in Excel for {shown}");
            }
    }

    [Fact]
    public async Task Report_Saved_OpensAsItWas_AndOnlySharedOnesAreForOthers()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo");
        using var manager = await site.SignInAsNewAsync("manager", "Manager");
        using var sales = await site.SignInAsNewAsync("seller", "Sales");
        const string address = "/reports/customers?range=this-year&by=source&filter=level%20eq%20'a'";

        var kept = await SaveAsync(manager, address, "A customers by source", shared: false);
        Assert.Contains("by=source", kept, StringComparison.Ordinal);
        Assert.Equal("A customers by source", (await manager.PageAsync(kept)).QuerySelector("h1")!.TextContent);
        var id = System.Text.RegularExpressions.Regex.Match(kept, "saved=([0-9a-f-]{36})").Groups[1].Value;
        Assert.NotNull((await manager.PageAsync($"/savedReports/{id}")).QuerySelector($"main a[href='/reports/saved/{id}']"));
        Assert.Equal("Customer breakdown", (await manager.PageAsync("/savedReports")).QuerySelector("td[data-col=report]")!.TextContent.Trim());
        Assert.Contains("A customers by source", (await manager.PageAsync("/reports")).Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("A customers by source", (await sales.PageAsync("/reports")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await sales.GetAsync($"/reports/saved/{id}")).StatusCode);

        await SaveAsync(manager, address, "Shared customers", shared: true);
        var link = (await sales.PageAsync("/reports")).QuerySelectorAll<IHtmlAnchorElement>(".report-link").Single(a => a.TextContent.Contains("Shared customers", StringComparison.Ordinal)).GetAttribute("href")!;
        using var opened = await sales.GetAsync(link);
        Assert.Contains("filter=level", opened.Headers.Location!.OriginalString, StringComparison.Ordinal);
        // Somebody else's is not mine to change.
        var shared = link[(link.LastIndexOf('/') + 1)..];
        var page = await sales.PageAsync("/reports/customers");
        using var forged = await sales.SubmitAsync(page.QuerySelector<IHtmlFormElement>("#report-save form")!, new() { ["id"] = shared, ["title"] = "Mine now" });
        Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
    }

    [Fact]
    public async Task Report_WithWrongParameters_SaysWhatIsWrongBesideEach()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo");
        using var browser = await site.SignInAsNewAsync("manager", "Manager");
        foreach (var (query, field) in new[]
        {
            ("filter=level%20eq", "filter"), ("filter=nothing%20eq%201", "filter"), ("by=nothing", "by"), ("range=sometime", "range"),
            ("range=custom&from=yesterday", "from"), ("range=custom&from=2026-02-01&to=2026-01-01", "to"), ("person=somebody", "person"), ("team=1", "team"),
        })
        {
            using var response = await browser.GetAsync($"/reports/customers?{query}");
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.NotNull((await TestBrowser.ParseAsync(await response.Content.ReadAsStringAsync())).GetElementById($"report-{field}-error"));
        }
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/reports/nothing")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.GetAsync("/reports/customers/export?filter=level%20eq")).StatusCode);
    }

    [Fact]
    public async Task Export_OfNamesThatLookLikeFormulas_IsGuardedWhereItMatters()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        await using (var scope = await site.OpenScopeAsync())
            await scope.CreateAsync("customers", ("name", "Someone"), ("source", "=1+1"));
        using var browser = await site.SignInAsync();
        var csv = await ReadCsvAsync(browser, "/reports/customers/export?by=source&format=csv");
        Assert.Equal("'=1+1", csv[0][0]);
        using var file = new MemoryStream(await browser.Client.GetByteArrayAsync("/reports/customers/export?by=source&format=xlsx"));
        // A workbook knows texts from formulas.
        Assert.Equal("=1+1", MiniExcel.Query(file, useHeaderRow: true).Cast<IDictionary<string, object?>>().First().Values.First());
    }

    [Fact]
    public async Task Report_ByAFieldMadeInTheBrowser_GroupsByIt()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        await using (var scope = await site.OpenScopeAsync())
        {
            var settings = new System.Text.Json.Nodes.JsonObject { ["kind"] = "text", ["label"] = "Region" };
            Assert.Null(await scope.Definitions.SaveFieldAsync("customers", "region", settings, CancellationToken.None));
        }
        await using (var scope = await site.OpenScopeAsync())
            foreach (var region in new[] { "East", "east", "West" })
                await scope.CreateAsync("customers", ("name", $"In {region}"), ("region", region));
        using var browser = await site.SignInAsync();
        var page = await browser.PageAsync("/reports/customers?by=region");
        var rows = page.QuerySelectorAll(".report-table tbody tr").ToDictionary(r => r.QuerySelector("th")!.TextContent.ToLowerInvariant(), r => r.QuerySelector("td.num a")!);
        Assert.Equal("2", rows["east"].TextContent);
        Assert.Equal("2", new string([.. (await browser.PageAsync(rows["east"].GetAttribute("href")!)).QuerySelector(".total")!.TextContent.Where(char.IsAsciiDigit)]));
    }

    private static async Task<string> SaveAsync(TestBrowser browser, string address, string title, bool shared)
    {
        var page = await browser.PageAsync(address);
        var values = new Dictionary<string, string> { ["title"] = title };
        if (shared)
            values["shared"] = "true";
        using var response = await browser.SubmitAsync(page.QuerySelector<IHtmlFormElement>("#report-save form")!, values);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return response.Headers.Location!.OriginalString;
    }

    private static async Task<List<string[]>> ReadCsvAsync(TestBrowser browser, string url)
    {
        await using var reader = await CsvDataReader.CreateAsync(new StreamReader(await browser.Client.GetStreamAsync(url)));
        var rows = new List<string[]>();
        while (await reader.ReadAsync())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        return rows;
    }

    private static decimal? Number(string? text) => string.IsNullOrEmpty(text) ? null : decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool Near(decimal? one, decimal? other) => one is null ? other is null : other is not null && Math.Abs(one.Value - other.Value) < 0.02m;
}
