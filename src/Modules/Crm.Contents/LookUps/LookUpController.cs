using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.LookUps;

/// <summary>What a picker offers while somebody types.</summary>
internal sealed class LookUpController(ContentDefinitions definitions, QueryEngine queries, IEnumerable<IWordIndex> indexes, FieldViews views, ActorContext actor, IStringLocalizer localizer) : Controller
{
    private const int MaxOffers = 20;
    private const int OffersOfEach = 5;
    private const int MaxRecent = 6;

    /// <param name="recent">What the reader's browser says was chosen last; of it, what may be seen comes first.</param>
    [HttpGet("/lookup/{type}"), RequireContentPermission(ContentActions.View)]
    public async Task<IActionResult> Find([FromRoute] string type, string? q, Guid[] recent, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        var hints = HintColumns(definition);
        var known = recent.Length == 0 ? [] : (await queries.ListAsync(new Query(definition.Name) { Columns = hints, Where = Filter.In(SystemFields.Id, recent.Take(MaxRecent).Cast<object?>()), Sort = [SystemFields.Id], Take = MaxRecent }, cancellationToken))
            .Items.OrderBy(i => Array.IndexOf(recent, i.Id)).ToList();
        return Json(known.Select(i => Offer(i, "recent")).Concat((await OffersAsync(definition, q?.Trim() ?? "", hints, cancellationToken)).Where(i => known.All(k => k.Id != i.Id)).Select(i => Offer(i, null))));

        object Offer(ContentItem item, string? group) => new { value = item.Id, text = item.DisplayText, hint = string.Join(" · ", hints.Select(h => views.Display(definition, item, h)?.Shown).Where(t => !string.IsNullOrEmpty(t))), group };
    }

    /// <summary>
    /// Records of all types that staff can open, for links to any record: by the words in them while there is an index,
    /// else by how their names begin; without a text the latest of each type.
    /// </summary>
    [HttpGet("/lookup"), SignedIn]
    public async Task<IActionResult> FindAny(string? q, CancellationToken cancellationToken)
    {
        var text = q?.Trim() ?? "";
        var found = text.Length > 0 && indexes.FirstOrDefault() is { } index ? await index.FindAsync(text, IsOffered, MaxOffers, cancellationToken) : null;
        return Json((found ?? await EachAsync(text, cancellationToken)).Select(i => new { value = $"{i.ContentType}/{i.Id}", text = i.DisplayText, hint = definitions.Current.Get(i.ContentType).Label.For(localizer) }));
    }

    private bool IsOffered(ContentTypeDefinition type) => !type.IsAdmin && actor.Current.CanOpen(type);

    private async Task<IReadOnlyList<ContentItem>> EachAsync(string text, CancellationToken cancellationToken)
    {
        var offers = new List<ContentItem>();
        foreach (var type in definitions.Current.Types.Where(IsOffered).OrderBy(t => t.Name, StringComparer.Ordinal))
            offers.AddRange((await queries.ListAsync(new Query(type.Name)
            {
                Where = text.Length == 0 ? null : Begins(text),
                Columns = [],
                Sort = [text.Length == 0 ? $"-{SystemFields.ModifiedAt}" : SystemFields.DisplayText],
                Take = OffersOfEach,
            }, cancellationToken)).Items);
        return offers;
    }

    private static CompareFilter Begins(string text) => new(SystemFields.DisplayText, Platform.Fields.FilterOperator.StartsWith, text);

    /// <summary>Names that begin with the text come first.</summary>
    private async Task<IReadOnlyList<ContentItem>> OffersAsync(ContentTypeDefinition type, string text, IReadOnlyList<string> columns, CancellationToken cancellationToken)
    {
        var query = new Query(type.Name) { Columns = columns, Sort = [SystemFields.DisplayText], Take = MaxOffers };
        if (text.Length == 0)
            return (await queries.ListAsync(query, cancellationToken)).Items;
        var begins = Begins(text);
        var offers = (await queries.ListAsync(query with { Where = begins }, cancellationToken)).Items.ToList();
        if (offers.Count < MaxOffers)
            offers.AddRange((await queries.ListAsync(query with { Where = Filter.And(new QuickSearchFilter(text), new NotFilter(begins)), Take = MaxOffers - offers.Count }, cancellationToken)).Items);
        return offers;
    }

    /// <summary>The first two columns of the list besides the name: enough to tell records of one name apart.</summary>
    private IReadOnlyList<string> HintColumns(ContentTypeDefinition type)
        => [.. type.ListColumns.Where(c => c != type.DisplayField && c != SystemFields.DisplayText && type.FindColumn(c) is var field && (field is null || actor.Current.Sees(type, field))).Take(2)];
}
