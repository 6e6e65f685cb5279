using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Contents.LookUps;

/// <summary>The tags that records of a type have already, those most used first.</summary>
internal sealed class TagsController(ContentDefinitions definitions, FieldKinds kinds, QueryEngine queries) : Controller
{
    private const int MaxOffers = 20;

    [HttpGet("/lookup/{type}/{field}"), RequireContentPermission(ContentActions.View)]
    public async Task<IActionResult> Find([FromRoute] string type, [FromRoute] string field, string? q, CancellationToken cancellationToken)
    {
        if (definitions.Current.Get(type).Find(field) is not { Hidden: false } tags || kinds.Of(tags) is not SeveralKind { IsGrouped: true, HasSpelling: true })
            return NotFound();
        var text = q?.Trim() ?? "";
        var rows = await queries.AggregateAsync(new AggregateQuery(type)
        {
            Where = text.Length == 0 ? new CompareFilter(tags.Name, FilterOperator.NotEqual, null) : new CompareFilter(tags.Name, FilterOperator.Contains, text),
            GroupBy = [new(tags.Name)],
            Aggregates = [new(AggregateFunction.Count)],
            LargestFirst = true,
            // A record that has the one that is looked for has others too.
            Take = text.Length == 0 ? MaxOffers : 500,
        }, cancellationToken);
        var wanted = FieldKind.Fold(text);
        return Json(rows.Where(r => r.Keys[0] is string key && key.Contains(wanted, StringComparison.Ordinal)).Take(MaxOffers).Select(r => new { value = r.KeyTexts[0], text = r.KeyTexts[0] }));
    }
}
