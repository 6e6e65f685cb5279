using Crm.Contents.Lists;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Campaigns.Segments;

/// <param name="Filter">As it would be saved.</param>
/// <param name="Sample">The first who belong to it.</param>
internal sealed record AudiencePage(ContentItem Segment, ContentTypeDefinition List, Filter? Filter, bool IsChanged, QueryCount Count, IReadOnlyList<ContentItem> Sample)
{
    public string Path => $"/segments/{Segment.Id}/audience";

    public string ListUrl => ListLinks.Of(List, Filter);
}

/// <summary>What the form of the filter bar sends.</summary>
internal sealed class AudienceInput
{
    public string? Filter { get; set; }

    /// <summary>Given when the address says the filter itself, and not the segment.</summary>
    public string? Changed { get; set; }

    public string? Field { get; set; }

    public string? Op { get; set; }

    public string?[]? Value { get; set; }

    public string? At { get; set; }

    public string? Into { get; set; }
}

/// <summary>Chooses who belongs to a segment with the filter bar of the lists, and sees at once who that is.</summary>
[Route("/segments/{id:guid}/audience"), RequirePermission("segments.edit")]
internal sealed class AudienceController(ContentDefinitions definitions, QueryEngine queries, IContentManager content, FilterPicker picker, ActorContext actor, IStringLocalizer localizer) : Controller
{
    private const int Sampled = 10;

    [HttpGet("")]
    public async Task<IActionResult> Choose(Guid id, AudienceInput input, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(SegmentType.Name, id, cancellationToken) is not { } segment || definitions.Current.Find(segment.Get<string>("type") ?? "") is not { } list)
            return NotFound();
        if (!actor.Current.Can(definitions.Current.Get(SegmentType.Name), ContentActions.Edit, segment) || !actor.Current.CanOpen(list))
            return StatusCode(StatusCodes.Status403Forbidden);
        var filter = Read(segment, list, input);
        if (!string.IsNullOrEmpty(input.Field))
            return Redirect(Address(id, Added(filter, list, input)));
        return View("Choose", new AudiencePage(segment, list, filter, input.Changed is not null,
            await queries.CountAsync(list.Name, filter, cancellationToken),
            (await queries.ListAsync(new Query(list.Name) { Where = filter, Columns = [], Take = Sampled }, cancellationToken)).Items));
    }

    [HttpPost("")]
    public async Task<IActionResult> Save(Guid id, [FromForm] string? filter, [FromForm] long version, CancellationToken cancellationToken)
    {
        var result = await content.SaveAsync(new ContentChange(SegmentType.Name) { Id = id, Version = version, Texts = { ["filter"] = filter } }, SaveOptions.Default, cancellationToken);
        switch (result.Status)
        {
            case SaveStatus.NotFound:
                return NotFound();
            case SaveStatus.Forbidden:
                return StatusCode(StatusCodes.Status403Forbidden);
        }
        if (result.Succeeded)
            new Toast(localizer["The segment was saved."]).ShowOnNextPage(this);
        else
            new Toast(result.Status == SaveStatus.Conflict ? localizer["Somebody changed the segment in the meantime. Look at it and save again."] : string.Join(localizer["; "], result.Errors.Select(e => e.Message.For(localizer))), IsBad: true).ShowOnNextPage(this);
        return Redirect(result.Succeeded ? $"/segments/{id}" : ListLinks.Of($"/segments/{id}/audience", ("changed", "1"), ("filter", filter)));
    }

    /// <summary>A filter of the segment that cannot be read any more is chosen anew.</summary>
    private Filter? Read(ContentItem segment, ContentTypeDefinition list, AudienceInput input)
    {
        if (input.Changed is not null)
            return string.IsNullOrWhiteSpace(input.Filter) ? null : FilterParser.Parse(input.Filter, list, definitions.Current);
        try
        {
            return SegmentFilter.Of(segment, definitions).Filter;
        }
        catch (QueryException e)
        {
            new Toast(e.Reason.For(localizer), IsBad: true).ShowOnNextPage(this);
            return null;
        }
    }

    private Filter? Added(Filter? filter, ContentTypeDefinition list, AudienceInput input)
    {
        try
        {
            return picker.Add(filter, list, input.Field!, input.Op, input.Value ?? [], input.At, input.Into);
        }
        catch (QueryException e)
        {
            new Toast(e.Reason.For(localizer), IsBad: true).ShowOnNextPage(this);
            return filter;
        }
    }

    private static string Address(Guid id, Filter? filter) => ListLinks.Of($"/segments/{id}/audience", ("changed", "1"), ("filter", filter is null ? null : FilterWriter.Write(filter)));
}
