using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;

namespace Crm.Activities.ToDos;

/// <param name="Heading">Such as "Overdue".</param>
/// <param name="Url">The list of all of them.</param>
internal sealed record ToDoGroup(LocalizedText Heading, IReadOnlyList<ContentItem> Items, QueryCount Count, string Url, bool IsLate);

/// <summary>The user's open activities: overdue, today, the next days.</summary>
internal sealed class ToDoList(QueryEngine queries, ContentDefinitions definitions)
{
    private const int Shown = 10;

    /// <summary>The columns that a row shows.</summary>
    public static IReadOnlyList<string> Columns { get; } = [ActivityFields.Kind, ActivityFields.DueAt, ActivityFields.Status, ActivityFields.Regarding, ActivityFields.Customer, ActivityFields.Description];

    public static Filter Overdue => Mine(Due(FilterOperator.Less, "@now"));

    public static Filter ByTonight => Mine(Due(FilterOperator.Less, "@today+1"));

    /// <summary>One flat list of conditions, so that each is a chip of its own on the list that a count leads to.</summary>
    private static Filter Mine(params IEnumerable<Filter> more) => Filter.And([Filter.Eq(SystemFields.Owner, "@me"), Filter.Eq(ActivityFields.Status, ActivityStatus.Open), .. more]);

    public async Task<IReadOnlyList<ToDoGroup>> ReadAsync(CancellationToken cancellationToken) =>
    [
        await GroupAsync("Overdue", Overdue, true, cancellationToken),
        await GroupAsync("Today", Mine(Due(FilterOperator.GreaterOrEqual, "@now"), Due(FilterOperator.Less, "@today+1")), false, cancellationToken),
        await GroupAsync("Next 7 days", Mine(Due(FilterOperator.GreaterOrEqual, "@today+1"), Due(FilterOperator.Less, "@today+8")), false, cancellationToken),
        await GroupAsync("Without a date", Mine(Filter.Eq(ActivityFields.DueAt, null)), false, cancellationToken),
    ];

    private async Task<ToDoGroup> GroupAsync(LocalizedText heading, Filter where, bool isLate, CancellationToken cancellationToken)
    {
        var page = await queries.ListAsync(new Query(ActivityType.Name) { Where = where, Columns = Columns, Sort = [ActivityFields.DueAt], Take = Shown }, cancellationToken);
        var count = page.Next is null ? new QueryCount(page.Items.Count, false) : await queries.CountAsync(ActivityType.Name, where, cancellationToken);
        return new(heading, page.Items, count, ListLinks.Of(definitions.Current.Get(ActivityType.Name), where, sort: ActivityFields.DueAt), isLate);
    }

    private static CompareFilter Due(FilterOperator op, string date) => new(ActivityFields.DueAt, op, date);
}
