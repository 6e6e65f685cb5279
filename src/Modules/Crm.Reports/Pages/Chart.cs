using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Reports.Engine;

namespace Crm.Reports.Pages;

/// <summary>What the page's script draws: the same numbers as the table, with the same links.</summary>
internal static class Chart
{
    /// <summary>Slices of a pie that can be told apart; the others become one.</summary>
    private const int Slices = 9;

    private const int Bars = 60;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <param name="others">What so many groups in one slice are called: by their number, as a group may have the name “Other”.</param>
    public static string? Of(ReportPlan plan, ReportTable table, ReportFormat format, Func<int, string> others)
    {
        var columns = plan.Across
            ? Enumerable.Range(0, table.Columns.Count - 1).ToList()
            : plan.Chart.Figures.Select(figure => table.Columns.ToList().FindIndex(c => c.Figure == figure)).Where(at => at >= 0).ToList();
        var rows = plan.Chart.Kind == ChartKind.Pie
            ? Ring([.. table.Rows.Where(r => r.Cells[columns[0]].Value > 0).OrderBy(r => r.IsRest).ThenByDescending(r => r.Cells[columns[0]].Value)], columns[0], others)
            : table.Rows.Take(Bars).ToList();
        if (rows.All(r => columns.All(c => r.Cells[c].Value is null or 0)))
            return null;
        return JsonSerializer.Serialize(new
        {
            kind = plan.Chart.Kind.ToString().ToLowerInvariant(),
            culture = CultureInfo.CurrentUICulture.Name,
            labels = rows.Select(r => string.Join(" · ", r.Keys.Select(k => k.Text))),
            series = columns.Select(at => new
            {
                name = table.Columns[at].Label,
                format = table.Columns[at].Format.ToString().ToLowerInvariant(),
                currency = table.Columns[at].Currency,
                values = rows.Select(r => r.Cells[at].Value),
                texts = rows.Select(r => r.Cells[at].Value is { } value ? format.Text(table.Columns[at], value) : ""),
                urls = rows.Select(r => r.Cells[at].Url),
            }),
        }, Json);
    }

    /// <summary>The largest, and all others as one slice, which no list can show.</summary>
    private static List<ReportRow> Ring(List<ReportRow> rows, int column, Func<int, string> others)
    {
        if (rows.Count <= Slices)
            return rows;
        var rest = rows.Skip(Slices - 1).Sum(r => r.Cells[column].Value ?? 0);
        return [.. rows.Take(Slices - 1), new ReportRow([new(others(rows.Count - (Slices - 1)))], [.. rows[0].Cells.Select((_, at) => new ReportCell(at == column ? rest : null, null))], IsRest: true)];
    }
}
