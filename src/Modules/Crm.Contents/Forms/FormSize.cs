using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Files;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Contents.Forms;

/// <summary>A record's form brings as much as any form may and, beyond that, a file in each of the type's fields for one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FormSizeAttribute : Attribute, IAuthorizationFilter, IOrderedFilter
{
    /// <summary>Before the check of the form's token, which reads the form.</summary>
    public int Order => 900;

    public void OnAuthorization(AuthorizationFilterContext context)
    {
        var http = context.HttpContext;
        var kinds = http.RequestServices.GetRequiredService<FieldKinds>();
        var type = http.RequestServices.GetRequiredService<ContentDefinitions>().Current.Get((string)context.RouteData.Values["type"]!);
        var files = type.Fields.Where(f => !f.Hidden && kinds.Of(f).ValueType == typeof(StoredFile)).Sum(f => (long)FileStore.MegabytesOf(f)) << 20;
        if (files == 0 || http.Features.Get<IHttpMaxRequestBodySizeFeature>() is not { IsReadOnly: false, MaxRequestBodySize: { } usual } body)
            return;
        body.MaxRequestBodySize = usual + files;
        http.Features.Set<IFormFeature>(new FormFeature(http.Request, new FormOptions { MultipartBodyLengthLimit = usual + files }));
    }
}
