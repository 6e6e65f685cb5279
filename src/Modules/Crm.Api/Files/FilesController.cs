using Crm.Api.Problems;
using Crm.Api.Records;
using Crm.Platform.Content;
using Crm.Platform.Files;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Crm.Api.Files;

/// <summary>The bytes of the files in a record's fields: stream properties, in the words of OData. Their rights and their tag are the record's.</summary>
[Route("/api/{type}/{id:guid}/{field}/$value"), Route("/api/{type}({id:guid})/{field}/$value"), RequirePermission(ApiPermissions.Use), IgnoreAntiforgeryToken, ProblemsFilter]
internal sealed class FilesController(ApiModel model, QueryEngine queries, IContentManager content, FileStore files, ActorContext actor) : Controller
{
    /// <summary>Each field's own limit is below it, and tells more.</summary>
    private const long LargestBody = (FileStore.MaxMegabytes + 1L) << 20;

    [HttpGet("")]
    public async Task<IActionResult> Read(string type, Guid id, string field, CancellationToken cancellationToken)
    {
        var (known, property) = Find(type, field);
        var query = new Query(known.Name) { Where = Filter.Eq(SystemFields.Id, id), Columns = [property.Field.Name], Sort = [SystemFields.Id], Take = 1 };
        if ((await queries.ListAsync(query, cancellationToken)).Items is not [var item])
            throw ApiException.NotThere(id);
        return item[property.Field.Name] is StoredFile file ? FileAnswer.Send(HttpContext, files, file, RecordJson.Tag(item.Version)) : NoContent();
    }

    [HttpPut(""), RawBody, RequestSizeLimit(LargestBody)]
    public async Task<IActionResult> Replace(string type, Guid id, string field, CancellationToken cancellationToken)
    {
        var (known, property, version, item) = await OpenAsync(type, id, field, cancellationToken);
        var name = NameOf(Request) ?? (item[property.Field.Name] as StoredFile)?.Name ?? property.Name;
        if (Request.ContentLength > (long)FileStore.MegabytesOf(property.Field) << 20)
            throw Refused(property, FileRefusedException.TooLarge(name, property.Field));
        StoredFile file;
        try
        {
            file = await files.AddAsync(property.Field, name, Request.Body, cancellationToken);
        }
        catch (FileRefusedException e)
        {
            throw Refused(property, e);
        }
        return await SaveAsync(known, property, id, version, file, cancellationToken);
    }

    [HttpDelete("")]
    public async Task<IActionResult> Remove(string type, Guid id, string field, CancellationToken cancellationToken)
    {
        var (known, property, version, _) = await OpenAsync(type, id, field, cancellationToken);
        return await SaveAsync(known, property, id, version, null, cancellationToken);
    }

    private (ApiType Type, ApiProperty Property) Find(string type, string field)
    {
        var known = model.Get(type);
        return known.Find(field) is { IsFile: true } property
            ? (known, property)
            : throw new ApiException(StatusCodes.Status404NotFound, "{0} has no file {1}", known.Definition.PluralLabel, field);
    }

    /// <summary>What is refused anyway is refused before a large body comes.</summary>
    private async Task<(ApiType Type, ApiProperty Property, long? Version, ContentItem Item)> OpenAsync(string type, Guid id, string field, CancellationToken cancellationToken)
    {
        var (known, property) = Find(type, field);
        if (property.IsReadOnly)
            throw new ApiException(StatusCodes.Status400BadRequest, "{0} is set by the system", property.Field.Label);
        var version = Preferences.Version(Request);
        var item = await queries.GetAsync(known.Name, id, cancellationToken) ?? throw ApiException.NotThere(id);
        if (!actor.Current.Can(known.Definition, ContentActions.Edit, item))
            throw ApiException.NotAllowed();
        if (version is { } seen && seen != item.Version)
            throw ApiException.Stale(Response, item.Version);
        return (known, property, version, item);
    }

    private async Task<IActionResult> SaveAsync(ApiType type, ApiProperty property, Guid id, long? version, StoredFile? file, CancellationToken cancellationToken)
    {
        var change = new ContentChange(type.Name) { Id = id, Version = version, Values = { [property.Field.Name] = file } };
        var result = await content.SaveAsync(change, SaveOptions.Default, cancellationToken);
        ApiException.Demand(result, Response);
        Response.Headers.ETag = RecordJson.Tag(result.Version);
        return NoContent();
    }

    /// <summary>RFC 6266: <c>Content-Disposition: attachment; filename*=UTF-8''plan.pdf</c>.</summary>
    private static string? NameOf(HttpRequest request)
        => ContentDispositionHeaderValue.TryParse(request.Headers.ContentDisposition.ToString(), out var given)
            ? (given.FileNameStar.Value ?? HeaderUtilities.RemoveQuotes(given.FileName).Value) is { Length: > 0 } name ? name : null
            : null;

    private static ApiException Refused(ApiProperty property, FileRefusedException refused)
        => new(new ApiProblem(refused.IsTooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status422UnprocessableEntity, refused.Reason, [new(property.Name, refused.Reason)]));
}
