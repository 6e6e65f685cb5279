using Crm.Activities.ToDos;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Activities;

internal sealed class ActivitiesMenu : IMenuProvider
{
    public const string Url = "/activities";

    public IEnumerable<MenuEntry> Entries => [new("Activities", Url, "checkbox", $"{ActivityType.Name}.{ContentActions.View}", 5)];
}

/// <summary>What I should have done by tonight.</summary>
internal sealed class ActivitiesBadge(QueryEngine queries, ContentDefinitions definitions, ActorContext actor) : IMenuBadge
{
    public string Entry => ActivitiesMenu.Url;

    public async Task<MenuBadge?> CountAsync(CancellationToken cancellationToken)
    {
        if (actor.Current.UserId is null)
            return null;
        var count = await queries.CountAsync(ActivityType.Name, ToDoList.ByTonight, cancellationToken);
        return new(count.Count, ListLinks.Of(definitions.Current.Get(ActivityType.Name), ToDoList.ByTonight, sort: ActivityFields.DueAt), "Overdue or due today");
    }
}
