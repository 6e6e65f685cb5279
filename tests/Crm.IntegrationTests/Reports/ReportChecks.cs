using System.Globalization;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Reports.Engine;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Reports;

/// <summary>Follows the link of every number of a report and counts again, record by record.</summary>
internal static class ReportChecks
{
    public static ReportRunner Runner(this TestScope scope) => scope.Services.GetRequiredService<ReportRunner>();

    public static ReportInputs Inputs(this TestScope scope) => scope.Services.GetRequiredService<ReportInputs>();

    public static async Task<(ReportPlan Plan, ReportTable Table, ReportForm Form)> RunAsync(this TestScope scope, IReportType report, ReportParameters parameters)
    {
        var (input, form) = scope.Inputs().Read(report, parameters);
        Assert.True(form.Errors.Count == 0, $"{report.Name} {parameters}: {string.Join("; ", form.Errors.Values)}");
        var plan = report.Plan(input);
        return (plan, await scope.Runner().RunAsync(plan, input, CancellationToken.None), form);
    }

    /// <returns>How many numbers were checked.</returns>
    public static async Task<int> CheckLinksAsync(this TestScope scope, ReportPlan plan, ReportTable table, string where)
    {
        var checkedNumbers = 0;
        foreach (var row in table.Total is null ? table.Rows : table.Rows.Append(table.Total))
            for (var i = 0; i < row.Cells.Count; i++)
            {
                var (column, cell) = (table.Columns[i], row.Cells[i]);
                var because = $"{where}: {string.Join('/', row.Keys.Select(k => k.Text))}, {column.Label} = {cell.Value}, {cell.Url}";
                Assert.True(cell.Url is not null, because);
                var figure = plan.Figures[column.Figure] as Figure;
                var (type, records) = await scope.RecordsAsync(cell.Url!, [.. new[] { figure?.Path, figure?.Weight }.OfType<string>()]);
                if (figure is null)
                    continue;
                Assert.Equal(figure.From.Type, type.Name);
                var expected = Naive(figure, records, column.Currency);
                Assert.True(Near(expected, cell.Value), $"{because}; its records say {expected}");
                checkedNumbers++;
            }
        return checkedNumbers;
    }

    /// <summary>The records of a list's address, with no more of them than is looked at: PostgreSQL takes its time to plan a query of all fields and what they link to.</summary>
    public static async Task<(ContentTypeDefinition Type, List<ContentItem> Records)> RecordsAsync(this TestScope scope, string url, IReadOnlyList<string> columns)
    {
        var address = new Uri(new Uri("http://site"), url);
        var type = scope.Definitions.Current.Get(address.AbsolutePath.Trim('/'));
        var filter = QueryHelpers.ParseQuery(address.Query).TryGetValue("filter", out var text) ? FilterParser.Parse(text.ToString(), type, scope.Definitions.Current) : null;
        var records = new List<ContentItem>();
        await foreach (var item in scope.Queries.StreamAsync(new Query(type.Name) { Where = filter, Columns = columns, Sort = [SystemFields.Id] }, CancellationToken.None))
            records.Add(item);
        return (type, records);
    }

    public static decimal? Naive(Figure figure, IReadOnlyList<ContentItem> records, string? currency)
    {
        if (figure.Kind == FigureKind.Count)
            return records.Count;
        var values = records.Select(r => (Value: Number(r[figure.Path!], currency), Weight: figure.Weight is null ? 100 : Number(r[figure.Weight], null) ?? 0)).Where(v => v.Value is not null).ToList();
        if (figure.Kind is FigureKind.Average or FigureKind.Median && values.Count == 0)
            return null;
        var sorted = values.Select(v => v.Value!.Value).Order().ToList();
        return figure.Kind switch
        {
            FigureKind.Average => sorted.Sum() / sorted.Count,
            FigureKind.Median => (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2,
            _ => values.Sum(v => v.Value!.Value * v.Weight / 100),
        };
    }

    public static bool Near(decimal? one, decimal? other) => one is null ? other is null : other is not null && Math.Abs(one.Value - other.Value) < 0.0001m;

    private static decimal? Number(object? value, string? currency) => value switch
    {
        null => null,
        Money money => currency is null || money.Currency == currency ? money.Amount : null,
        _ => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
    };
}
