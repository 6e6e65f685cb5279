using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Reports.Engine;

namespace Crm.Reports.Types;

internal sealed class Customers : IReportType
{
    public string Name => "customers";

    public LocalizedText Label => "Customer breakdown";

    public LocalizedText Description => "How many customers there are by industry, level, source or anything else known of them";

    public ReportGroup Group => ReportGroup.Customers;

    public int Order => 10;

    public string Icon => "building";

    public string Type => "customers";

    public string DefaultGroup => "industry";

    public ReportPlan Plan(ReportInput input)
    {
        var all = input.Slice(SystemFields.CreatedAt);
        return new() { Figures = [Figure.Count("Customers", all)], Chart = new(ChartKind.Pie, 0) };
    }
}

internal sealed class NewCustomers : IReportType
{
    public string Name => "new-customers";

    public LocalizedText Label => "New customers";

    public LocalizedText Description => "How many customers were added, month by month";

    public ReportGroup Group => ReportGroup.Customers;

    public int Order => 20;

    public string Icon => "user-plus";

    public string Type => "customers";

    public string DefaultRange => TimeRange.Last12Months;

    public string DefaultGroup => "createdAt:month";

    public ReportPlan Plan(ReportInput input)
        => new() { Figures = [Figure.Count("New customers", input.Slice(SystemFields.CreatedAt))], Chart = new(ChartKind.Line, 0) };
}

internal sealed class CustomersByRevenue : IReportType
{
    public string Name => "customers-by-revenue";

    public LocalizedText Label => "Customers by revenue";

    public LocalizedText Description => "Who has bought most";

    public ReportGroup Group => ReportGroup.Customers;

    public int Order => 30;

    public string Icon => "coins";

    public string Type => Sales.Deals;

    public string DefaultGroup => "customer";

    public IReadOnlyList<(string, LocalizedText)> Groups =>
        [("customer", "Customer"), ("customer.industry", "Industry"), ("customer.level", "Level"), ("customer.source", "Source"), ("product", "Product")];

    public ReportPlan Plan(ReportInput input)
    {
        var deals = input.Slice(Sales.DealDate);
        return new()
        {
            Figures = [Figure.Money("Amount bought", deals, "amount"), Figure.Count("Deals", deals), Figure.Money("Average deal", deals, "amount", FigureKind.Average)],
            Chart = new(ChartKind.Funnel, 0),
        };
    }
}
