using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Files;
using Crm.Platform.Queries;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Contents.Files;

/// <summary>The files in a record's fields. Their address is the record's, and so are the rights to them.</summary>
[Route("/{type:contentType(staff)}"), Route("/admin/{type:contentType(admin)}")]
internal sealed class FilesController(ContentDefinitions definitions, QueryEngine queries, FileStore files) : Controller
{
    /// <param name="v">Which one, when it is one that the field had before.</param>
    [HttpGet("{id:guid}/files/{field}"), RequireScreen]
    public async Task<IActionResult> Read([FromRoute] string type, Guid id, string field, Guid? v, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        if (definition.Find(field) is not { Hidden: false } known
            || (await queries.ListAsync(new Query(definition.Name) { Where = Filter.Eq(SystemFields.Id, id), Columns = [known.Name], Take = 1 }, cancellationToken)).Items is not [var item])
            return NotFound();
        var file = item[known.Name] as StoredFile;
        if (v is { } wanted && wanted != file?.Id)
            file = await files.FindAsync(wanted, item.Id, cancellationToken);
        return file is null ? NotFound() : FileAnswer.Send(HttpContext, files, file);
    }
}
