using Crm.Notifications;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Activities.FollowUps;

/// <summary>
/// An activity with a next follow-up time has one task that follows from it, made in the same transaction. Saving it
/// again makes no second one; a new time moves the task as long as it is open. And whoever is given an activity by somebody else is told.
/// </summary>
internal sealed class MakeFollowUps(QueryEngine queries, ContentDefinitions definitions, NotificationCenter notifications, ActorContext actor, IStringLocalizer localizer, IContentManager content) : IContentHandler
{
    private const int LongestSubject = 200;

    public async ValueTask SavedAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name != ActivityType.Name)
            return;
        var wanting = saves.Where(s => s.Changed.Contains(ActivityFields.FollowUpAt) && s.After[ActivityFields.FollowUpAt] is not null).ToList();
        if (wanting.Count > 0)
            // Whoever may save the activity gets its follow-up: that it is made, and only once, does not depend on further rights.
            await actor.AsSystemAsync(() => MakeAsync(wanting, cancellationToken));
        if (actor.Current.Source == "web")
            foreach (var save in saves.Where(s => s.Changed.Contains(SystemFields.Owner) && s.After.Owner is { } owner && owner != actor.Current.UserId))
                await notifications.NotifyAsync(save.After.Owner!.Value, $"assigned:{save.After.Id}:{save.After.Version}",
                    new("{0} assigned “{1}” to you", actor.Current.DisplayName, save.After.DisplayText), $"{ActivitiesMenu.Url}/{save.After.Id}", cancellationToken);
    }

    private async Task MakeAsync(List<PendingSave> saves, CancellationToken cancellationToken)
    {
        // Those in the recycle bin too: what somebody deleted does not come back.
        var query = new Query(ActivityType.Name) { Where = Filter.In(ActivityFields.Previous, saves.Select(s => (object?)s.After.Id)), Columns = [ActivityFields.Previous, ActivityFields.Status], Sort = [SystemFields.Id], Take = QueryEngine.MaxTake, Bin = RecycleBin.With };
        var known = (await queries.ListAsync(query, cancellationToken)).Items.ToLookup(i => (Guid)i[ActivityFields.Previous]!);
        var linkable = await LinkableAsync(saves, cancellationToken);
        var changes = new List<ContentChange>();
        foreach (var save in saves)
        {
            if (known[save.After.Id].FirstOrDefault() is not { } next)
                changes.Add(Next(save.After, linkable));
            else if (!next.IsDeleted && next.Get<string>(ActivityFields.Status) == ActivityStatus.Open)
                changes.Add(new(ActivityType.Name) { Id = next.Id, Values = { [ActivityFields.DueAt] = save.After[ActivityFields.FollowUpAt] } });
        }
        var results = await content.SaveManyAsync(ActivityType.Name, changes, SaveOptions.BySystem, cancellationToken);
        if (results.FirstOrDefault(r => !r.Succeeded) is { } refused)
            throw new SaveRefusedException(new(ActivityFields.FollowUpAt, new("The follow-up could not be written: {0}", refused.Reason)));
    }

    /// <summary>What a new task can be about: not what is in the recycle bin, though the activity that it follows keeps its link.</summary>
    private async Task<HashSet<RecordLink>> LinkableAsync(List<PendingSave> saves, CancellationToken cancellationToken)
    {
        var linkable = new HashSet<RecordLink>();
        foreach (var group in saves.Select(s => s.After[ActivityFields.Regarding]).OfType<RecordLink>().Distinct().GroupBy(l => l.Type))
            if (definitions.Current.Find(group.Key) is { } type)
                foreach (var item in (await queries.ListAsync(new Query(type.Name) { Where = Filter.In(SystemFields.Id, group.Select(l => (object?)l.Id)), Columns = [], Sort = [SystemFields.Id], Take = QueryEngine.MaxTake }, cancellationToken)).Items)
                    linkable.Add(new(group.Key, item.Id));
        return linkable;
    }

    private ContentChange Next(ContentItem activity, HashSet<RecordLink> linkable)
    {
        var prefix = localizer["Follow up: {0}", ""].Value;
        var subject = activity.DisplayText.StartsWith(prefix, StringComparison.Ordinal) ? activity.DisplayText : prefix + activity.DisplayText;
        return new(ActivityType.Name)
        {
            Values =
            {
                [ActivityFields.Subject] = subject.Length > LongestSubject ? subject[..LongestSubject] : subject,
                [ActivityFields.Kind] = ActivityKinds.Task,
                [ActivityFields.DueAt] = activity[ActivityFields.FollowUpAt],
                [ActivityFields.Regarding] = activity[ActivityFields.Regarding] is RecordLink about && linkable.Contains(about) ? about : null,
                [ActivityFields.Customer] = activity[ActivityFields.Customer],
                [ActivityFields.Contact] = activity[ActivityFields.Contact],
                [ActivityFields.Previous] = activity.Id,
                [SystemFields.Owner] = activity.Owner,
                [SystemFields.Team] = activity.Team,
            },
        };
    }
}
