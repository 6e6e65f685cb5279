using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.Customers.Subsidiaries;

/// <param name="Children">The first of its subsidiaries; none at the lowest level that is shown.</param>
/// <param name="More">How many others there are.</param>
/// <param name="AllUrl">List of all its subsidiaries.</param>
internal sealed record Company(Guid Id, string Name, IReadOnlyList<Company> Children, long More, string AllUrl);

/// <param name="Above">The topmost first, as far as the reader may see them without a gap.</param>
/// <param name="GoesOn">There is something above the topmost that is shown.</param>
internal sealed record CompanyTreeView(IReadOnlyList<(Guid Id, string Name)> Above, bool GoesOn, Company Self, string? NewUrl);

/// <summary>The group that a company belongs to: four levels above it, and two below. Where that is not all, it says so and leads on.</summary>
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
        var below = await queries.ListAsync(new Query(type.Name) { Where = Filter.Eq(CustomerType.Parent, item.Id), Columns = [CustomerType.Parent], Take = ShownOfEach }, cancellationToken);
        var under = below.Items.Count == 0 ? [] : (await queries.ListAsync(new Query(type.Name)
        {
            Where = Filter.In(CustomerType.Parent, below.Items.Select(i => (object?)i.Id)),
            Columns = [CustomerType.Parent],
            Take = ShownBelow,
        }, cancellationToken)).Items;
        var shown = below.Items.Concat(under).ToLookup(i => i.Get<Guid?>(CustomerType.Parent));
        var counts = below.Items.Count == 0 ? [] : (await queries.AggregateAsync(new AggregateQuery(type.Name)
        {
            Where = Filter.In(CustomerType.Parent, [item.Id, .. below.Items.Concat(under).Select(i => (object?)i.Id)]),
            GroupBy = [new(CustomerType.Parent)],
            Aggregates = [new(AggregateFunction.Count)],
        }, cancellationToken)).ToDictionary(r => (Guid)r.Keys[0]!, r => Convert.ToInt64(r.Values[0], CultureInfo.InvariantCulture));
        var (above, goesOn) = await AboveAsync(type, item, cancellationToken);
        return new("_CompanyTree", new CompanyTreeView(above, goesOn, Of(item),
            actor.Current.Can(type, ContentActions.Create) ? ListLinks.Of($"{type.Path}/new", (CustomerType.Parent, $"{item.Id}"), ("returnUrl", $"{type.Path}/{item.Id}")) : null));

        Company Of(ContentItem company)
        {
            List<Company> children = [.. shown[company.Id].Take(ShownOfEach).Select(Of)];
            return new(company.Id, company.DisplayText, children, counts.GetValueOrDefault(company.Id) - children.Count, ListLinks.Of(type, Filter.Eq(CustomerType.Parent, company.Id)));
        }
    }

    private async Task<(IReadOnlyList<(Guid Id, string Name)> Above, bool GoesOn)> AboveAsync(ContentTypeDefinition type, ContentItem item, CancellationToken cancellationToken)
    {
        var found = item[CustomerType.Parent] is null ? null : await FindAsync(item.Id, Ancestors);
        if (found is null)
            return ([], false);
        (Guid Id, string Name)[] above = [.. Ancestors.Reverse().Where(p => found.DisplayOf(p) is not null).Select(p => (found.Get<Guid>(p), found.DisplayOf(p)!))];
        return (above, above.Length == Ancestors.Length && (await FindAsync(above[0].Id, [CustomerType.Parent]))?.DisplayOf(CustomerType.Parent) is not null);

        async Task<ContentItem?> FindAsync(Guid id, IReadOnlyList<string> columns)
            => (await queries.ListAsync(new Query(type.Name) { Where = Filter.Eq(SystemFields.Id, id), Columns = columns, Take = 1 }, cancellationToken)).Items is [var company] ? company : null;
    }
}
