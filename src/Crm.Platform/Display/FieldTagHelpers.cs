using System.Reflection;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewEngines;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Crm.Platform.Display;

/// <summary>Finds and renders partial views that belong to a module, wherever they are used: a theme's version first.</summary>
public sealed class ModuleTemplates(ICompositeViewEngine views, Hosting.EnabledFeatures features, IHtmlHelper html)
{
    private readonly string[] _themes = [.. features.All.Where(f => f.Module.IsTheme).Select(f => f.Module.Id).Distinct()];
    private readonly Dictionary<(Assembly, string), string?> _paths = [];

    /// <param name="name">Path under <c>Views/Shared</c>, without ending.</param>
    /// <returns>Null when there is no such view.</returns>
    public async Task<IHtmlContent?> RenderAsync(ViewContext context, Assembly module, string name, object? model)
    {
        if (!_paths.TryGetValue((module, name), out var path))
            _paths[(module, name)] = path = Find(context, module.GetName().Name!, name);
        if (path is null)
            return null;
        ((IViewContextAware)html).Contextualize(context);
        return await html.PartialAsync(path, model);
    }

    private string? Find(ViewContext context, string module, string name)
        => ModuleViewLocations.ThemesFor(context.HttpContext, _themes)
            .Select(theme => $"/Modules/{theme}/Modules/{module}/Views/Shared/{name}.cshtml")
            .Append($"/Modules/{module}/Views/Shared/{name}.cshtml")
            .FirstOrDefault(path => views.GetView(null, path, isMainPage: false).Success);
}

/// <summary><c>&lt;field-value display="..." /&gt;</c>: a value by the template of its kind; a dash for none.</summary>
[HtmlTargetElement("field-value", TagStructure = TagStructure.WithoutEndTag)]
public sealed class FieldValueTagHelper(ModuleTemplates templates) : TagHelper
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
            ?? await templates.RenderAsync(ViewContext, typeof(FieldDisplay).Assembly, "Fields/Display/Default", Display));
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
