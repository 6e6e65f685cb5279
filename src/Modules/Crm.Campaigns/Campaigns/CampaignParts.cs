using System.Globalization;
using Crm.Campaigns.Members;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Crm.Platform.Settings;

namespace Crm.Campaigns.Campaigns;

/// <summary>One number of a campaign with the records behind it.</summary>
internal sealed record CampaignFigure(Platform.Localization.LocalizedText Label, string Text, string? Url);

/// <param name="Members">By status, with the list of each.</param>
/// <param name="Statuses">All that a member may have.</param>
/// <param name="CanMove">Whether the reader may change members.</param>
internal sealed record CampaignResult(ContentItem Campaign, IReadOnlyList<CampaignFigure> Figures, IReadOnlyList<MemberCount> Members, IReadOnlyList<PickListOption> Statuses, bool CanAdd, bool CanMove);

internal sealed record MemberCount(PickListOption Status, long Count, string Url);

/// <summary>What a campaign cost and brought, each number with the records behind it.</summary>
internal sealed class CampaignResultPart(QueryEngine queries, ContentDefinitions definitions, FieldViews views, FieldKinds kinds, AmountSums sums, SettingsStore settings, ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.RecordMain;

    public int Order => 10;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        if (context.Type?.Name != CampaignType.Name || context.Item is not { } campaign)
            return null;
        var statuses = definitions.Current.Find(CampaignMemberType.Name)?.Field("status").Options.Where(o => !o.Hidden).ToList() ?? [];
        return new SlotView("_CampaignResult", new CampaignResult(campaign, await FiguresAsync(context.Type, campaign, cancellationToken), await MembersAsync(campaign, cancellationToken), statuses,
            actor.Current.Can("campaignMembers.create"), actor.Current.Can("campaignMembers.edit")));
    }

    private async Task<IReadOnlyList<MemberCount>> MembersAsync(ContentItem campaign, CancellationToken cancellationToken)
    {
        if (definitions.Current.Find(CampaignMemberType.Name) is not { } type || !actor.Current.CanOpen(type))
            return [];
        var rows = await queries.AggregateAsync(new AggregateQuery(type.Name) { Where = Filter.Eq("campaign", campaign.Id), GroupBy = [new("status")], Aggregates = [new(AggregateFunction.Count)] }, cancellationToken);
        var counts = rows.ToDictionary(r => r.Keys[0] as string ?? "", r => Convert.ToInt64(r.Values[0], CultureInfo.InvariantCulture));
        return [.. type.Field("status").Options.Where(o => counts.ContainsKey(o.Key))
            .Select(o => new MemberCount(o, counts[o.Key], ListLinks.Of(type, Filter.And(Filter.Eq("campaign", campaign.Id), Filter.Eq("status", o.Key)))))];
    }

    private async Task<IReadOnlyList<CampaignFigure>> FiguresAsync(ContentTypeDefinition type, ContentItem campaign, CancellationToken cancellationToken)
    {
        var figures = new List<CampaignFigure>();
        var (budget, cost, expected) = (campaign.Get<Money?>("budget"), campaign.Get<Money?>("actualCost"), campaign.Get<Money?>("expectedRevenue"));
        if (budget is not null)
            figures.Add(new("Budget", Format(type, budget.Value), null));
        if (cost is not null)
            figures.Add(new("Actual cost", Format(type, cost.Value), null));
        if (budget is { Amount: > 0 } && cost is not null)
            figures.Add(new("Budget used", (cost.Value.Amount / budget.Value.Amount).ToString("P0", CultureInfo.CurrentCulture), null));
        if (expected is not null)
            figures.Add(new("Expected revenue", Format(type, expected.Value), null));
        if (definitions.Current.Find(CampaignOfOpportunity.Opportunities) is not { } opportunities || opportunities.Find("campaign") is not { Hidden: false } || !actor.Current.CanOpen(opportunities))
            return figures;
        var currency = (cost ?? budget)?.Currency ?? settings.Site.Currency;
        var mine = Filter.Eq("campaign", campaign.Id);
        var all = await sums.ReadAsync(opportunities.Name, "amount", mine, cancellationToken);
        figures.Add(new("Opportunities", Format(all.Count), ListLinks.Of(opportunities, mine)));
        figures.Add(new("Opportunity amount", Format(all, currency), ListLinks.Of(opportunities, mine)));
        if (definitions.Current.Find("deals") is { } deals && deals.Find("opportunity") is not null && actor.Current.CanOpen(deals))
        {
            var won = Filter.Eq("opportunity.campaign", campaign.Id);
            var revenue = await sums.ReadAsync(deals.Name, "amount", won, cancellationToken);
            figures.Add(new("Deals", Format(revenue.Count), ListLinks.Of(deals, won)));
            figures.Add(new("Actual revenue", Format(revenue, currency), ListLinks.Of(deals, won)));
            // Comparable only where all is in the currency that the campaign was paid in.
            if (cost is { Amount: > 0 } && revenue.Sums.All(s => s.Currency == cost.Value.Currency))
                figures.Add(new("Return on cost", ((revenue.In(cost.Value.Currency) - cost.Value.Amount) / cost.Value.Amount).ToString("P0", CultureInfo.CurrentCulture), ListLinks.Of(deals, won)));
        }
        return figures;
    }

    private static string Format(long count) => count.ToString("N0", CultureInfo.CurrentCulture);

    /// <param name="currency">Of nothing.</param>
    private static string Format(AmountSum sum, string currency) => AmountSums.Text(sum.Sums.Count == 0 ? [new Money(0, currency)] : sum.Sums);

    private string Format(ContentTypeDefinition type, Money money)
    {
        var field = type.Field("budget");
        return kinds.Of(field).Format(field, money, views.Context);
    }
}
