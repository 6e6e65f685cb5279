using System.Globalization;
using Crm.DataTransfer.Spreadsheets;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Microsoft.Net.Http.Headers;

namespace Crm.DataTransfer.Export;

internal sealed record ExportPage(ContentTypeDefinition Type, string? Filter);

/// <summary>Download of what a list shows.</summary>
[Route("/{type:contentType(staff)}/export"), Route("/admin/{type:contentType(admin)}/export"), RequireContentPermission(ContentActions.Export)]
internal sealed class ExportController(ContentDefinitions definitions, RecordExport export, ActorContext actor, TimeProvider clock, IStringLocalizer localizer) : Controller
{
    /// <summary>Asks which columns and which kind of file.</summary>
    [HttpGet("choose")]
    public IActionResult Choose([FromRoute] string type, string? filter) => View(new ExportPage(definitions.Current.Get(type), filter));

    /// <param name="format"><c>xlsx</c>; anything else gives CSV.</param>
    /// <param name="columns"><c>shown</c> for those of the list only.</param>
    [HttpGet("")]
    public async Task<IActionResult> Index([FromRoute] string type, string? filter, string? format, string? columns, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        try
        {
            var where = string.IsNullOrWhiteSpace(filter) ? null : FilterParser.Parse(filter, definition, definitions.Current);
            var today = actor.Current.Today(clock).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var isWorkbook = format == "xlsx";
            Response.ContentType = isWorkbook ? Spreadsheet.ContentType : "text/csv; charset=utf-8";
            Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = $"{definition.Name}-{today}.{(isWorkbook ? "xlsx" : "csv")}" }.ToString();
            if (isWorkbook)
                await export.RunAsWorkbookAsync(definition.Name, where, Response.Body, cancellationToken, columns == "shown");
            else
                await export.RunAsync(definition.Name, where, Response.Body, cancellationToken, columns == "shown");
            return new EmptyResult();
        }
        catch (QueryException e) when (!Response.HasStarted)
        {
            Response.Headers.ContentDisposition = default;
            return new ContentResult { StatusCode = StatusCodes.Status400BadRequest, ContentType = "text/plain; charset=utf-8", Content = e.Reason.For(localizer) };
        }
    }
}
