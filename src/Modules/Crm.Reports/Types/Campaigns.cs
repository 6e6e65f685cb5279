using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Reports.Engine;

namespace Crm.Reports.Types;

/// <summary>Figures of campaigns, those of their members and sales included.</summary>
internal static class CampaignSlices
{
    public const string Campaigns = "campaigns";
    public const string Members = "campaignMembers";

    public static IReadOnlyList<(string, LocalizedText)> Groups { get; } = [(SystemFields.Id, "Campaign"), ("type", "Type"), (SystemFields.Owner, "Owner")];

    /// <summary>Records that belong to a campaign, by the same keys, dates and people as the campaign itself.</summary>
    public static Slice Of(ReportInput input, string type, Filter? where = null) => new(type)
    {
        Keys = [.. input.By.Select(k => k with { Path = k.Path == SystemFields.Id ? "campaign" : $"campaign.{k.Path}" })],
        Where = Filter.And(new CompareFilter("campaign", FilterOperator.NotEqual, null), where),
        Date = "campaign.startDate",
        Person = "campaign.owner",
        Team = "campaign.team",
        FilterAt = "campaign",
    };

    public static Figure MembersWith(ReportInput input, LocalizedText label, params string[] states)
        => Figure.Count(label, Of(input, Members, Filter.In("status", states)));
}

internal sealed class CampaignEffect : IReportType
{
    public string Name => "campaign-effect";

    public LocalizedText Label => "Campaigns: effect and cost";

    public LocalizedText Description => "Responses, opportunities and deals that campaigns have brought, against what they cost";

    public ReportGroup Group => ReportGroup.Campaigns;

    public int Order => 10;

    public string Icon => "speakerphone";

    public string Type => CampaignSlices.Campaigns;

    public IReadOnlyList<string> AlsoReads => [CampaignSlices.Members];

    public string DefaultGroup => SystemFields.Id;

    public IReadOnlyList<(string, LocalizedText)> Groups => CampaignSlices.Groups;

    public ReportPlan Plan(ReportInput input)
    {
        var campaigns = input.Slice("startDate");
        var cost = Figure.Money("Actual cost", campaigns, "actualCost");
        var responses = CampaignSlices.MembersWith(input, "Responses", "responded", "attended");
        List<ReportFigure> figures =
        [
            Figure.Money("Budget", campaigns, "budget"), cost,
            Figure.Count("Members", CampaignSlices.Of(input, CampaignSlices.Members)), responses,
            Computed.Ratio("Cost per response", FigureFormat.Money, cost, responses),
        ];
        if (input.Has(Sales.Opportunities, "campaign"))
        {
            var won = CampaignSlices.Of(input, Sales.Opportunities, Sales.IsWon);
            var income = Figure.Money("Amount won", won, "amount");
            figures.AddRange([Figure.Count("Opportunities", CampaignSlices.Of(input, Sales.Opportunities)), Figure.Count("Won", won), income,
                new Computed("Return on cost", FigureFormat.Percent, [income, cost], v => v[1] is > 0 and var spent ? ((v[0] ?? 0) - spent) / spent : null)]);
        }
        return new() { Figures = figures, Chart = new(ChartKind.Bar, input.Has(Sales.Opportunities, "campaign") ? [1, 7] : [0, 1]) };
    }
}

internal sealed class EmailResults : IReportType
{
    public string Name => "email-results";

    public LocalizedText Label => "Campaigns: how members answered";

    public LocalizedText Description => "How many members were reached, opened, clicked, answered or left";

    public ReportGroup Group => ReportGroup.Campaigns;

    public int Order => 20;

    public string Icon => "mail-opened";

    public string Type => CampaignSlices.Campaigns;

    public IReadOnlyList<string> AlsoReads => [CampaignSlices.Members];

    public string DefaultGroup => SystemFields.Id;

    public IReadOnlyList<(string, LocalizedText)> Groups => CampaignSlices.Groups;

    public ReportPlan Plan(ReportInput input)
    {
        // A member has the last state that it reached: who clicked has opened, and who opened was sent something.
        var reached = CampaignSlices.MembersWith(input, "Reached", "sent", "opened", "clicked", "responded", "attended", "unsubscribed");
        var opened = CampaignSlices.MembersWith(input, "Opened it", "opened", "clicked", "responded", "attended");
        var clicked = CampaignSlices.MembersWith(input, "Clicked", "clicked", "responded", "attended");
        return new()
        {
            Figures =
            [
                Figure.Count("Members", CampaignSlices.Of(input, CampaignSlices.Members)), reached,
                opened, Computed.Share("Open rate", opened, reached), clicked, Computed.Share("Click rate", clicked, reached),
                CampaignSlices.MembersWith(input, "Unsubscribed", "unsubscribed"), CampaignSlices.MembersWith(input, "Bounced", "bounced"),
            ],
            Chart = new(ChartKind.Bar, 1, 2, 4),
        };
    }
}
