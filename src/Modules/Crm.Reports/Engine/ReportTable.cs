namespace Crm.Reports.Engine;

/// <summary>A report's result, in the reader's language.</summary>
public sealed record ReportTable(
    IReadOnlyList<string> KeyHeads,
    IReadOnlyList<ReportColumn> Columns,
    IReadOnlyList<ReportRow> Rows,
    ReportRow? Total,
    IReadOnlyList<string> Notes)
{
    public bool IsEmpty => Rows.Count == 0;
}

/// <param name="Currency">Of amounts.</param>
/// <param name="Figure">Which figure of the plan it shows; of those that a second key has made, the first one's.</param>
/// <param name="IsCount">Whether the numbers say how many records their lists have.</param>
public sealed record ReportColumn(string Label, FigureFormat Format, string? Currency, int Figure, bool IsCount);

/// <param name="IsRest">Not one group but all that are not shown.</param>
public sealed record ReportRow(IReadOnlyList<ReportKey> Keys, IReadOnlyList<ReportCell> Cells, bool IsRest = false);

/// <param name="Url">The record that the key is, when the reader may open it.</param>
public sealed record ReportKey(string Text, string? Url = null)
{
    /// <summary>A day or a period, which stays in one line.</summary>
    public bool IsTime { get; init; }
}

/// <param name="Value">Null for what cannot be told, such as the average of nothing.</param>
/// <param name="Url">The list of the records behind the number.</param>
public sealed record ReportCell(decimal? Value, string? Url);
