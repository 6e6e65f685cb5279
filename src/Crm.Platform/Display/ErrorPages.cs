using System.Globalization;
using Crm.Platform.Data;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crm.Platform.Display;

/// <summary>What a page about something that went wrong says.</summary>
/// <param name="Reference">Found again in the log; null when there is nothing to find.</param>
public sealed record ErrorPage(int Status, string? Detail = null, string? Reference = null);

/// <summary>Turns failures and empty error responses into pages that say what happened and what to do.</summary>
internal sealed class ErrorPages(RequestDelegate next, ILogger<ErrorPages> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status405MethodNotAllowed } && context.Program() is null && WhereToRead(context.Request) is { } there)
                context.Response.Redirect(there);
            else if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null } && !HttpMethods.IsHead(context.Request.Method))
                await WriteAsync(context, new ErrorPage(context.Response.StatusCode));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The browser has left; there is nobody to tell.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var page = Describe(context, e);
            Reset(context, page.Status);
            await WriteAsync(context, page);
        }
    }

    /// <summary>
    /// A page that answered a form stands under the form's address, which takes no reading when it is asked for again: what
    /// the form belongs to is above it. Null where nothing is, or where browsers would read another site's address.
    /// </summary>
    private static string? WhereToRead(HttpRequest request)
        => HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            && request.Path.Value is { } path && path.LastIndexOf('/') is > 0 and var end && path[1] is not ('/' or '\\') ? new PathString(path[..end]).ToUriComponent() : null;

    private ErrorPage Describe(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case QueryException query:
                SetCulture(context);
                return new(StatusCodes.Status400BadRequest, query.Reason.For(context.RequestServices.GetRequiredService<Microsoft.Extensions.Localization.IStringLocalizer>()));
            case AntiforgeryValidationException:
                return new(StatusCodes.Status400BadRequest);
            case BadHttpRequestException bad:
                return new(bad.StatusCode);
            default:
                var reference = Convert.ToHexString(Guid.NewGuid().ToByteArray().AsSpan(0, 5)).ToUpper(CultureInfo.InvariantCulture);
                logger.LogError(exception, "Request {Method} {Path} failed; reference {Reference}", context.Request.Method, context.Request.Path, reference);
                return new(Database.GaveUp(exception) ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError, Reference: reference);
        }
    }

    /// <summary>The request's own culture, which ended with the middleware that chose it.</summary>
    private static void SetCulture(HttpContext context)
        => CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture =
            context.Features.Get<IRequestCultureFeature>()?.RequestCulture.UICulture ?? CultureInfo.GetCultureInfo("en");

    private static void Reset(HttpContext context, int status)
    {
        // Headers set before, such as the content security policy, stay.
        context.Response.StatusCode = status;
        context.Response.ContentLength = null;
        context.Response.ContentType = null;
    }

    private static async Task WriteAsync(HttpContext context, ErrorPage page)
    {
        SetCulture(context);
        context.Response.StatusCode = page.Status;
        context.Response.Headers.CacheControl = "no-cache, no-store";
        if (context.Program() is { } program)
        {
            await program.WriteAsync(context, page);
            return;
        }
        if (!context.Request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase)))
        {
            await Results.Problem(statusCode: page.Status, detail: page.Detail,
                extensions: page.Reference is null ? null : new Dictionary<string, object?> { ["reference"] = page.Reference }).ExecuteAsync(context);
            return;
        }
        context.SetEndpoint(null);
        var action = new ActionContext(context, new RouteData(), new ActionDescriptor());
        var result = new ViewResult
        {
            ViewName = "Error",
            StatusCode = page.Status,
            ViewData = new ViewDataDictionary<ErrorPage>(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = page },
        };
        await context.RequestServices.GetRequiredService<IActionResultExecutor<ViewResult>>().ExecuteAsync(action, result);
    }
}
