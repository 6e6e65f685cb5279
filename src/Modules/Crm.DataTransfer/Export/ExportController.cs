using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Microsoft.Net.Http.Headers;

namespace Crm.DataTransfer.Export;

/// <summary>Download of what a list shows.</summary>
[Route("/{type:contentType(staff)}/export"), Route("/admin/{type:contentType(admin)}/export"), RequireContentPermission(ContentActions.Export)]
internal sealed class ExportController(ContentDefinitions definitions, RecordExport export, ActorContext actor, TimeProvider clock, IStringLocalizer localizer) : Controller
{
    [HttpGet("")]
    public async Task<IActionResult> Index([FromRoute] string type, string? filter, CancellationToken cancellationToken)
    {
        var definition = definitions.Current.Get(type);
        try
        {
            var where = string.IsNullOrWhiteSpace(filter) ? null : FilterParser.Parse(filter, definition, definitions.Current);
            var today = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), actor.Current.TimeZone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            Response.ContentType = "text/csv; charset=utf-8";
            Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = $"{definition.Name}-{today}.csv" }.ToString();
            await export.RunAsync(definition.Name, where, Response.Body, cancellationToken);
            return new EmptyResult();
        }
        catch (QueryException e) when (!Response.HasStarted)
        {
            Response.Headers.ContentDisposition = default;
            return new ContentResult { StatusCode = StatusCodes.Status400BadRequest, ContentType = "text/plain; charset=utf-8", Content = e.Reason.For(localizer) };
        }
    }
}
