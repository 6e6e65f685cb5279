using Crm.Contents.Lists;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Queries;

namespace Crm.Contents.Boards;

/// <param name="Doors">Options that are no columns: whoever moves a card there is asked for the rest.</param>
internal sealed record BoardPage(ContentTypeDefinition Type, ListAddress Address, IReadOnlyList<BoardColumn> Columns, IReadOnlyList<BoardDoorway> Doors);

/// <param name="Worth">Count and sums of all records of the column, shown or not.</param>
/// <param name="ListUrl">The list of just these records.</param>
internal sealed record BoardColumn(PickListOption Option, string Label, AmountSum Worth, string ListUrl, IReadOnlyList<BoardCard> Cards)
{
    public bool HasMore => Worth.Count > Cards.Count;
}

internal sealed record BoardDoorway(PickListOption Option, string Label, string Page);

/// <param name="Warning">In words why the card wants attention; null when it does not.</param>
internal sealed record BoardCard(ContentItem Item, string? About, Money? Amount, DateOnly? Due, string? Owner, string? NextStep, string? Warning, bool CanMove);
