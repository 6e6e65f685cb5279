using System.Globalization;
using Crm.Platform.Fields;
using Crm.Reports.Engine;
using Microsoft.Extensions.Localization;

namespace Crm.Reports.Pages;

/// <summary>Numbers of reports as people read them.</summary>
public sealed class ReportFormat(IStringLocalizer localizer)
{
    public string Text(ReportColumn column, decimal value) => column.Format switch
    {
        FigureFormat.Money => $"{(value < 0 ? "-" : "")}{Currencies.Symbol(column.Currency!)}{Whole(Math.Abs(value), 2)}",
        FigureFormat.Percent => value.ToString("P1", CultureInfo.CurrentCulture),
        FigureFormat.Duration => Duration(value),
        _ => Whole(value, 2),
    };

    /// <summary>Without decimals where there are none.</summary>
    private static string Whole(decimal value, int decimals)
        => value.ToString(decimal.Round(value, decimals) == decimal.Truncate(value) ? "N0" : $"N{decimals}", CultureInfo.CurrentCulture);

    private string Duration(decimal minutes)
    {
        var all = (long)Math.Round(minutes, MidpointRounding.AwayFromZero);
        return all switch
        {
            < 60 => localizer["{0} min", all],
            < 24 * 60 => localizer["{0} h {1} min", all / 60, all % 60],
            _ => localizer["{0} d {1} h", all / 1440, all % 1440 / 60],
        };
    }
}
