using Crm.Activities.ToDos;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Activities.Timeline;

/// <param name="Open">What is still to be done about the record, soonest first.</param>
/// <param name="AllUrl">The list of them when there are more.</param>
internal sealed record ComposerPage(string Regarding, bool CanCreate, IReadOnlyList<ContentItem> Open, string? AllUrl);

/// <summary>Above a record's timeline: a form to note down what happened or is to happen, and what comes next.</summary>
internal sealed class Composer(QueryEngine queries, ContentDefinitions definitions, ActorContext actor) : ISlotPart
{
    private const int Shown = 5;

    public string Slot => SlotNames.RecordMain;

    public int Order => 10;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(ActivityType.Name);
        if (context is not { Type: { IsAdmin: false, Name: not ActivityType.Name } about, Item: { } item } || !actor.Current.Can(type, ContentActions.View))
            return null;
        var where = Filter.And(ActivityTimeline.About(about, item), Filter.Eq(ActivityFields.Status, ActivityStatus.Open));
        var page = await queries.ListAsync(new Query(type.Name) { Where = where, Columns = [.. ToDoList.Columns, SystemFields.Owner], Sort = [ActivityFields.DueAt], Take = Shown }, cancellationToken);
        var canCreate = actor.Current.Can(type, ContentActions.Create);
        return canCreate || page.Items.Count > 0
            ? new("_Composer", new ComposerPage($"{about.Name}/{item.Id}", canCreate, page.Items, page.Next is null ? null : ListLinks.Of(type, where)))
            : null;
    }
}
