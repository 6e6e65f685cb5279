using System.Collections.Concurrent;
using System.Reflection;
using Crm.Platform.Modules;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Razor;

namespace Crm.Platform.Display;

/// <summary>
/// Where views are looked for: first in the themes' folders for the module at hand, then in the module, then in the
/// themes' shared views, last in the platform's.
/// </summary>
internal sealed class ModuleViewLocations(IReadOnlyList<FeatureInfo> features) : IViewLocationExpander
{
    private const string ModuleKey = "module";
    private const string AreaKey = "area-of-site";
    private const string Platform = "Crm.Platform";

    private readonly string[] _themes = [.. features.Where(f => f.Module.IsTheme).Select(f => f.Module.Id).Distinct()];

    // Asked for with every partial view; an assembly makes its name anew each time.
    private readonly ConcurrentDictionary<Assembly, string> _names = new();

    public void PopulateValues(ViewLocationExpanderContext context)
    {
        var assembly = (context.ActionContext.ActionDescriptor as ControllerActionDescriptor)?.ControllerTypeInfo.Assembly;
        context.Values[ModuleKey] = assembly is null ? Platform : _names.GetOrAdd(assembly, a => a.GetName().Name!);
        context.Values[AreaKey] = IsAdmin(context.ActionContext.HttpContext) ? "admin" : "staff";
    }

    public IEnumerable<string> ExpandViewLocations(ViewLocationExpanderContext context, IEnumerable<string> viewLocations)
    {
        var module = context.Values[ModuleKey]!;
        var themes = Themes(context.Values[AreaKey] == "admin", _themes);
        foreach (var theme in themes)
        {
            yield return $"/Modules/{theme}/Modules/{module}/Views/{{1}}/{{0}}.cshtml";
            yield return $"/Modules/{theme}/Modules/{module}/Views/Shared/{{0}}.cshtml";
        }
        yield return $"/Modules/{module}/Views/{{1}}/{{0}}.cshtml";
        yield return $"/Modules/{module}/Views/Shared/{{0}}.cshtml";
        foreach (var theme in themes)
        {
            yield return $"/Modules/{theme}/Modules/{Platform}/Views/Shared/{{0}}.cshtml";
            yield return $"/Modules/{theme}/Views/Shared/{{0}}.cshtml";
        }
        yield return $"/Modules/{Platform}/Views/{{1}}/{{0}}.cshtml";
        yield return $"/Modules/{Platform}/Views/Shared/{{0}}.cshtml";
    }

    /// <summary>The themes of the half of the site that a request belongs to, base themes last.</summary>
    public static IReadOnlyList<string> ThemesFor(HttpContext context, IEnumerable<string> themes) => Themes(IsAdmin(context), themes);

    public static bool IsAdmin(HttpContext context) => context.Request.Path.StartsWithSegments("/admin", StringComparison.OrdinalIgnoreCase);

    private static IReadOnlyList<string> Themes(bool admin, IEnumerable<string> themes)
        => [.. themes.Where(t => !t.EndsWith(admin ? ".Staff" : ".Admin", StringComparison.Ordinal)).OrderBy(t => t.EndsWith(".Base", StringComparison.Ordinal))];
}

/// <summary>Controllers may be internal: nobody outside the module has to name them.</summary>
internal sealed class InternalControllers : ControllerFeatureProvider
{
    protected override bool IsController(TypeInfo typeInfo)
        => typeInfo is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
            && typeInfo.Name.EndsWith("Controller", StringComparison.Ordinal)
            && typeof(Microsoft.AspNetCore.Mvc.Controller).IsAssignableFrom(typeInfo);
}
