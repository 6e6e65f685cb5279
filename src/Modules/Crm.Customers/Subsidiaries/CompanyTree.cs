using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Customers.Subsidiaries;

/// <param name="Children">Empty at the lowest level that is shown.</param>
internal sealed record Company(Guid Id, string Name, IReadOnlyList<Company> Children);

/// <param name="Above">The topmost first; those that the reader may not see are left out.</param>
/// <param name="AllUrl">List of all direct subsidiaries; null when all are shown.</param>
internal sealed record CompanyTreeView(string Name, IReadOnlyList<Company> Above, IReadOnlyList<Company> Below, string? AllUrl, string? NewUrl);

/// <summary>The group that a company belongs to: what is above it, and two levels below, in three queries at most.</summary>
internal sealed class CompanyTree(QueryEngine queries, ActorContext actor) : ISlotPart
{
    private const int ShownOfEach = 12;
    private const int ShownBelow = 60;

    private static readonly string[] Ancestors = [CustomerType.Parent, "parent.parent", "parent.parent.parent", "parent.parent.parent.parent"];

    public string Slot => SlotNames.RecordRelated;

    public int Order => 20;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        if (context is not { Type.Name: CustomerType.Name, Type: var type, Item: { } item } || type.Find(CustomerType.Parent) is not { Hidden: false })
            return null;
        var below = await queries.ListAsync(new Query(type.Name) { Where = Filter.Eq(CustomerType.Parent, item.Id), Columns = [], Take = ShownOfEach }, cancellationToken);
        var under = below.Items.Count == 0 ? [] : (await queries.ListAsync(new Query(type.Name)
        {
            Where = Filter.In(CustomerType.Parent, below.Items.Select(i => (object?)i.Id)),
            Columns = [CustomerType.Parent],
            Take = ShownBelow,
        }, cancellationToken)).Items;
        var parents = under.ToLookup(i => i.Get<Guid?>(CustomerType.Parent));
        return new("_CompanyTree", new CompanyTreeView(item.DisplayText,
            await AboveAsync(type, item, cancellationToken),
            [.. below.Items.Select(i => new Company(i.Id, i.DisplayText, [.. parents[i.Id].Take(ShownOfEach).Select(c => new Company(c.Id, c.DisplayText, []))]))],
            below.Next is null ? null : ListLinks.Of(type, Filter.Eq(CustomerType.Parent, item.Id)),
            actor.Current.Can(type, ContentActions.Create) ? ListLinks.Of($"{type.Path}/new", (CustomerType.Parent, $"{item.Id}"), ("returnUrl", $"{type.Path}/{item.Id}")) : null));
    }

    private async Task<IReadOnlyList<Company>> AboveAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
    {
        if (item[CustomerType.Parent] is null)
            return [];
        var read = (await queries.ListAsync(new Query(type.Name) { Where = Filter.Eq(SystemFields.Id, item.Id), Columns = Ancestors, Take = 1 }, cancellationToken)).Items;
        return read is [var found] ? [.. Ancestors.Reverse().Where(p => found[p] is Guid && found.DisplayOf(p) is not null).Select(p => new Company(found.Get<Guid>(p), found.DisplayOf(p)!, []))] : [];
    }
}
