using Crm.Activities.ToDos;
using Crm.Customers;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Activities.Timeline;

/// <param name="About">What it was about, when that is another record than the page's.</param>
internal sealed record ActivityMoment(ContentItem Item, FieldDisplay? About, string? Text, ActivityActions Actions);

/// <summary>
/// What was done about a record. A customer's timeline has what was done about its opportunities, tickets and contacts
/// too. What is still to be done stands above it.
/// </summary>
internal sealed class ActivityTimeline(QueryEngine queries, ContentDefinitions definitions, FieldViews views, ActorContext actor) : ITimelineSource
{
    private const int LongestText = 600;

    private static readonly string[] Columns =
        [ActivityFields.Kind, ActivityFields.Status, ActivityFields.DoneAt, ActivityFields.Regarding, ActivityFields.Result, ActivityFields.Description, SystemFields.Owner, SystemFields.CreatedAt];

    public async Task<IReadOnlyList<TimelineEntry>> ReadAsync(TimelineRequest request, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(ActivityType.Name);
        if (!actor.Current.Can(type, ContentActions.View) || request.Type.IsAdmin)
            return [];
        var where = Filter.And(About(request.Type, request.Item), new CompareFilter(ActivityFields.DoneAt, FilterOperator.NotEqual, null));
        var page = await queries.ListAsync(new Query(type.Name) { Where = where, Columns = Columns, Sort = [$"-{ActivityFields.DoneAt}"], Take = request.Take }, cancellationToken);
        return [.. page.Items.Select(i => new TimelineEntry(i.Get<DateTime>(ActivityFields.DoneAt), ActivityKinds.Icon(i.Get<string>(ActivityFields.Kind)), new SlotView("_ActivityEntry", Moment(type, i, request.Item))))];
    }

    /// <summary>Activities that belong on a record's page.</summary>
    public static Filter About(ContentTypeDefinition type, ContentItem item)
    {
        var regarding = Filter.Eq(ActivityFields.Regarding, $"{type.Name}/{item.Id}");
        return type.Name switch
        {
            CustomerType.Name => new OrFilter([regarding, Filter.Eq(ActivityFields.Customer, item.Id)]),
            ContactType.Name => new OrFilter([regarding, Filter.Eq(ActivityFields.Contact, item.Id)]),
            _ => regarding,
        };
    }

    private ActivityMoment Moment(ContentTypeDefinition type, ContentItem item, ContentItem page)
    {
        var text = string.Join('\n', new[] { item.Get<string>(ActivityFields.Description), item.Get<string>(ActivityFields.Result) }.Where(t => !string.IsNullOrWhiteSpace(t)));
        var about = item.Get<RecordLink>(ActivityFields.Regarding) is { } link && link.Id != page.Id ? views.Display(type, item, ActivityFields.Regarding) : null;
        return new(item, about, text.Length == 0 ? null : text.Length > LongestText ? string.Concat(text.AsSpan(0, LongestText), "…") : text,
            new(item.Id, item.DisplayText, item.Get<string>(ActivityFields.Status), item.Get<string>(ActivityFields.Kind) != ActivityKinds.Note && actor.Current.Can(type, ContentActions.Edit, item)));
    }
}
