using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Tickets.Rules;

/// <summary>Work given to somebody who can no longer sign in would wait for ever.</summary>
internal sealed class RefuseInactiveAssignees(QueryEngine queries, ActorContext actor) : IContentHandler
{
    public async ValueTask SavingAsync(ContentTypeDefinition type, IReadOnlyList<PendingSave> saves, CancellationToken cancellationToken)
    {
        if (type.Name is not (TicketType.Name or FeedbackType.Name))
            return;
        var assigned = saves.Where(s => s.Changed.Contains(SystemFields.Owner) && s.After.Owner is not null).ToList();
        foreach (var chunk in assigned.Chunk(500))
        {
            var where = Filter.And(Filter.In(SystemFields.Id, chunk.Select(s => (object?)s.After.Owner).Distinct()), Filter.Eq("isActive", false));
            // Whether somebody is still here does not depend on who asks.
            var gone = await actor.AsSystemAsync(() => queries.ListAsync(new Query(SystemTypes.Users) { Where = where, Columns = [], Take = QueryEngine.MaxTake }, cancellationToken));
            foreach (var user in gone.Items)
                foreach (var save in chunk.Where(s => s.After.Owner == user.Id))
                    save.Error(SystemFields.Owner, new("{0}: “{1}” can no longer sign in. Choose somebody else", type.Field(SystemFields.Owner).Label, user.DisplayText));
        }
    }
}
