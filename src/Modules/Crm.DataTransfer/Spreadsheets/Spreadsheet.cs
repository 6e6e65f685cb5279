using System.Globalization;
using System.Text;
using Crm.DataTransfer.Csv;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using MiniExcelLibs;

namespace Crm.DataTransfer.Spreadsheets;

/// <summary>Excel workbooks (.xlsx), read and written by way of CSV, so that one set of rules holds for both.</summary>
internal static class Spreadsheet
{
    public const string ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>Characters of the first sheet; a small archive can unfold into far more.</summary>
    private const long MaxCharacters = 100L << 20;

    private const int MaxCell = 32_767;

    public static bool IsWorkbook(Stream stream)
    {
        Span<byte> start = stackalloc byte[4];
        stream.Position = 0;
        var isArchive = stream.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && start.SequenceEqual("PK\u0003\u0004"u8);
        stream.Position = 0;
        return isArchive;
    }

    /// <summary>Writes the first sheet as CSV. Rows keep their numbers.</summary>
    /// <returns>What is wrong with the workbook, or null.</returns>
    public static Message? ToCsv(Stream workbook, Stream csv)
    {
        var unreadable = new Message("The workbook cannot be read. Save it as .xlsx or CSV");
        using var writer = new StreamWriter(csv, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), 1 << 16, leaveOpen: true) { NewLine = "\r\n" };
        var written = 0L;
        var width = 0;
        try
        {
            foreach (IDictionary<string, object?> row in workbook.Query(useHeaderRow: false, excelType: ExcelType.XLSX))
            {
                var cells = row.Values.Select(Text).ToList();
                // The header says how wide the table is: blank cells behind it are formatting.
                if (width == 0)
                    width = cells.FindLastIndex(c => c.Length > 0) + 1;
                if (cells.FindLastIndex(c => c.Length > 0) >= width)
                    return new("The workbook has cells to the right of its header");
                var line = string.Join(',', cells.Take(width).Select(CsvCell.Quote));
                written += line.Length;
                if (written > MaxCharacters)
                    return new("The workbook is too large");
                writer.WriteLine(cells.TrueForAll(c => c.Length == 0) ? "" : line);
            }
            return width == 0 ? new("The first row must name the columns") : null;
        }
        catch (Exception e) when (e is InvalidDataException or System.Xml.XmlException or FormatException or KeyNotFoundException or ArgumentException or NullReferenceException or InvalidOperationException or IOException)
        {
            // What a damaged archive does to the reader differs; to the person it is all one.
            return unreadable;
        }
    }

    /// <summary>Rewrites a CSV file of ours as a workbook; columns named here hold numbers, which stay texts where a spreadsheet's 15 digits would not hold them.</summary>
    public static void FromCsv(Stream csv, Stream workbook, IReadOnlySet<string> numbers)
    {
        var file = CsvFile.Open(csv, _ => { })!;
        // The header is a row like any other, so that it is there without records, too.
        var header = file.Headers.ToDictionary(h => h, h => (object)h);
        workbook.SaveAs(file.Rows().Select(Short).Select(row => file.Headers.Select((name, i) => (name, Cell: row.Cells[i]))
            .ToDictionary(c => c.name, c => numbers.Contains(c.name) && decimal.TryParse(c.Cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && (decimal)(double)number == number ? number : (object)FormulaGuard.Remove(c.Cell)))
            .Prepend(header), printHeader: false, excelType: ExcelType.XLSX);
    }

    /// <summary>A spreadsheet calls a workbook with more in a cell damaged.</summary>
    private static CsvRow Short(CsvRow row)
        => row.Cells.All(c => c.Length <= MaxCell) ? row : throw new QueryException("Row {0} has a text of more than {1} characters, which no cell of a workbook holds. Export it as CSV", row.Number, MaxCell);

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => FormulaGuard.Add(text),
        double number => Math.Abs(number) < 1e15 ? ((decimal)number).ToString(CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture),
        DateTime { TimeOfDay.Ticks: 0 } date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
