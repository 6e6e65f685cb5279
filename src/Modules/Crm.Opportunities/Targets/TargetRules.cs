using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Opportunities.Targets;

/// <summary>
/// One target for each person and month. It belongs to the person, so that whoever may see the own and the team's sees
/// it, and is called by person and month.
/// </summary>
internal sealed class TargetRules(QueryEngine queries, DbSession session, ActorContext actor) : IContentHandler
{
    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != TargetType.Name)
            return;
        foreach (var save in saves)
            if (save.After[TargetType.Amount] is Money { Amount: < 0 })
                save.Error(TargetType.Amount, new("{0} cannot be negative", type.Field(TargetType.Amount).Label));
        var placed = saves.Where(s => s.After[TargetType.Person] is Guid && s.After[TargetType.Month] is DateOnly
            && (s.IsNew || s.Changed.Contains(TargetType.Person) || s.Changed.Contains(TargetType.Month))).ToList();
        if (placed.Count == 0)
            return;
        foreach (var save in placed)
            save.Set(SystemFields.Owner, save.After[TargetType.Person]);
        await WaitAsync(cancellationToken);
        // Whether the actor may see the other target or not, there is one.
        await actor.AsSystemAsync(() => PlaceAsync(placed, cancellationToken));
    }

    public async ValueTask<Message?> RestoringAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
    {
        if (type.Name != TargetType.Name)
            return null;
        await WaitAsync(cancellationToken);
        var where = Filter.And(Filter.Eq(TargetType.Person, item[TargetType.Person]), Filter.Eq(TargetType.Month, item[TargetType.Month]));
        // Whether the actor may see the other target or not, there is one.
        return (await actor.AsSystemAsync(() => queries.CountAsync(TargetType.Name, where, cancellationToken))).Count > 0
            ? new("{0} has a target for that month already", item.DisplayOf(TargetType.Person) ?? "")
            : null;
    }

    /// <summary>Two who set the same target at once wait for each other.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (session.Database.Provider == DatabaseProvider.Postgres)
            await session.ExecuteAsync("SELECT pg_advisory_xact_lock(727401)", cancellationToken);
    }

    private async Task PlaceAsync(IReadOnlyList<PendingSave> placed, CancellationToken cancellationToken)
    {
        var people = placed.Select(s => s.After[TargetType.Person]).Distinct().ToList();
        var names = new Dictionary<Guid, string>();
        var taken = new Dictionary<(Guid, DateOnly), Guid>();
        foreach (var ids in people.Chunk(500))
        {
            await foreach (var user in queries.StreamAsync(new Query(SystemTypes.Users) { Where = Filter.In(SystemFields.Id, ids), Columns = [], Sort = [SystemFields.Id] }, cancellationToken))
                names[user.Id] = user.DisplayText;
            var where = Filter.And(Filter.In(TargetType.Person, ids), Filter.In(TargetType.Month, placed.Select(s => s.After[TargetType.Month]).Distinct()));
            await foreach (var target in queries.StreamAsync(new Query(TargetType.Name) { Where = where, Columns = [TargetType.Person, TargetType.Month], Sort = [SystemFields.Id] }, cancellationToken))
                taken[(target.Get<Guid>(TargetType.Person), target.Get<DateOnly>(TargetType.Month))] = target.Id;
        }
        foreach (var save in placed)
        {
            var (person, month) = (save.After.Get<Guid>(TargetType.Person), save.After.Get<DateOnly>(TargetType.Month));
            if (taken.TryGetValue((person, month), out var other) && other != save.After.Id)
                save.Error(TargetType.Month, new("{0} has a target for that month already", names.GetValueOrDefault(person) ?? ""));
            taken[(person, month)] = save.After.Id;
            save.Set("name", $"{names.GetValueOrDefault(person)} {month.ToString("yyyy-MM", CultureInfo.InvariantCulture)}");
        }
    }
}
