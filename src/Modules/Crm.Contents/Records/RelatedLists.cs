using Crm.Contents.Lists;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Records;

/// <summary>The first records of each type whose look-up points to a record.</summary>
internal sealed class RelatedLists(ContentDefinitions definitions, QueryEngine queries, AmountSums sums, QuickFilters quick, FieldViews views, ActorContext actor, IStringLocalizer localizer)
{
    private const int Shown = 5;
    private const int HintsShown = 2;
    private const int HintsOfLink = 4;

    public async Task<IReadOnlyList<RelatedList>> ReadAsync(ContentTypeDefinition type, ContentItem here, CancellationToken cancellationToken)
    {
        var id = here.Id;
        var lists = new List<RelatedList>();
        foreach (var (other, lookUp) in definitions.Current.PointingTo(type.Name))
        {
            if (lookUp.RelatedLabel is null || lookUp.Hidden || !actor.Current.CanOpen(other))
                continue;
            var where = Filter.Eq(lookUp.Name, id);
            // A link between two records is shown as the one at its other end.
            var side = other.Relation is { } relation && (relation.From == lookUp.Name || relation.To == lookUp.Name) ? relation.Other(lookUp.Name)
                : lookUp.RelatedAs is { } stands && other.Find(stands) is { Hidden: false } ? stands : null;
            var hints = other.KeyFacts.Concat(other.ListColumns).Distinct()
                .Where(c => c != other.DisplayField && c != SystemFields.DisplayText && c.Split('.')[0] != lookUp.Name && c != side && other.Find(c.Split('.')[0]) is { Hidden: false })
                .Take(HintsOfLink).ToList();
            var page = await queries.ListAsync(new Query(other.Name) { Where = where, Columns = side is null ? hints : [.. hints, side], Take = Shown }, cancellationToken);
            var count = page.Next is null ? new QueryCount(page.Items.Count, false) : await queries.CountAsync(other.Name, where, cancellationToken);
            lists.Add(new RelatedList(lookUp.RelatedLabel.For(localizer), other,
                [.. page.Items.Select(i => Record(other, i, side, $"{type.Path}/{id}", Hint(other, i, hints, side is null ? [here.DisplayText, i.DisplayText] : [here.DisplayText], other.Relation is null ? HintsShown : HintsOfLink)))],
                count,
                page.Items.Count > 0 ? await SumsAsync(other, where, cancellationToken) : [],
                new ListAddress(other.Path, FilterWriter.Write(where), null, null).ToString(),
                actor.Current.Can(other, ContentActions.Create) ? ListLinks.Of($"{other.Path}/new", (lookUp.Name, $"{id}"), ("returnUrl", $"{type.Path}/{id}")) : null));
        }
        return lists;
    }

    private async Task<IReadOnlyList<RelatedSum>> SumsAsync(ContentTypeDefinition type, Filter where, CancellationToken cancellationToken)
    {
        if (type.Amount is not { } amount)
            return [];
        var shown = new List<RelatedSum>();
        foreach (var part in type.AmountParts.DefaultIfEmpty(null))
        {
            var filter = part is null ? where : quick.Read(type, part) is { } only ? Filter.And(where, only)! : null;
            if (filter is not null && (await sums.ReadAsync(type.Name, amount, filter, cancellationToken)).Sums is { Count: > 0 } sum)
                shown.Add(new(part?.Label.For(localizer), AmountSums.Text(sum), ListLinks.Of(type, filter, sort: part?.Sort)));
        }
        return shown;
    }

    /// <summary>The first of its key fields that say something; its own name and that of the record on whose page it stands are said.</summary>
    private string Hint(ContentTypeDefinition type, ContentItem item, List<string> hints, string[] said, int shown)
        => string.Join(" · ", hints.Select(h => Said(type, views.Display(type, item, h))).Where(t => !string.IsNullOrEmpty(t) && !said.Contains(t)).Take(shown));

    /// <summary>What means nothing without its label has it: a yes is said by the label alone, and a no is not said.</summary>
    private string? Said(ContentTypeDefinition type, FieldDisplay? display) => display switch
    {
        { Value: bool yes } => yes ? display.Field.Label.For(localizer) : null,
        { Value: DateOnly } when type.Relation is not null => $"{display.Field.Label.For(localizer)} {display.Text}",
        _ => display?.Shown,
    };

    private RelatedRecord Record(ContentTypeDefinition type, ContentItem item, string? side, string here, string hint)
    {
        var own = $"{type.Path}/{item.Id}";
        if (side is null || views.Display(type, item, side) is not { } display)
            return new RelatedRecord(own, item.DisplayText, hint);
        return new RelatedRecord(display.Url ?? own, display.Text.Length > 0 ? display.Text : localizer["Not visible to you"], hint)
        {
            EditUrl = actor.Current.Can(type, ContentActions.Edit, item) ? $"{own}/edit" : null,
            RemoveUrl = actor.Current.Can(type, ContentActions.Delete, item) ? ListLinks.Of($"{own}/delete", ("returnUrl", here)) : null,
        };
    }
}
