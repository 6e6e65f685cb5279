using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Reports.Engine;

namespace Crm.Reports.Types;

/// <summary>Counts, sums and averages over any content type, those made in the browser included.</summary>
internal sealed class AnyRecords : IReportType
{
    public const string ReportName = "records";

    public string Name => ReportName;

    public LocalizedText Label => "Custom report";

    public LocalizedText Description => "Counts, sums and averages of any records, grouped by any of their fields and by time";

    public ReportGroup Group => ReportGroup.Any;

    public string Icon => "table";

    public string? Type => null;

    public string DefaultGroup => "createdAt:month";

    public ReportPlan Plan(ReportInput input)
    {
        var all = input.Slice(input.Date) with { Keys = input.Then is null ? input.By : [.. input.By, input.Then] };
        var count = Figure.Count("Records", all);
        var chosen = input.Measured is not { } field ? count
            : new Figure(field.Label, all, input.Measure, field.Kind == "money" ? FigureFormat.Money : FigureFormat.Number, field.Name);
        return new()
        {
            Figures = chosen == count || input.Then is not null ? [chosen] : [chosen, count],
            Across = input.Then is not null,
            Chart = input.Then is not null ? new(input.Measure == FigureKind.Average ? ChartKind.Line : ChartKind.Stacked, 0) : new(ChartKind.Bar, 0),
        };
    }
}
