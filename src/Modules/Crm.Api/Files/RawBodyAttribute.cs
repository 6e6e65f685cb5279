using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Crm.Api.Files;

/// <summary>The body is bytes, whatever type its sender gives them: nobody looks for a form in it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RawBodyAttribute : Attribute, IResourceFilter
{
    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        context.ValueProviderFactories.Clear();
        context.ValueProviderFactories.Add(new RouteValueProviderFactory());
    }

    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}
