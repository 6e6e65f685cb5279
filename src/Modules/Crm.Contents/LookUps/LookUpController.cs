using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.LookUps;

/// <summary>What a picker offers while somebody types.</summary>
internal sealed class LookUpController(ContentDefinitions definitions, QueryEngine queries, FieldViews views, ActorContext actor, IStringLocalizer localizer) : Controller
{
    private const int MaxOffers = 20;
    private const int OffersOfEach = 5;

    [HttpGet("/lookup/{type}"), RequireContentPermission(ContentActions.View)]
    public async Task<IActionResult> Find([FromRoute] string type, string? q, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var hints = HintColumns(definition);
        return Json((await OffersAsync(definition, q?.Trim() ?? "", hints, MaxOffers, [SystemFields.DisplayText], cancellationToken))
            .Select(i => new { value = i.Id, text = i.DisplayText, hint = string.Join(" · ", hints.Select(h => views.Display(definition, i, h)?.Text).Where(t => !string.IsNullOrEmpty(t))) }));
    }

    /// <summary>Records of all types that staff work with, for links to any record; without a text the latest of each.</summary>
    [HttpGet("/lookup"), SignedIn]
    public async Task<IActionResult> FindAny(string? q, CancellationToken cancellationToken)
    {
        var text = q?.Trim() ?? "";
        var offers = new List<object>();
        foreach (var type in definitions.Current.Types.Where(t => !t.IsAdmin && actor.Current.Can(t, ContentActions.View)).OrderBy(t => t.Name, StringComparer.Ordinal))
            foreach (var item in await OffersAsync(type, text, [], OffersOfEach, text.Length == 0 ? [$"-{SystemFields.ModifiedAt}"] : [SystemFields.DisplayText], cancellationToken))
                offers.Add(new { value = $"{type.Name}/{item.Id}", text = item.DisplayText, hint = type.Label.For(localizer) });
        return Json(offers);
    }

    /// <summary>Names that begin with the text come first.</summary>
    private async Task<IReadOnlyList<ContentItem>> OffersAsync(ContentTypeDefinition type, string text, IReadOnlyList<string> columns, int take, IReadOnlyList<string> sort, CancellationToken cancellationToken)
    {
        var query = new Query(type.Name) { Columns = columns, Sort = sort, Take = take };
        if (text.Length == 0)
            return (await queries.ListAsync(query, cancellationToken)).Items;
        var begins = new CompareFilter(SystemFields.DisplayText, Platform.Fields.FilterOperator.StartsWith, text);
        var offers = (await queries.ListAsync(query with { Where = begins }, cancellationToken)).Items.ToList();
        if (offers.Count < take)
            offers.AddRange((await queries.ListAsync(query with { Where = Filter.And(new QuickSearchFilter(text), new NotFilter(begins)), Take = take - offers.Count }, cancellationToken)).Items);
        return offers;
    }

    /// <summary>The first two columns of the list besides the name: enough to tell records of one name apart.</summary>
    private static IReadOnlyList<string> HintColumns(ContentTypeDefinition type)
        => [.. type.ListColumns.Where(c => c != type.DisplayField && c != SystemFields.DisplayText).Take(2)];
}
