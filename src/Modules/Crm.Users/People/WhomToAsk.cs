using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Users;

/// <summary>The names of the site's administrators, on the page that says that one may not do something.</summary>
internal sealed class WhomToAsk(QueryEngine queries, ActorContext actor) : ISlotPart
{
    private const int Named = 5;

    public string Slot => SlotNames.Refused;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        // Strangers are told nothing of who is who.
        if (actor.Current.UserId is null)
            return null;
        // Whom to ask is for everybody to know, also for those who may not see the users.
        var found = await actor.AsSystemAsync(() => queries.ListAsync(new Query(SystemTypes.Users)
        {
            Where = Filter.And(Filter.Eq(UserFields.IsActive, true), new CompareFilter(UserFields.Roles, FilterOperator.Contains, RoleNames.Administrator)),
            Columns = [UserFields.Roles],
            Sort = [UserFields.Name],
            Take = 50,
        }, cancellationToken));
        // A role whose name only has that word in it is another.
        var names = found.Items.Where(u => NamesField.Contains(u.Get<string>(UserFields.Roles), RoleNames.Administrator)).Select(u => u.DisplayText).Take(Named).ToList();
        return names.Count == 0 ? null : new SlotView("_WhomToAsk", names);
    }
}
