using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewEngines;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Crm.Platform.Display;

/// <summary>Finds and renders partial views that belong to a module, wherever they are used: a theme's version first.</summary>
public sealed class ModuleTemplates(TemplatePaths paths, IHtmlHelper html)
{

    /// <param name="name">Path under <c>Views/Shared</c>, without ending.</param>
    /// <returns>Null when there is no such view.</returns>
    public async Task<IHtmlContent?> RenderAsync(ViewContext context, Assembly module, string name, object? model)
    {
        if (paths.Find(context.HttpContext, module, name) is not { } path)
            return null;
        ((IViewContextAware)html).Contextualize(context);
        return await html.PartialAsync(path, model);
    }

}

/// <summary>Where a site's templates are; views are compiled, so what is found once stays.</summary>
public sealed class TemplatePaths(ICompositeViewEngine views, Hosting.EnabledFeatures features)
{
    private readonly string[] _themes = [.. features.All.Where(f => f.Module.IsTheme).Select(f => f.Module.Id).Distinct()];
    private readonly ConcurrentDictionary<(bool Admin, Assembly Module, string Name), string?> _paths = new();

    public string? Find(HttpContext context, Assembly module, string name)
        => _paths.GetOrAdd((ModuleViewLocations.IsAdmin(context), module, name), key => ModuleViewLocations.ThemesFor(context, _themes)
            .Select(theme => $"/Modules/{theme}/Modules/{module.GetName().Name}/Views/Shared/{name}.cshtml")
            .Append($"/Modules/{module.GetName().Name}/Views/Shared/{name}.cshtml")
            .FirstOrDefault(path => views.GetView(null, path, isMainPage: false).Success));
}

/// <summary><c>&lt;field-value display="..." /&gt;</c>: a value as its kind is shown; a dash for none.</summary>
[HtmlTargetElement("field-value", TagStructure = TagStructure.WithoutEndTag)]
public sealed class FieldValueTagHelper(ModuleTemplates templates, FieldDisplays plain) : TagHelper
{
    public FieldDisplay? Display { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        if (Display is null)
        {
            output.Content.SetHtmlContent("<span class=\"none\">–</span>");
            return;
        }
        output.Content.SetHtmlContent(await templates.RenderAsync(ViewContext, Display.Kind.GetType().Assembly, $"Fields/Display/{Display.Kind.Name}", Display)
            ?? plain.Of(Display));
    }
}

/// <summary><c>&lt;field-input editor="..." /&gt;</c>: label, input by the template of its kind, hint and error.</summary>
[HtmlTargetElement("field-input", TagStructure = TagStructure.WithoutEndTag)]
public sealed class FieldInputTagHelper(ModuleTemplates templates) : TagHelper
{
    public required FieldEditor Editor { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Editor.IsWide ? "field" : "field field-half");
        var platform = typeof(FieldEditor).Assembly;
        output.Content.AppendHtml((await templates.RenderAsync(ViewContext, platform, "Fields/Label", Editor))!);
        output.Content.AppendHtml((await templates.RenderAsync(ViewContext, Editor.Kind.GetType().Assembly, $"Fields/Edit/{Editor.Kind.Name}", Editor)
            ?? await templates.RenderAsync(ViewContext, platform, "Fields/Edit/Default", Editor))!);
        output.Content.AppendHtml((await templates.RenderAsync(ViewContext, platform, "Fields/Notes", Editor))!);
    }
}
