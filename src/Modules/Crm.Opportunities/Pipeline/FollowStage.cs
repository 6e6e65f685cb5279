using System.Globalization;
using Crm.Opportunities.Winning;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Opportunities.Pipeline;

/// <summary>
/// What follows from an opportunity's stage: the probability, the closing date, and what winning and losing ask for.
/// One rule for forms, board, import and every other way.
/// </summary>
internal sealed class FollowStage(QueryEngine queries, ReopeningConsent consent, ActorContext actor, TimeProvider clock) : IContentHandler
{
    /// <summary>Files of the past seldom know why something was lost; people do.</summary>
    private bool AsksForReason => actor.Current.Source is not ("import" or "recipe");

    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != OpportunityType.Name)
            return;
        foreach (var save in saves)
        {
            if (save.After[OpportunityType.Stage] is null)
                save.Set(OpportunityType.Stage, StageKeys.Prospecting);
            var before = save.Before?.Get<string>(OpportunityType.Stage);
            var after = save.After.Get<string>(OpportunityType.Stage)!;
            if (before != after)
                Move(type, save, before, after);
            else if (save.After[OpportunityType.Probability] is null)
                save.Set(OpportunityType.Probability, Weight(type, after));
            Check(type, save, after);
        }
        await NameAsync([.. saves.Where(s => string.IsNullOrWhiteSpace(s.After.Get<string>("name")))], cancellationToken);
    }

    private void Move(ContentTypeDefinition type, PendingSave save, string? before, string after)
    {
        if (before == StageKeys.Won && !consent.Has(save.After.Id))
        {
            save.Error(OpportunityType.Stage, new("It is won and has a deal. Use “Reopen” on its page to take that back"));
            return;
        }
        if (StageKeys.IsClosed(after) || !save.Changed.Contains(OpportunityType.Probability) || save.After[OpportunityType.Probability] is null)
            save.Set(OpportunityType.Probability, Weight(type, after));
        if (StageKeys.IsClosed(after))
        {
            if (!save.Changed.Contains(OpportunityType.CloseDate) || save.After[OpportunityType.CloseDate] is null)
                save.Set(OpportunityType.CloseDate, actor.Current.Today(clock));
        }
        if (after == StageKeys.Lost)
        {
            save.Set(OpportunityType.LostStage, StageKeys.IsClosed(before) ? null : before);
        }
        else
        {
            save.Set(OpportunityType.LostReason, null);
            save.Set(OpportunityType.LostStage, null);
        }
    }

    private void Check(ContentTypeDefinition type, PendingSave save, string stage)
    {
        var closing = save.IsNew || save.Changed.Contains(OpportunityType.Stage);
        if (stage == StageKeys.Won && save.After[OpportunityType.Amount] is null)
            save.Error(OpportunityType.Amount, new("Give the amount that it was won for"));
        if (stage == StageKeys.Won && save.After[OpportunityType.CloseDate] is null)
            save.Error(OpportunityType.CloseDate, new("Give the date on which it was won"));
        if (stage == StageKeys.Lost && AsksForReason && save.After[OpportunityType.LostReason] is null && (closing || save.Changed.Contains(OpportunityType.LostReason)))
            save.Error(OpportunityType.LostReason, new("Give the reason for losing it"));
        if (save.After[OpportunityType.Amount] is Money { Amount: < 0 })
            save.Error(OpportunityType.Amount, new("{0} cannot be negative", type.Field(OpportunityType.Amount).Label));
        // A day's grace: who imports or works elsewhere may be a day ahead.
        if (StageKeys.IsClosed(stage) && (closing || save.Changed.Contains(OpportunityType.CloseDate)) && save.After[OpportunityType.CloseDate] is DateOnly at && at > actor.Current.Today(clock).AddDays(1))
            save.Error(OpportunityType.CloseDate, new("The day on which it was won or lost cannot lie in the future"));
        if (save.After[OpportunityType.EngageDate] is DateOnly engaged && save.After[OpportunityType.CloseDate] is DateOnly closed && closed < engaged
            && (save.IsNew || save.Changed.Contains(OpportunityType.EngageDate) || save.Changed.Contains(OpportunityType.CloseDate)))
            save.Error(OpportunityType.CloseDate, new("{0} must not be before {1}", type.Field(OpportunityType.CloseDate).Label, type.Field(OpportunityType.EngageDate).Label));
    }

    /// <summary>One that was given no name is called after its customer and product, else by its number.</summary>
    private async Task NameAsync(IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (saves.Count == 0)
            return;
        var names = new Dictionary<Guid, string>();
        foreach (var (field, type) in new[] { (OpportunityType.Customer, Customers.CustomerType.Name), (OpportunityType.Product, ProductType.Name) })
            foreach (var ids in saves.Select(s => s.After[field]).Where(id => id is not null).Distinct().Chunk(500))
                await foreach (var item in queries.StreamAsync(new Query(type) { Where = Filter.In(SystemFields.Id, ids), Columns = [], Sort = [SystemFields.Id] }, cancellationToken))
                    names[item.Id] = item.DisplayText;
        foreach (var save in saves)
        {
            var parts = new[] { OpportunityType.Customer, OpportunityType.Product }
                .Select(f => save.After[f] is Guid id ? names.GetValueOrDefault(id) : null).Append(save.After.Get<string>(OpportunityType.Number));
            var name = string.Join(" · ", parts.Where(p => !string.IsNullOrEmpty(p)));
            if (name.Length > 0)
                save.Set("name", name.Length > 200 ? name[..200] : name);
        }
    }

    private static decimal? Weight(ContentTypeDefinition type, string stage)
        => type.Field(OpportunityType.Stage).Options.FirstOrDefault(o => o.Key == stage)?.Weight;
}
