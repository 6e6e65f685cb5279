using System.Globalization;
using Crm.Api.Problems;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Api.Records;

/// <summary>Records of any type. Reads go through the query engine and writes through the content manager, as everybody's do.</summary>
[Route("/api/{type}"), RequirePermission(ApiPermissions.Use), IgnoreAntiforgeryToken, ProblemsFilter]
internal sealed class RecordsController(ApiModel model, RequestReader requests, BodyReader bodies, RecordJson json, QueryEngine queries, IContentManager content, ActorContext actor) : Controller
{
    [HttpGet("")]
    public async Task<IActionResult> List(string type, CancellationToken cancellationToken)
    {
        var known = model.Get(type);
        var request = requests.Many(known, Request.Query, Preferences.PageSize(Request));
        var page = request.Take == 0 ? new QueryPage([], null, null) : await queries.ListAsync(new Query(known.Name)
        {
            Where = request.Where,
            Columns = request.Selection.Columns,
            Sort = request.Sort,
            Skip = request.Skip,
            Take = request.Take,
            After = request.After,
        }, cancellationToken);
        long? count = request.Count ? (await queries.CountAsync(known.Name, request.Where, cancellationToken, exact: true)).Count : null;
        await json.WriteManyAsync(HttpContext, request.Selection, page.Items, count, request.Left is null && page.Next is { } next ? Next(next) : null);
        return new EmptyResult();
    }

    [HttpGet("$count")]
    public async Task<IActionResult> Count(string type, CancellationToken cancellationToken)
    {
        var known = model.Get(type);
        var count = await queries.CountAsync(known.Name, requests.Which(known, Request.Query), cancellationToken, exact: true);
        return Content(count.Count.ToString(CultureInfo.InvariantCulture), "text/plain; charset=utf-8");
    }

    [HttpGet("{id:guid}"), HttpGet("/api/{type}({id:guid})")]
    public async Task<IActionResult> Get(string type, Guid id, CancellationToken cancellationToken)
    {
        var known = model.Get(type);
        var selection = requests.One(known, Request.Query);
        var item = await ReadAsync(selection, id, cancellationToken) ?? throw ApiException.NotThere(id);
        var tag = RecordJson.Tag(item.Version);
        Response.Headers.ETag = tag;
        if (Request.GetTypedHeaders().IfNoneMatch is { Count: > 0 } known304 && known304.Any(t => t.Tag == "*" || t.Tag == tag))
            return StatusCode(StatusCodes.Status304NotModified);
        await json.WriteOneAsync(HttpContext, selection, item);
        return new EmptyResult();
    }

    [HttpPost(""), RequestSizeLimit(BodyReader.LargestBody)]
    public async Task<IActionResult> Create(string type, CancellationToken cancellationToken)
    {
        var known = model.Get(type);
        var selection = requests.One(known, Request.Query);
        if (!actor.Current.Can(known.Definition, ContentActions.Create))
            throw new ApiException(StatusCodes.Status403Forbidden, "You have no right to create {0}", known.Definition.PluralLabel);
        var result = await content.SaveAsync(await bodies.ReadAsync(known, new ContentChange(known.Name), Request), SaveOptions.Default, cancellationToken);
        ApiException.Demand(result, Response);
        Response.Headers.Location = $"{RecordJson.Root(HttpContext)}/{known.Name}/{result.Id:D}";
        return await AnswerAsync(selection, result, StatusCodes.Status201Created, cancellationToken);
    }

    [HttpPatch("{id:guid}"), HttpPatch("/api/{type}({id:guid})"), RequestSizeLimit(BodyReader.LargestBody)]
    public async Task<IActionResult> Change(string type, Guid id, CancellationToken cancellationToken)
    {
        var known = model.Get(type);
        var selection = requests.One(known, Request.Query);
        var change = await bodies.ReadAsync(known, new ContentChange(known.Name) { Id = id, Version = Preferences.Version(Request) }, Request);
        var result = await content.SaveAsync(change, SaveOptions.Default, cancellationToken);
        ApiException.Demand(result, Response);
        return await AnswerAsync(selection, result, StatusCodes.Status200OK, cancellationToken);
    }

    [HttpDelete("{id:guid}"), HttpDelete("/api/{type}({id:guid})")]
    public async Task<IActionResult> Delete(string type, Guid id, CancellationToken cancellationToken)
    {
        var known = model.Get(type);
        Preferences.TryVersion(Request, out var version);
        var result = await content.DeleteAsync(known.Name, id, version, cancellationToken);
        if (result.Status == SaveStatus.Invalid)
            throw new ApiException(ApiProblem.Of(StatusCodes.Status409Conflict, ApiProblem.ErrorsOf(result)));
        ApiException.Demand(result, Response);
        return NoContent();
    }

    private async Task<ContentItem?> ReadAsync(Selection selection, Guid id, CancellationToken cancellationToken)
        => (await queries.ListAsync(new Query(selection.Type.Name) { Where = Filter.Eq(SystemFields.Id, id), Columns = selection.Columns, Sort = [SystemFields.Id], Take = 1 }, cancellationToken)).Items is [var item] ? item : null;

    /// <summary>The record as it is now, unless the client wants no more than that it is saved, or may not see what it has made.</summary>
    private async Task<IActionResult> AnswerAsync(Selection selection, SaveResult result, int status, CancellationToken cancellationToken)
    {
        Response.Headers.ETag = RecordJson.Tag(result.Version);
        var isMinimal = Preferences.IsMinimal(Request);
        if (isMinimal)
            Response.Headers["Preference-Applied"] = "return=minimal";
        if (isMinimal || await ReadAsync(selection, result.Id, cancellationToken) is not { } item)
        {
            Response.Headers["OData-EntityId"] = $"{RecordJson.Root(HttpContext)}/{selection.Type.Name}/{result.Id:D}";
            return StatusCode(StatusCodes.Status204NoContent);
        }
        Response.StatusCode = status;
        Response.Headers.ETag = RecordJson.Tag(item.Version);
        await json.WriteOneAsync(HttpContext, selection, item);
        return new EmptyResult();
    }

    /// <summary>The same question, from where this page ends.</summary>
    private string Next(string cursor)
    {
        var query = new QueryBuilder(Request.Query.Where(o => o.Key.TrimStart('$').ToUpperInvariant() is not ("SKIP" or "SKIPTOKEN")).SelectMany(o => o.Value, (o, value) => new KeyValuePair<string, string>(o.Key, value ?? "")))
        {
            { "$skiptoken", cursor },
        };
        return $"{RecordJson.Root(HttpContext)}/{model.Get((string)RouteData.Values["type"]!).Name}{query}";
    }
}
