using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Reports.Engine;

namespace Crm.Reports.Types;

internal sealed class Tickets : IReportType
{
    public const string TypeName = "tickets";
    public const string OpenedAt = "openedAt";

    public static Filter IsOpen { get; } = Filter.In("status", ["new", "open", "pending"]);

    public string Name => "tickets";

    public LocalizedText Label => "Ticket breakdown";

    public LocalizedText Description => "How many tickets there are by type, urgency, state, queue or anything else known of them";

    public ReportGroup Group => ReportGroup.Service;

    public int Order => 10;

    public string Icon => "ticket";

    public string Type => TypeName;

    public string DefaultGroup => "type";

    public ReportPlan Plan(ReportInput input)
    {
        var all = input.Slice(Tickets.OpenedAt);
        return new()
        {
            Figures = [Figure.Count("Tickets", all), Figure.Count("Still open", all with { Where = IsOpen }), Figure.Count("Solved", all with { Where = Filter.In("status", ["solved", "closed"]) })],
            Chart = new(ChartKind.Pie, 0),
        };
    }
}

internal sealed class TicketsPerMonth : IReportType
{
    public string Name => "tickets-per-month";

    public LocalizedText Label => "Tickets opened and solved";

    public LocalizedText Description => "Whether as many tickets are solved as come in";

    public ReportGroup Group => ReportGroup.Service;

    public int Order => 20;

    public string Icon => "chart-line";

    public string Type => Tickets.TypeName;

    public string DefaultRange => TimeRange.Last12Months;

    public string DefaultGroup => "openedAt:month";

    public IReadOnlyList<(string, LocalizedText)> Groups => [("openedAt:day", "Day"), ("openedAt:week", "Week"), ("openedAt:month", "Month"), ("openedAt:quarter", "Quarter")];

    public ReportPlan Plan(ReportInput input)
    {
        var opened = input.Slice(Tickets.OpenedAt);
        var solved = opened with
        {
            Date = "solvedAt",
            Keys = [.. input.By.Select(k => k with { Path = "solvedAt" })],
            Where = new CompareFilter("solvedAt", Platform.Fields.FilterOperator.NotEqual, null),
        };
        return new() { Figures = [Figure.Count("Came in", opened), Figure.Count("Solved", solved)], Chart = new(ChartKind.Line, 0, 1) };
    }
}

internal sealed class TicketTimes : IReportType
{
    public string Name => "ticket-times";

    public LocalizedText Label => "Time to reply and to resolve";

    public LocalizedText Description => "How long customers wait for the first reply and for the solution";

    public ReportGroup Group => ReportGroup.Service;

    public int Order => 30;

    public string Icon => "clock-hour-4";

    public string Type => Tickets.TypeName;

    public string DefaultRange => TimeRange.Last12Months;

    public string DefaultGroup => "urgency";

    public ReportPlan Plan(ReportInput input)
    {
        var all = input.Slice(Tickets.OpenedAt);
        return new()
        {
            Figures =
            [
                Figure.Count("Tickets", all),
                Figure.Duration("First reply: average", all, "firstReplyMinutes", FigureKind.Average),
                Figure.Duration("First reply: median", all, "firstReplyMinutes", FigureKind.Median),
                Figure.Duration("Resolution: average", all, "resolutionMinutes", FigureKind.Average),
                Figure.Duration("Resolution: median", all, "resolutionMinutes", FigureKind.Median),
            ],
            Chart = new(ChartKind.Bar, 2, 4),
        };
    }
}

internal sealed class Satisfaction : IReportType
{
    public string Name => "satisfaction";

    public LocalizedText Label => "Satisfaction";

    public LocalizedText Description => "What customers answered when asked about solved tickets";

    public ReportGroup Group => ReportGroup.Service;

    public int Order => 40;

    public string Icon => "mood-smile";

    public string Type => Tickets.TypeName;

    public string DefaultRange => TimeRange.Last12Months;

    public string DefaultGroup => "solvedAt:month";

    public ReportPlan Plan(ReportInput input)
    {
        // What was never asked about belongs to no answer.
        var answered = input.Slice("solvedAt", new CompareFilter("satisfaction", Platform.Fields.FilterOperator.NotEqual, null));
        var good = Figure.Count("Satisfied", answered with { Where = Filter.Eq("satisfaction", "good") });
        return new()
        {
            Figures = [good, Figure.Count("Not satisfied", answered with { Where = Filter.Eq("satisfaction", "bad") }), Computed.Share("Share satisfied", good, Figure.Count("Answers", answered))],
            Chart = new(ChartKind.Stacked, 0, 1),
        };
    }
}

internal sealed class Feedback : IReportType
{
    public string Name => "feedback";

    public LocalizedText Label => "Feedback";

    public LocalizedText Description => "What customers suggest, complain about and praise, and what has become of it";

    public ReportGroup Group => ReportGroup.Service;

    public int Order => 50;

    public string Icon => "message-heart";

    public string Type => "feedback";

    public string DefaultGroup => "kind";

    public ReportPlan Plan(ReportInput input)
    {
        var all = input.Slice(SystemFields.CreatedAt);
        return new()
        {
            Figures =
            [
                Figure.Count("Feedback", all),
                Figure.Count("New ones", all with { Where = Filter.Eq("status", "new") }),
                Figure.Count("Being worked on", all with { Where = Filter.Eq("status", "inProgress") }),
                Figure.Count("Answered ones", all with { Where = Filter.In("status", ["answered", "closed"]) }),
            ],
            Chart = new(ChartKind.Pie, 0),
        };
    }
}
