using System.Globalization;
using System.Text;
using Crm.DataTransfer.Csv;
using Crm.Reports.Engine;
using Microsoft.Extensions.Localization;
using MiniExcelLibs;

namespace Crm.Reports.Export;

/// <summary>The table of a report as a file: numbers as numbers, and in CSV, which knows no kinds of cells, texts guarded against being taken for formulas.</summary>
internal static class ReportFile
{
    private const int Decimals = 4;

    public static byte[] Csv(ReportTable table, IStringLocalizer localizer)
    {
        var text = new StringBuilder();
        void Line(IEnumerable<string> cells) => text.AppendJoin(',', cells.Select(CsvCell.Quote)).Append("\r\n");
        Line(Heads(table, localizer).Select(FormulaGuard.Add));
        foreach (var row in Rows(table))
            Line(Cells(table, row).Select(c => c is decimal number ? number.ToString("0.####", CultureInfo.InvariantCulture) : FormulaGuard.Add(c as string ?? "")));
        // The mark tells spreadsheets that it is UTF-8.
        return [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text.ToString())];
    }

    public static byte[] Xlsx(ReportTable table, IStringLocalizer localizer)
    {
        var heads = Heads(table, localizer).ToList();
        var rows = Rows(table).Select(row => Cells(table, row).Select((cell, at) => (cell, at)).ToDictionary(c => heads[c.at], c => c.cell)).ToList();
        using var stream = new MemoryStream();
        if (rows.Count == 0)
            stream.SaveAs(new[] { heads.ToDictionary(h => h, _ => (object?)null) });
        else
            stream.SaveAs(rows);
        return stream.ToArray();
    }

    /// <summary>With the unit of the numbers; no two alike.</summary>
    private static IEnumerable<string> Heads(ReportTable table, IStringLocalizer localizer)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        var heads = table.KeyHeads.Concat(table.Columns.Select(column => column.Format switch
        {
            FigureFormat.Money when !column.Label.EndsWith($"({column.Currency})", StringComparison.Ordinal) => $"{column.Label} ({column.Currency})",
            FigureFormat.Percent => $"{column.Label} (%)",
            FigureFormat.Duration => $"{column.Label} ({localizer["minutes"]})",
            _ => column.Label,
        }));
        foreach (var head in heads)
        {
            var name = head;
            for (var i = 2; !used.Add(name); i++)
                name = $"{head} {i.ToString(CultureInfo.InvariantCulture)}";
            yield return name;
        }
    }

    private static IEnumerable<ReportRow> Rows(ReportTable table) => table.Total is null ? table.Rows : table.Rows.Append(table.Total);

    private static IEnumerable<object?> Cells(ReportTable table, ReportRow row)
    {
        for (var i = 0; i < table.KeyHeads.Count; i++)
            yield return i < row.Keys.Count ? row.Keys[i].Text : "";
        for (var i = 0; i < table.Columns.Count; i++)
            yield return row.Cells[i].Value is { } value ? decimal.Round(table.Columns[i].Format == FigureFormat.Percent ? value * 100 : value, Decimals) : null;
    }
}
