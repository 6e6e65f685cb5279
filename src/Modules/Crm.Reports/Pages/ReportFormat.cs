using System.Globalization;
using Crm.Platform.Display;
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
        FigureFormat.Duration => Durations.InWords((long)Math.Round(value, MidpointRounding.AwayFromZero), localizer),
        _ => Whole(value, 2),
    };

    /// <summary>Without decimals where there are none.</summary>
    private static string Whole(decimal value, int decimals)
        => value.ToString(decimal.Round(value, decimals) == decimal.Truncate(value) ? "N0" : $"N{decimals}", CultureInfo.CurrentCulture);
}
