using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Activities.ToDos;

internal sealed record ToDoPage(IReadOnlyList<ToDoGroup> Groups, bool CanCreate);

/// <summary>"What I must do" on the first page.</summary>
internal sealed class ToDoPart(ToDoList list, ContentDefinitions definitions, ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.HomeMain;

    public int Order => 10;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => actor.Current.Can(definitions.Current.Get(ActivityType.Name), ContentActions.View)
            ? new("_ToDos", new ToDoPage(await list.ReadAsync(cancellationToken), actor.Current.Can(definitions.Current.Get(ActivityType.Name), ContentActions.Create)))
            : null;
}

internal sealed record OverdueFigure(QueryCount Count, string Url);

/// <summary>How many of my follow-ups are overdue, among the key figures.</summary>
internal sealed class OverdueFigurePart(QueryEngine queries, ContentDefinitions definitions, ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.HomeFigures;

    public int Order => 10;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        var type = definitions.Current.Get(ActivityType.Name);
        return actor.Current.Can(type, ContentActions.View)
            ? new("_OverdueFigure", new OverdueFigure(await queries.CountAsync(type.Name, ToDoList.Overdue, cancellationToken), ListLinks.Of(type, ToDoList.Overdue, sort: ActivityFields.DueAt)))
            : null;
    }
}

/// <param name="NamesRecord">Whether it says what it is about.</param>
internal sealed record ToDoRow(ContentItem Item, bool NamesRecord = true);

/// <summary>An activity's one-click actions.</summary>
/// <param name="CanEdit">False shows none.</param>
internal sealed record ActivityActions(Guid Id, string Subject, string? Status, bool CanEdit)
{
    /// <summary>With words beside the icons.</summary>
    public bool WithText { get; init; }
}

/// <summary>Done and snooze in every row of the list.</summary>
internal sealed class ActivityRowActions(ActorContext actor) : IRowPart
{
    public RowPlace Place => RowPlace.End;

    public Task<IReadOnlyDictionary<Guid, SlotView>?> GetAsync(ContentTypeDefinition type, IReadOnlyList<ContentItem> items, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyDictionary<Guid, SlotView>?>(type.Name == ActivityType.Name && actor.Current.Can(type, ContentActions.Edit)
            ? items.Where(i => actor.Current.Can(type, ContentActions.Edit, i)).ToDictionary(i => i.Id, i => new SlotView("_ActivityActions", new ActivityActions(i.Id, i.DisplayText, i.Get<string>(ActivityFields.Status), true)))
            : null);
}

/// <summary>The same in the head of an activity's page.</summary>
internal sealed class ActivityPageActions(ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.RecordActions;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => Task.FromResult(context is { Type: { Name: ActivityType.Name } type, Item: { } item } && actor.Current.Can(type, ContentActions.Edit, item)
            ? new SlotView("_ActivityActions", new ActivityActions(item.Id, item.DisplayText, item.Get<string>(ActivityFields.Status), true) { WithText = true })
            : null);
}
