using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Notifications.Follow;

/// <param name="What">Labels of the fields that were changed.</param>
/// <param name="Who">Null when it was the system, or somebody whom the reader may not see.</param>
internal sealed record FollowedChange(ContentTypeDefinition Type, ContentItem Item, string What, string? Who, bool BySystem, DateTime At);

/// <summary>
/// What others changed last on the records that the reader follows, on the first page: one query for what is followed, one
/// for its changes, one for each type among those few, and one for who it was.
/// </summary>
internal sealed class FollowedPart(Follows follows, ChangeLog log, QueryEngine queries, ContentDefinitions definitions, ActorContext actor, IStringLocalizer localizer) : ISlotPart
{
    private const int Shown = 6;
    private const int Read = 100;
    private const int MostTypes = 6;

    public string Slot => SlotNames.HomeMain;

    public int Order => 45;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        var followed = await follows.MineAsync(cancellationToken);
        if (followed.Count == 0)
            return null;
        var types = definitions.Current;
        var latest = (await log.ReadLatestAsync(followed, actor.Current.UserId, Read, cancellationToken))
            .Where(c => c.Kind is ChangeKind.Updated && types.Find(c.ContentType) is { } type && actor.Current.CanOpen(type) && TellFollowers.Fields(type, c).Count > 0)
            .DistinctBy(c => c.RecordId).ToList();
        // More than are shown, as some may be out of sight by now.
        var seen = new Dictionary<Guid, ContentItem>();
        foreach (var group in latest.GroupBy(c => c.ContentType).Take(MostTypes))
            foreach (var item in (await queries.ListAsync(new Query(group.Key) { Where = Filter.In(SystemFields.Id, group.Select(c => (object?)c.RecordId)), Columns = [], Sort = [SystemFields.Id], Take = Read }, cancellationToken)).Items)
                seen[item.Id] = item;
        var shown = latest.Where(c => seen.ContainsKey(c.RecordId)).Take(Shown).ToList();
        if (shown.Count == 0)
            return null;
        var names = await NamesAsync([.. shown.Select(c => c.UserId).OfType<Guid>().Distinct()], cancellationToken);
        return new("_Followed", shown.Select(c => new FollowedChange(types.Get(c.ContentType), seen[c.RecordId],
            string.Join(localizer[", "], TellFollowers.Fields(types.Get(c.ContentType), c).Select(f => f.Label.For(localizer))),
            c.UserId is { } user ? names.GetValueOrDefault(user) : null, c.UserId is null, c.At)).ToList());
    }

    private async Task<Dictionary<Guid, string>> NamesAsync(Guid[] users, CancellationToken cancellationToken)
        => users.Length == 0 || definitions.Current.Find(SystemTypes.Users) is null ? []
            : (await queries.ListAsync(new Query(SystemTypes.Users) { Where = Filter.In(SystemFields.Id, users.Cast<object?>()), Columns = [], Sort = [SystemFields.Id], Take = users.Length }, cancellationToken)).Items
                .ToDictionary(u => u.Id, u => u.DisplayText);
}
