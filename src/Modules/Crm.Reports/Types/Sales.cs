using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Reports.Engine;

namespace Crm.Reports.Types;

/// <summary>What several sales reports count.</summary>
internal static class Sales
{
    public const string Opportunities = "opportunities";
    public const string Deals = "deals";
    public const string DealDate = "dealDate";
    public const string CloseDate = "closeDate";

    public static Filter IsWon { get; } = Filter.Eq("stage", "won");

    public static Filter IsLost { get; } = Filter.Eq("stage", "lost");

    public static Filter IsOpen { get; } = Filter.And(new CompareFilter("stage", FilterOperator.NotEqual, "won"), new CompareFilter("stage", FilterOperator.NotEqual, "lost"));
}

internal sealed class SalesByMonth : IReportType
{
    public string Name => "sales-by-month";

    public LocalizedText Label => "Sales by month";

    public LocalizedText Description => "How many deals were made, and what they are worth";

    public ReportGroup Group => ReportGroup.Sales;

    public int Order => 10;

    public string Icon => "chart-bar";

    public string Type => Sales.Deals;

    public string DefaultRange => TimeRange.Last12Months;

    public string DefaultGroup => "dealDate:month";

    public ReportPlan Plan(ReportInput input)
    {
        var deals = input.Slice(Sales.DealDate);
        return new()
        {
            Figures = [Figure.Money("Amount won", deals, "amount"), Figure.Count("Deals", deals), Figure.Money("Average deal", deals, "amount", FigureKind.Average)],
            Chart = new(ChartKind.Bar, 0),
        };
    }
}

internal sealed class Funnel : IReportType
{
    public string Name => "funnel";

    public LocalizedText Label => "Funnel by stage";

    public LocalizedText Description => "How many opportunities are in each stage, and what they may bring";

    public ReportGroup Group => ReportGroup.Sales;

    public int Order => 20;

    public string Icon => "filter";

    public string Type => Sales.Opportunities;

    public string DefaultGroup => "stage";

    public ReportPlan Plan(ReportInput input)
    {
        var all = input.Slice(SystemFields.CreatedAt);
        return new()
        {
            Figures = [Figure.Count("Opportunities", all), Figure.Money("Amount", all, "amount"), Figure.Weighted("Weighted amount", all, "amount", "probability")],
            Chart = new(ChartKind.Funnel, 0),
        };
    }
}

internal sealed class Ranking : IReportType
{
    public string Name => "ranking";

    public LocalizedText Label => "Ranking of people";

    public LocalizedText Description => "Who has won most, and how often";

    public ReportGroup Group => ReportGroup.Sales;

    public int Order => 30;

    public string Icon => "trophy";

    public string Type => Sales.Deals;

    public string DefaultRange => TimeRange.ThisYear;

    public string DefaultGroup => SystemFields.Owner;

    public IReadOnlyList<(string, LocalizedText)> Groups => [(SystemFields.Owner, "Owner"), (SystemFields.Team, "Team")];

    /// <summary>A condition on deals would say nothing about lost opportunities.</summary>
    public bool TakesFilter => false;

    public ReportPlan Plan(ReportInput input)
    {
        var deals = input.Slice(Sales.DealDate);
        List<ReportFigure> figures = [Figure.Money("Amount won", deals, "amount"), Figure.Count("Deals", deals), Figure.Money("Average deal", deals, "amount", FigureKind.Average)];
        if (input.CanRead(Sales.Opportunities))
        {
            var closed = deals with { Type = Sales.Opportunities, Date = Sales.CloseDate, Where = Filter.In("stage", ["won", "lost"]) };
            figures.Add(Figure.Count("Lost", closed with { Where = Sales.IsLost }));
            figures.Add(Computed.Share("Win rate", Figure.Count("Won", closed with { Where = Sales.IsWon }), Figure.Count("Won or lost", closed)));
        }
        return new() { Figures = figures, Chart = new(ChartKind.Funnel, 0) };
    }
}

internal sealed class TargetAttainment : IReportType
{
    private const string Targets = "targets";

    public string Name => "targets";

    public LocalizedText Label => "Target attainment";

    public LocalizedText Description => "What was won of what was planned, by salesperson and month";

    public ReportGroup Group => ReportGroup.Sales;

