using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Crm.Contents.Lists;

/// <summary>Gives pages of other modules a list's filter: chips for what is chosen, and the form that adds to it.</summary>
public sealed class FilterPicker
{
    private readonly FilterForm _form;
    private readonly FilterChips _chips;
    private readonly ModuleTemplates _templates;

    internal FilterPicker(FilterForm form, FilterChips chips, ModuleTemplates templates) => (_form, _chips, _templates) = (form, chips, templates);

    /// <summary>The filter with what the form sent as <c>field</c>, <c>op</c> and <c>value</c>.</summary>
    /// <exception cref="QueryException">The value will not do.</exception>
    public Filter Add(Filter? filter, ContentTypeDefinition type, string field, string? op, string? value)
        => _form.Add(filter, type, type.Find(field) is { Hidden: false } known ? known.Name : throw new QueryException("{0} has no field {1}", type.PluralLabel, field), op ?? "", value);

    /// <param name="path">The page's path, to which the form goes.</param>
    /// <param name="parameters">What its address says besides the filter.</param>
    public async Task<IHtmlContent> RenderAsync(ViewContext context, ContentTypeDefinition type, Filter? filter, string path, IEnumerable<(string Name, string? Value)> parameters, CancellationToken cancellationToken)
    {
        var others = parameters.Where(p => p.Name != "filter" && !string.IsNullOrEmpty(p.Value)).ToList();
        var chips = await _chips.MakeAsync(type, filter, text => ListLinks.Of(path, [.. others, ("filter", text)]), null, cancellationToken);
        List<(string, string?)> kept = [.. others, .. filter is null ? [] : new (string, string?)[] { ("filter", FilterWriter.Write(filter)) }];
        return (await _templates.RenderAsync(context, typeof(FilterPicker).Assembly, "_FilterPick", new FilterPick(path, kept, chips, _form.Fields(type))))!;
    }
}

/// <param name="Kept">What the form sends on of the page's address.</param>
internal sealed record FilterPick(string Action, IReadOnlyList<(string Name, string? Value)> Kept, IReadOnlyList<FilterChip> Chips, IReadOnlyList<FilterField> Fields);
