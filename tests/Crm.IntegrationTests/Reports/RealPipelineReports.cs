using System.Globalization;
using Crm.IntegrationTests.Support;
using Sylvan.Data.Csv;

namespace Crm.IntegrationTests.Reports;

/// <summary>What the reports say of the real pipeline.</summary>
internal static class RealPipelineReports
{
    public static async Task CheckAsync(TestSite site)
    {
        using var manager = await site.SignInAsNewAsync("analyst", "Manager");
        var stages = (await ReadAsync(manager, "funnel")).ToDictionary(r => r[0], r => (Count: Number(r[1]), Amount: Number(r[2])));
        Assert.Equal((4238, 10_005_534), stages["Won"]);
        Assert.Equal((2473, 0), stages["Lost"]);
        Assert.Equal(1589, stages["Engaging"].Count);
        Assert.Equal(500, stages["Prospecting"].Count);
        Assert.Equal(8800, stages["Total"].Count);

        var people = await ReadAsync(manager, "ranking");
        Assert.Equal(("Darcel Schlecht", 1_153_214m), (people[0][0], Number(people[0][1])));
        Assert.Equal((10_005_534m, 4238m, 2473m), (Number(people[^1][1]), Number(people[^1][2]), Number(people[^1][4])));

        var months = await ReadAsync(manager, "sales-by-month");
        Assert.Equal(("Mar 2017", "Dec 2017"), (months[0][0], months[^2][0]));
        Assert.Equal((10_005_534m, 4238m), (Number(months[^1][1]), Number(months[^1][2])));

        // The numbers on the page lead to as many records.
        var page = await manager.PageAsync("/reports/ranking?range=always");
        var deals = page.QuerySelector(".report-table tbody td[data-count=true] a")!;
        var list = await manager.PageAsync(deals.GetAttribute("href")!);
        Assert.Equal(Digits(deals.TextContent), Digits(list.QuerySelector(".total")!.TextContent));
    }

    private static async Task<List<string[]>> ReadAsync(TestBrowser browser, string report)
    {
        await using var reader = await CsvDataReader.CreateAsync(new StreamReader(await browser.Client.GetStreamAsync($"/reports/{report}/export?range=always&format=csv")));
        var rows = new List<string[]>();
        while (await reader.ReadAsync())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        return rows;
    }

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Digits(string text) => new([.. text.Where(char.IsAsciiDigit)]);
}