    public int Order => 40;

    public string Icon => "target";

    public string Type => Targets;

    public IReadOnlyList<string> AlsoReads => [Sales.Deals];

    public string DefaultRange => TimeRange.ThisQuarter;

    public string DefaultGroup => "person,month:month";

    public IReadOnlyList<(string, LocalizedText)> Groups => [("person,month:month", "Salesperson and month"), ("person", "Salesperson"), ("month:month", "Month"), ("month:quarter", "Quarter")];

    /// <summary>A condition on targets would say nothing about deals.</summary>
    public bool TakesFilter => false;

    public ReportPlan Plan(ReportInput input)
    {
        var targets = input.Slice("month") with { Person = "person" };
        var deals = new Slice(Sales.Deals)
        {
            Date = Sales.DealDate,
            Keys = [.. input.By.Select(k => k with { Path = k.Bucket is null ? SystemFields.Owner : Sales.DealDate })],
        };
        var (planned, won) = (Figure.Money("Target", targets, "amount"), Figure.Money("Amount won", deals, "amount"));
        return new()
        {
            Figures =
            [
                planned, won,
                Computed.Ratio("Attainment", FigureFormat.Percent, won, planned),
                new Computed("Still to win", FigureFormat.Money, [planned, won], v => Math.Max(0, (v[0] ?? 0) - (v[1] ?? 0)), 1),
            ],
            Chart = new(ChartKind.Bar, 0, 1),
        };
    }
}

internal sealed class WonAndLost : IReportType
{
    public string Name => "won-and-lost";

    public LocalizedText Label => "Won and lost";

    public LocalizedText Description => "How many opportunities were closed, and how many of them were won";

    public ReportGroup Group => ReportGroup.Sales;

    public int Order => 50;

    public string Icon => "scale";

    public string Type => Sales.Opportunities;

    public string DefaultRange => TimeRange.Last12Months;

    public string DefaultGroup => "closeDate:month";

    public ReportPlan Plan(ReportInput input)
    {
        var (won, lost) = (input.Slice(Sales.CloseDate, Sales.IsWon), input.Slice(Sales.CloseDate, Sales.IsLost));
        var closed = Figure.Count("Won or lost", input.Slice(Sales.CloseDate, Filter.In("stage", ["won", "lost"])));
        var count = Figure.Count("Won", won);
        return new()
        {
            Figures = [count, Figure.Count("Lost", lost), Computed.Share("Win rate", count, closed), Figure.Money("Amount won", won, "amount"), Figure.Money("Amount lost", lost, "amount")],
            Chart = new(ChartKind.Stacked, 0, 1),
        };
    }
}

internal sealed class LostReasons : IReportType
{
    public string Name => "lost-reasons";

    public LocalizedText Label => "Reasons for losing";

    public LocalizedText Description => "Why opportunities were lost, and what they would have brought";

    public ReportGroup Group => ReportGroup.Sales;

    public int Order => 60;

    public string Icon => "mood-sad";

    public string Type => Sales.Opportunities;

    public string DefaultRange => TimeRange.Last12Months;

    public string DefaultGroup => "lostReason";

    public ReportPlan Plan(ReportInput input)
    {
        var lost = input.Slice(Sales.CloseDate, Sales.IsLost);
        return new() { Figures = [Figure.Count("Lost", lost), Figure.Money("Amount lost", lost, "amount")], Chart = new(ChartKind.Pie, 0) };
    }
}

internal sealed class Pipeline : IReportType
{
    public string Name => "pipeline";

    public LocalizedText Label => "Open pipeline";

    public LocalizedText Description => "When open opportunities are expected to close, and what they may bring";

    public ReportGroup Group => ReportGroup.Sales;

    public int Order => 25;

    public string Icon => "calendar-dollar";

    public string Type => Sales.Opportunities;

    public string DefaultGroup => "closeDate:month";

    public ReportPlan Plan(ReportInput input)
    {
        var open = input.Slice(Sales.CloseDate, Sales.IsOpen);
        return new()
        {
            Figures = [Figure.Money("Amount", open, "amount"), Figure.Weighted("Weighted amount", open, "amount", "probability"), Figure.Count("Opportunities", open)],
            Chart = new(ChartKind.Bar, 0, 1),
        };
    }
}
