using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Contents.LookUps;

/// <summary>What a picker offers while somebody types.</summary>
internal sealed class LookUpController(ContentDefinitions definitions, QueryEngine queries, FieldViews views) : Controller
{
    private const int MaxOffers = 20;

    [HttpGet("/lookup/{type}"), RequireContentPermission(ContentActions.View)]
    public async Task<IActionResult> Find([FromRoute] string type, string? q, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var text = q?.Trim() ?? "";
        var hints = HintColumns(definition);
        var query = new Query(definition.Name) { Columns = hints, Sort = [SystemFields.DisplayText], Take = MaxOffers };
        if (text.Length == 0)
            return Json((await queries.ListAsync(query, cancellationToken)).Items.Select(Offer));

        // Names that begin with the text come first.
        var begins = new CompareFilter(SystemFields.DisplayText, Platform.Fields.FilterOperator.StartsWith, text);
        var offers = (await queries.ListAsync(query with { Where = begins }, cancellationToken)).Items.ToList();
        if (offers.Count < MaxOffers)
            offers.AddRange((await queries.ListAsync(query with { Where = Filter.And(new QuickSearchFilter(text), new NotFilter(begins)), Take = MaxOffers - offers.Count }, cancellationToken)).Items);
        return Json(offers.Select(Offer));

        object Offer(ContentItem item) => new { value = item.Id, text = item.DisplayText, hint = string.Join(" · ", hints.Select(h => views.Display(definition, item, h)?.Text).Where(t => !string.IsNullOrEmpty(t))) };
    }

    /// <summary>The first two columns of the list besides the name: enough to tell records of one name apart.</summary>
    private static IReadOnlyList<string> HintColumns(ContentTypeDefinition type)
        => [.. type.ListColumns.Where(c => c != type.DisplayField && c != SystemFields.DisplayText).Take(2)];
}
