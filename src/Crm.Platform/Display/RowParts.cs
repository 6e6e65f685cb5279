using Crm.Platform.Content;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Crm.Platform.Display;

public enum RowPlace
{
    /// <summary>Before the record's name.</summary>
    Start,

    /// <summary>At the end of the row: quick actions.</summary>
    End,
}

/// <summary>
/// What a module shows in the rows of lists, made for all records of a page at once, so that a list costs a query per
/// module and not one per row. A button that posts belongs to the list's one form: <c>form="row-form"</c>, with a
/// <c>formaction</c> of its own; a <c>returnUrl</c> comes along. Register with <c>services.AddScoped&lt;IRowPart, T&gt;()</c>.
/// </summary>
public interface IRowPart
{
    RowPlace Place { get; }

    int Order => 100;

    /// <summary>What to show, by the record's id; null for nothing on this list.</summary>
    Task<IReadOnlyDictionary<Guid, SlotView>?> GetAsync(ContentTypeDefinition type, IReadOnlyList<ContentItem> items, CancellationToken cancellationToken);
}

/// <summary>The parts of one list's rows.</summary>
public sealed class RowParts(IEnumerable<IRowPart> parts)
{
    private readonly List<(IRowPart Part, IReadOnlyDictionary<Guid, SlotView> Views)> _loaded = [];

    /// <summary>To be called once, before the rows are shown.</summary>
    public async Task LoadAsync(ContentTypeDefinition type, IReadOnlyList<ContentItem> items, CancellationToken cancellationToken)
    {
        _loaded.Clear();
        foreach (var part in parts.OrderBy(p => p.Order))
            if (await part.GetAsync(type, items, cancellationToken) is { } views)
                _loaded.Add((part, views));
    }

    public bool Any(RowPlace place) => _loaded.Any(l => l.Part.Place == place);

    internal IEnumerable<(System.Reflection.Assembly Module, SlotView View)> Of(Guid id, RowPlace place)
        => _loaded.Where(l => l.Part.Place == place && l.Views.ContainsKey(id)).Select(l => (l.Part.GetType().Assembly, l.Views[id]));
}

/// <summary><c>&lt;row-parts item="id" place="Start" /&gt;</c></summary>
[HtmlTargetElement("row-parts", TagStructure = TagStructure.WithoutEndTag)]
public sealed class RowPartsTagHelper(RowParts parts, ModuleTemplates templates) : TagHelper
{
    public required Guid Item { get; set; }

    public required RowPlace Place { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        foreach (var (module, view) in parts.Of(Item, Place))
            output.Content.AppendHtml(await templates.RenderAsync(ViewContext, module, view.View, view.Model)
                ?? throw new InvalidOperationException($"{module.GetName().Name} names the view {view.View}, which is not in its Views/Shared."));
    }
}
