using Crm.Contents.Lists;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;

namespace Crm.Campaigns.Segments;

/// <param name="Url">The list that answers the segment's question.</param>
/// <param name="Problem">Why it cannot be answered.</param>
internal sealed record SegmentSize(QueryCount Count, string Url, Platform.Localization.Message? Problem);

/// <summary>How many a segment has, as the reader sees them.</summary>
internal sealed class SegmentFigures(QueryEngine queries, ContentDefinitions definitions, ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.RecordFigures;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        if (context.Type?.Name != SegmentType.Name)
            return null;
        try
        {
            var (type, filter) = SegmentFilter.Of(context.Item!, definitions);
            return actor.Current.CanOpen(type)
                ? new SlotView("_SegmentFigures", new SegmentSize(await queries.CountAsync(type.Name, filter, cancellationToken), ListLinks.Of(type, filter), null))
                : null;
        }
        catch (QueryException e)
        {
            return new SlotView("_SegmentFigures", new SegmentSize(default, "", e.Reason));
        }
    }
}

/// <param name="Words">What the filter asks for; null when it takes everybody or cannot be read.</param>
internal sealed record SegmentAudience(Guid Id, ContentTypeDefinition Type, string? Words, bool IsReadable, bool CanEdit);

/// <summary>Who belongs to a segment, in words; with the filter's own editor behind it.</summary>
internal sealed class SegmentAudiencePart(FilterPicker picker, ContentDefinitions definitions, ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.RecordMain;

    public int Order => 10;

    public async Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        if (context is not { Type: { Name: SegmentType.Name } segments, Item: { } item } || definitions.Current.Find(item.Get<string>("type") ?? "") is not { } list)
            return null;
        var canEdit = actor.Current.Can(segments, ContentActions.Edit, item) && actor.Current.CanOpen(list);
        try
        {
            var (type, filter) = SegmentFilter.Of(item, definitions);
            return new("_SegmentAudience", new SegmentAudience(item.Id, type, filter is null ? null : await picker.SayAsync(type, filter, cancellationToken), true, canEdit));
        }
        catch (QueryException)
        {
            // The figure in the head says what is wrong with it.
            return new("_SegmentAudience", new SegmentAudience(item.Id, list, null, false, canEdit));
        }
    }
}

internal sealed class SegmentActions(ActorContext actor) : ISlotPart
{
    public string Slot => SlotNames.RecordActions;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
        => Task.FromResult(context.Type?.Name == SegmentType.Name && actor.Current.Can("emailBlasts.create") ? new SlotView("_SegmentActions", context.Item!.Id) : null);
}

/// <param name="Filter">Of the list as it is shown.</param>
internal sealed record ListAudience(ContentTypeDefinition Type, string? Filter, bool CanSave, bool CanAdd);

/// <summary>On lists of people: keep this list as a segment, or put all of it into a campaign.</summary>
internal sealed class ListAudienceActions(ActorContext actor, IHttpContextAccessor http, ContentDefinitions definitions) : ISlotPart
{
    public string Slot => SlotNames.ListActions;

    public Task<SlotView?> GetAsync(SlotContext context, CancellationToken cancellationToken)
    {
        if (context.Type is not { Name: "contacts" or "customers" } type || http.HttpContext?.Request is not { } request)
            return Task.FromResult<SlotView?>(null);
        var audience = new ListAudience(type, FilterOf(request, type), actor.Current.Can("segments.create"), actor.Current.Can("campaignMembers.create"));
        return Task.FromResult(audience.CanSave || audience.CanAdd ? new SlotView("_ListAudience", audience) : null);
    }

    private string? FilterOf(HttpRequest request, ContentTypeDefinition type)
    {
        var (text, search) = (request.Query["filter"].ToString(), request.Query["q"].ToString().Trim());
        Filter?[] parts = [text.Length == 0 ? null : FilterParser.Parse(text, type, definitions.Current), search.Length == 0 ? null : new QuickSearchFilter(search)];
        return parts.All(p => p is null) ? null : FilterWriter.Write(Filter.And(parts));
    }
}
