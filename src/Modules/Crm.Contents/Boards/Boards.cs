using Crm.Contents.Lists;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Boards;

/// <summary>The board of any content type that declares one: one statement for the heads, one for each column's cards.</summary>
internal sealed class Boards(QueryEngine queries, AmountSums amounts, ActorContext actor, TimeProvider clock, IStringLocalizer localizer)
{
    private const int CardsShown = 25;

    /// <param name="filter">The list's filter.</param>
    /// <param name="address">Of the board; its columns lead to the list with the same filter and search.</param>
    public async Task<BoardPage> ReadAsync(ContentTypeDefinition type, Filter? filter, ListAddress address, CancellationToken cancellationToken)
    {
        var where = address.Search is null ? filter : Filter.And(filter, new QuickSearchFilter(address.Search));
        var board = type.Board!;
        var field = type.Field(board.Field);
        var doors = board.Doors.Select(d => d.Option).ToHashSet(StringComparer.Ordinal);
        var worth = type.Amount is { } amount
            ? (await amounts.ReadAsync(type.Name, amount, where, board.Field, board.Weight, cancellationToken)).ToDictionary(s => s.Key as string ?? "")
            : await CountsAsync(type, where, board.Field, cancellationToken);
        var columns = new List<BoardColumn>();
        foreach (var option in field.Options.Where(o => !doors.Contains(o.Key)))
        {
            var sum = worth.GetValueOrDefault(option.Key) ?? AmountSum.None;
            // One that is no longer offered is shown as long as something stands in it.
            if (option.Hidden && sum.Count == 0)
                continue;
            var condition = Filter.Eq(board.Field, option.Key);
            var cards = sum.Count == 0 ? [] : await CardsAsync(type, board, Filter.And(where, condition), cancellationToken);
            var list = Filter.And([.. FilterParts.Flat(filter), condition]);
            columns.Add(new(option, option.Label.For(localizer), sum, ListLinks.Of(type, list, address.Search, board.Due), cards));
        }
        return new(type, address, columns, [.. board.Doors.Where(d => field.Options.Any(o => o.Key == d.Option))
            .Select(d => (Door: d, Option: field.Options.First(o => o.Key == d.Option))).Select(d => new BoardDoorway(d.Option, d.Option.Label.For(localizer), d.Door.Page))]);
    }

    /// <summary>How the cards of a column follow each other.</summary>
    public static IReadOnlyList<string> Sort(BoardDefinition board) => board.Due is null ? [$"-{SystemFields.ModifiedAt}"] : [board.Due];

    private async Task<Dictionary<string, AmountSum>> CountsAsync(ContentTypeDefinition type, Filter? where, string field, CancellationToken cancellationToken)
        => (await queries.AggregateAsync(new AggregateQuery(type.Name) { Where = where, GroupBy = [new(field)], Aggregates = [new(AggregateFunction.Count)] }, cancellationToken))
            .ToDictionary(r => r.Keys[0] as string ?? "", r => AmountSum.None with { Count = (long)r.Values[0]! });

    private async Task<IReadOnlyList<BoardCard>> CardsAsync(ContentTypeDefinition type, BoardDefinition board, Filter where, CancellationToken cancellationToken)
    {
        var columns = new[] { board.About, type.Amount, board.Due, board.NextStep, board.Tag, SystemFields.Owner, SystemFields.ModifiedAt }.OfType<string>().Where(f => type.Find(f) is { Hidden: false }).ToList();
        var query = new Query(type.Name) { Where = where, Columns = columns, Sort = Sort(board), Take = CardsShown };
        return [.. (await queries.ListAsync(query, cancellationToken)).Items.Select(Card)];

        BoardCard Card(ContentItem item)
        {
            var due = board.Due is null ? null : item.Get<DateOnly?>(board.Due);
            return new(item,
                board.About is null ? null : item.DisplayOf(board.About),
                type.Amount is null ? null : item.Get<Money?>(type.Amount),
                due,
                item.DisplayOf(SystemFields.Owner),
                board.NextStep is null ? null : item.Get<string>(board.NextStep),
                Warning(board, due, item.Get<DateTime>(SystemFields.ModifiedAt)),
                actor.Current.Can(type, ContentActions.Edit, item));
        }
    }

    private string? Warning(BoardDefinition board, DateOnly? due, DateTime modifiedAt)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var today = actor.Current.Today(clock);
        if (due < today)
            return localizer["Overdue by {0} days", today.DayNumber - due.Value.DayNumber];
        var idle = (int)(now - modifiedAt).TotalDays;
        return board.IdleDays is { } most && idle >= most ? localizer["Nothing changed for {0} days", idle].Value : null;
    }
}
