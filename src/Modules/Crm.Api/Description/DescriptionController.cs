using System.Text.Json;
using Crm.Api.Problems;
using Crm.Api.Records;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Crm.Api.Description;

/// <summary>What there is: the service document, the OData model and the OpenAPI document, as of now.</summary>
[RequirePermission(ApiPermissions.Use), IgnoreAntiforgeryToken, ProblemsFilter]
internal sealed class DescriptionController(ApiModel model, EdmDescription edm, OpenApiDescription openApi, DescriptionCache cache) : Controller
{
    [HttpGet("/api")]
    public async Task<IActionResult> Service(CancellationToken cancellationToken)
    {
        Response.ContentType = "application/json; odata.metadata=minimal; charset=utf-8";
        Response.Headers["OData-Version"] = "4.0";
        await using var json = new Utf8JsonWriter(Response.BodyWriter, ApiProblem.JsonOptions);
        json.WriteStartObject();
        json.WriteString("@odata.context", $"{RecordJson.Root(HttpContext)}/$metadata");
        json.WriteStartArray("value");
        foreach (var type in model.Types)
        {
            json.WriteStartObject();
            json.WriteString("name", type.Name);
            json.WriteString("kind", "EntitySet");
            json.WriteString("url", type.Name);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
        return new EmptyResult();
    }

    [HttpGet("/api/$metadata")]
    public IActionResult Metadata([FromQuery(Name = "$format")] string? format)
    {
        Response.Headers["OData-Version"] = "4.0";
        var isJson = format is not null ? format.Contains("json", StringComparison.OrdinalIgnoreCase)
            : Request.GetTypedHeaders().Accept.FirstOrDefault() is { } accept && accept.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase);
        return isJson
            ? File(cache.Get("csdl.json", model, () => edm.Json(model)), "application/json; charset=utf-8")
            : File(cache.Get("csdl.xml", model, () => edm.Xml(model)), "application/xml; charset=utf-8");
    }

    [HttpGet("/openapi/v1.json")]
    public IActionResult OpenApi() => File(cache.Get("openapi", model, () => openApi.Write(model)), "application/json; charset=utf-8");
}
