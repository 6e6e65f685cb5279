using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Display;

namespace Crm.Opportunities.Funnel;

/// <param name="Open">What stands in the stage now.</param>
/// <param name="Reached">How many ever came as far as this stage, won and lost ones included.</param>
/// <param name="ReachedUrl">The list of them.</param>
/// <param name="Next">How many in a hundred of those who have left this stage behind or lost went on; null when there is none yet.</param>
internal sealed record FunnelStage(PickListOption Option, AmountSum Open, string OpenUrl, long Reached, string ReachedUrl, decimal? Next);

/// <param name="UnknownLost">Lost ones of which nobody knows how far they came: they count for the first stage only.</param>
internal sealed record FunnelPage(IReadOnlyList<FunnelStage> Stages, AmountSum Won, string WonUrl, AmountSum Lost, string LostUrl, long UnknownLost, bool IsMine)
{
    public long Most => Stages.Count > 0 ? Math.Max(1, Stages[0].Reached) : 1;
}

/// <summary>
/// How opportunities go from stage to stage. One that stands in a stage, or was won, has passed all before it; a lost one
/// has passed those up to where it was lost.
/// </summary>
internal sealed class SalesFunnel(AmountSums sums, QueryEngine queries, ContentDefinitions definitions)
{
    public async Task<FunnelPage> ReadAsync(bool mine, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(OpportunityType.Name);
        var whose = mine ? Filter.Eq(SystemFields.Owner, "@me") : null;
        var byStage = (await sums.ReadAsync(type.Name, OpportunityType.Amount, whose, OpportunityType.Stage, OpportunityType.Probability, cancellationToken)).ToDictionary(s => s.Key as string ?? "");
        var lostAt = (await queries.AggregateAsync(new AggregateQuery(type.Name)
        {
            Where = Filter.And(whose, Filter.Eq(OpportunityType.Stage, StageKeys.Lost)),
            GroupBy = [new(OpportunityType.LostStage)],
            Aggregates = [new(AggregateFunction.Count)],
        }, cancellationToken)).ToDictionary(r => r.Keys[0] as string ?? "", r => (long)r.Values[0]!);
        var open = StageKeys.Open(type);
        var (won, lost) = (byStage.GetValueOrDefault(StageKeys.Won) ?? AmountSum.None, byStage.GetValueOrDefault(StageKeys.Lost) ?? AmountSum.None);
        var stages = new List<FunnelStage>();
        var reached = won.Count;
        // From the last stage up: whoever reached a later one has reached this.
        for (var i = open.Count - 1; i >= 0; i--)
        {
            var key = open[i].Key;
            var now = byStage.GetValueOrDefault(key) ?? AmountSum.None;
            var later = reached;
            reached += now.Count + lostAt.GetValueOrDefault(key) + (i == 0 ? lostAt.GetValueOrDefault("") : 0);
            // Those that still stand here have not decided yet.
            var decided = reached - now.Count;
            stages.Insert(0, new(open[i], now, Url(type, whose, Filter.Eq(OpportunityType.Stage, key)), reached, Url(type, whose, Reached(open, i)), decided > 0 ? 100m * later / decided : null));
        }
        return new(stages, won, Url(type, whose, Filter.Eq(OpportunityType.Stage, StageKeys.Won)), lost, Url(type, whose, Filter.Eq(OpportunityType.Stage, StageKeys.Lost)), lostAt.GetValueOrDefault(""), mine);
    }

    private static OrFilter Reached(IReadOnlyList<PickListOption> open, int from)
    {
        var keys = open.Skip(from).Select(o => (object?)o.Key).ToList();
        List<Filter> ways = [Filter.In(OpportunityType.Stage, keys.Append(StageKeys.Won)), Filter.In(OpportunityType.LostStage, keys)];
        if (from == 0)
            ways.Add(Filter.Eq(OpportunityType.Stage, StageKeys.Lost));
        return new OrFilter(ways);
    }

    private static string Url(ContentTypeDefinition type, Filter? whose, Filter which) => ListLinks.Of(type, Filter.And(whose, which));
}
