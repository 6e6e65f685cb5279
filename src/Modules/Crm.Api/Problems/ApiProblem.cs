using System.Text.Json;
using Crm.Platform.Content;
using Crm.Platform.Localization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Localization;

namespace Crm.Api.Problems;

/// <summary>What is wrong with one property of a request.</summary>
internal sealed record PropertyError(string? Field, Message Message);

/// <summary>Why a request is refused, as problem details (RFC 9457) in the reader's language.</summary>
internal sealed record ApiProblem(int Status, Message Detail, IReadOnlyList<PropertyError> Errors) : IActionResult
{
    public static readonly JsonWriterOptions JsonOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Found again in the log.</summary>
    public string? Reference { get; init; }

    /// <summary>The record's tag as it is now.</summary>
    public string? CurrentTag { get; init; }

    public ApiProblem(int status, string detail, params object[] arguments) : this(status, new Message(detail, arguments), [])
    {
    }

    public static ApiProblem Of(int status, IReadOnlyList<PropertyError> errors)
        => new(status, errors.Count == 1 ? errors[0].Message : new Message("{0} things are wrong; see errors", errors.Count), errors);

    public static IReadOnlyList<PropertyError> ErrorsOf(SaveResult result) => [.. result.Errors.Select(e => new PropertyError(e.Field, e.Message))];

    public Task ExecuteResultAsync(ActionContext context) => WriteAsync(context.HttpContext);

    public async Task WriteAsync(HttpContext context)
    {
        var localizer = context.RequestServices.GetRequiredService<IStringLocalizer>();
        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = "application/problem+json; charset=utf-8";
        response.Headers["OData-Version"] = "4.0";
        await using var json = new Utf8JsonWriter(response.BodyWriter, JsonOptions);
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", ReasonPhrases.GetReasonPhrase(Status));
        json.WriteNumber("status", Status);
        json.WriteString("detail", Detail.For(localizer));
        if (Errors.Count > 0)
        {
            json.WriteStartArray("errors");
            foreach (var error in Errors)
            {
                json.WriteStartObject();
                if (error.Field is not null)
                    json.WriteString("field", error.Field);
                json.WriteString("message", error.Message.For(localizer));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        if (Reference is not null)
            json.WriteString("reference", Reference);
        if (CurrentTag is not null)
            json.WriteString("currentTag", CurrentTag);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}

/// <summary>A request that cannot be answered as it is.</summary>
internal sealed class ApiException(ApiProblem problem) : Exception(problem.Detail.ToString())
{
    public ApiException(int status, string detail, params object[] arguments) : this(new ApiProblem(status, detail, arguments))
    {
    }

    public ApiProblem Problem => problem;

    public static ApiException NotThere(Guid id) => new(StatusCodes.Status404NotFound, "There is no record {0}, or you may not see it", id.ToString("D"));

    public static ApiException NotAllowed() => new(StatusCodes.Status403Forbidden, "You have no right to do this with this record");

    /// <summary>The record is another than the one that was read.</summary>
    public static ApiException Stale(HttpResponse response, long version)
    {
        var tag = Records.RecordJson.Tag(version);
        response.Headers.ETag = tag;
        return new(new ApiProblem(StatusCodes.Status412PreconditionFailed, "Somebody changed this record in the meantime. Look at it again, then repeat your change") { CurrentTag = tag });
    }

    /// <summary>Goes on only with what was done.</summary>
    public static void Demand(SaveResult result, HttpResponse response)
    {
        if (result.Succeeded)
            return;
        throw result.Status switch
        {
            SaveStatus.NotFound => NotThere(result.Id),
            SaveStatus.Forbidden => NotAllowed(),
            SaveStatus.Conflict => Stale(response, result.Version),
            _ => new ApiException(ApiProblem.Of(StatusCodes.Status422UnprocessableEntity, ApiProblem.ErrorsOf(result))),
        };
    }

    /// <summary>What is wrong with an option of the address, such as <c>$top</c>.</summary>
    public static ApiException Option(string option, string detail, params object[] arguments)
        => new(new ApiProblem(StatusCodes.Status400BadRequest, new Message(detail, arguments), [new(option, new Message(detail, arguments))]));
}
