using Crm.Platform.Queries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Crm.Api.Problems;

/// <summary>Turns what a request did wrong into problem details that name the field.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ProblemsFilter : ExceptionFilterAttribute
{
    public override void OnException(ExceptionContext context)
    {
        if (context.HttpContext.Response.HasStarted)
            return;
        context.Result = context.Exception switch
        {
            ApiException api => api.Problem,
            QueryException { Field: { } field } query => new ApiProblem(StatusCodes.Status400BadRequest, query.Reason, [new(field, query.Reason)]),
            QueryException query => new ApiProblem(StatusCodes.Status400BadRequest, query.Reason, []),
            _ => null,
        };
    }
}
