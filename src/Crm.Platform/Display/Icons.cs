using System.Collections.Concurrent;
using System.Text.Json;
using Crm.Platform.Hosting;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Crm.Platform.Display;

/// <summary>Tabler's outline icons, read from the theme that carries them in a resource <c>icons.json</c>.</summary>
public sealed class Icons(EnabledFeatures features)
{
    private readonly Lazy<Dictionary<string, string>> _all = new(() =>
    {
        foreach (var assembly in features.All.Select(f => f.Module.Assembly).Distinct())
        {
            using var stream = assembly.GetManifestResourceStream("icons.json");
            if (stream is not null)
                return JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!;
        }
        return [];
    });

    private readonly ConcurrentDictionary<string, HtmlString> _used = new(StringComparer.Ordinal);

    /// <summary>The icon's inner SVG; a plain file's when there is none of that name.</summary>
    public IHtmlContent Find(string name)
        => _used.GetOrAdd(name, n => new HtmlString(_all.Value.GetValueOrDefault(n) ?? _all.Value.GetValueOrDefault("file") ?? ""));
}

/// <summary><c>&lt;icon name="users" /&gt;</c></summary>
[HtmlTargetElement("icon", TagStructure = TagStructure.WithoutEndTag)]
public sealed class IconTagHelper(Icons icons) : TagHelper
{
    public required string Name { get; set; }

    public bool Small { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Small ? "icon icon-sm" : "icon");
        output.Attributes.SetAttribute("viewBox", "0 0 24 24");
        output.Attributes.SetAttribute("aria-hidden", "true");
        output.Content.SetHtmlContent(icons.Find(Name));
    }
}
