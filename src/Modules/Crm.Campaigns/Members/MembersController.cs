using Crm.Campaigns.Campaigns;
using Crm.Campaigns.Segments;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Jobs;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Campaigns.Members;

/// <summary>Puts a segment or a list into a campaign, and moves members on together.</summary>
internal sealed class MembersController(QueryEngine queries, IContentManager content, ContentDefinitions definitions, MemberBook members, IJobQueue jobs, IStringLocalizer localizer) : Controller
{
    /// <summary>Longer lists are added in the background.</summary>
    private const int AtOnce = 500;

    [HttpGet("/campaigns/add-members"), RequirePermission("campaignMembers.create")]
    public async Task<IActionResult> Ask(Guid? campaign, string? type, string? filter, CancellationToken cancellationToken)
        => View("Add", await PageAsync(campaign, type, filter, null, cancellationToken));

    [HttpPost("/campaigns/add-members"), RequirePermission("campaignMembers.create")]
    public async Task<IActionResult> Add([FromForm] Guid? campaign, [FromForm] Guid? segment, [FromForm] string? type, [FromForm] string? filter, CancellationToken cancellationToken)
    {
        try
        {
            if (campaign is not { } id || await queries.GetAsync(CampaignType.Name, id, cancellationToken) is not { } item)
                throw new QueryException("Choose a campaign");
            var (list, where) = await SourceAsync(segment, type, filter, cancellationToken);
            var count = await queries.CountAsync(list.Name, where, cancellationToken);
            if (count.Count == 0)
                throw new QueryException("Nobody is in this list");
            var text = where is null ? null : FilterWriter.Write(where);
            if (count.Count > AtOnce)
            {
                await jobs.EnqueueAsync(AddMembersTask.TaskName, AddMembersTask.Data(id, list.Name, text), cancellationToken);
                new Toast(localizer["{0} people are being added in the background.", count.Count]).ShowOnNextPage(this);
            }
            else
            {
                var added = await members.AddAllAsync(id, list.Name, text, _ => { }, cancellationToken);
                new Toast(added.Reason is { } reason
                    ? localizer["{0} of {1} were added. {2} were refused, the first because: {3}", added.Count, count.Count, added.Refused, reason.For(localizer)]
                    : added.Count == count.Count ? localizer["{0} people were added.", added.Count]
                    : localizer["{0} of {1} were added; the others are members already.", added.Count, count.Count], IsBad: added.Reason is not null).ShowOnNextPage(this);
            }
            return Redirect($"/campaigns/{item.Id}");
        }
        catch (QueryException e)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return View("Add", await PageAsync(campaign, type, filter, e.Reason.For(localizer), cancellationToken));
        }
    }

    /// <summary>All members of one status at once, such as everybody who came.</summary>
    [HttpPost("/campaigns/{id:guid}/members/move"), RequirePermission("campaignMembers.edit")]
    public async Task<IActionResult> Move(Guid id, [FromForm] string from, [FromForm] string to, CancellationToken cancellationToken)
    {
        var (moved, refused) = (0, new List<SaveResult>());
        if (from != to)
            for (string? after = null; ;)
            {
                var page = await queries.ListAsync(new Query(CampaignMemberType.Name) { Where = Filter.And(Filter.Eq("campaign", id), Filter.Eq("status", from)), Columns = [], Sort = [SystemFields.Id], Take = 1000, After = after }, cancellationToken);
                var results = await content.SaveManyAsync(CampaignMemberType.Name, [.. page.Items.Select(i => new ContentChange(CampaignMemberType.Name) { Id = i.Id, Texts = { ["status"] = to } })], SaveOptions.Default, cancellationToken);
                moved += results.Count(r => r.Succeeded);
                refused.AddRange(results.Where(r => !r.Succeeded));
                if ((after = page.Next) is null)
                    break;
            }
        new Toast(refused is [{ Errors: [var first, ..] }, ..]
            ? localizer["{0} members were changed. {1} were refused, the first because: {2}", moved, refused.Count, first.Message.For(localizer)]
            : localizer["{0} members were changed.", moved], IsBad: refused.Count > 0).ShowOnNextPage(this);
        return Redirect($"/campaigns/{id}");
    }

    private async Task<(ContentTypeDefinition Type, Filter? Where)> SourceAsync(Guid? segment, string? type, string? filter, CancellationToken cancellationToken)
    {
        if (segment is { } id)
            return SegmentFilter.Of(await queries.GetAsync(SegmentType.Name, id, cancellationToken) ?? throw new QueryException("The segment is gone or you may not see it"), definitions);
        if (type is not ("contacts" or "customers"))
            throw new QueryException("Choose a segment");
        var list = definitions.Current.Get(type);
        return (list, string.IsNullOrWhiteSpace(filter) ? null : FilterParser.Parse(filter, list, definitions.Current));
    }

    private async Task<AddMembersPage> PageAsync(Guid? campaign, string? type, string? filter, string? problem, CancellationToken cancellationToken)
    {
        var item = campaign is { } id ? await queries.GetAsync(CampaignType.Name, id, cancellationToken) : null;
        var list = type is "contacts" or "customers" ? definitions.Current.Find(type) : null;
        QueryCount? count = null;
        string? url = null;
        if (list is not null && problem is null)
        {
            var (_, where) = await SourceAsync(null, type, filter, cancellationToken);
            (count, url) = (await queries.CountAsync(list.Name, where, cancellationToken), ListLinks.Of(list, where));
        }
        var segment = item?.Get<Guid?>("segment") is { } own ? await queries.GetAsync(SegmentType.Name, own, cancellationToken) : null;
        return new(item, segment, list, filter, count, url, problem);
    }
}

/// <param name="List">The list that is to be added; null when a segment is chosen here.</param>
/// <param name="Segment">The campaign's own.</param>
internal sealed record AddMembersPage(ContentItem? Campaign, ContentItem? Segment, ContentTypeDefinition? List, string? Filter, QueryCount? Count, string? ListUrl, string? Problem);
