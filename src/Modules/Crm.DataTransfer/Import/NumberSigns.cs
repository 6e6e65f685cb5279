using System.Globalization;
using Crm.DataTransfer.Csv;

namespace Crm.DataTransfer.Import;

/// <summary>
/// How a file writes decimals. With commas or tabs between its cells it is a point. Spreadsheets write semicolons where the
/// decimal sign is a comma, some programs everywhere: there the sign is a comma, unless some number can only be meant with a point and none only with a comma.
/// </summary>
internal sealed class NumberSigns(CsvFile file, CellValues cells, ImportMapping mapping)
{
    private static readonly CultureInfo Comma = WithComma();

    private readonly List<MappedColumn> _numbers = file.HasSemicolons ? [.. mapping.Columns.Where(c => c.Text == c.Field.Name && cells.IsNumber(c.Field))] : [];
    private bool _hasComma;
    private bool _hasPoint;

    public bool IsNeeded => _numbers.Count > 0;

    public bool HasDecimalComma => IsNeeded && (_hasComma || !_hasPoint);

    /// <summary>Differs from the invariant culture in the signs of numbers alone.</summary>
    public CultureInfo Culture => HasDecimalComma ? Comma : CultureInfo.InvariantCulture;

    /// <summary>Takes a row's numbers, before anything is imported.</summary>
    public void Note(CsvRow row)
    {
        foreach (var column in _numbers)
            if (column.Cell(row.Cells) is var text && text.AsSpan().ContainsAny(',', '.'))
                switch (Is(column, text, Comma), Is(column, text, CultureInfo.InvariantCulture))
                {
                    case (true, false):
                        _hasComma = true;
                        break;
                    case (false, true):
                        _hasPoint = true;
                        break;
                }
    }

    private bool Is(MappedColumn column, string text, CultureInfo culture) => cells.Parse(column.Field, text, culture).Error is null;

    private static CultureInfo WithComma()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (",", ".");
        return CultureInfo.ReadOnly(culture);
    }
}
