using System.Buffers;

namespace Crm.DataTransfer.Csv;

/// <summary>One cell of a CSV file (RFC 4180).</summary>
public static class CsvCell
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",;\t\"\r\n");

    /// <summary>In quotes where a reader would otherwise take it for several cells or cut its blanks.</summary>
    public static string Quote(string cell)
        => cell.AsSpan().ContainsAny(Special) || cell.AsSpan().Trim().Length < cell.Length
            ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : cell;
}
