using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace Crm.Contents.Lists;

/// <summary>Gives pages of other modules a list's filter bar: chips that can be changed, and the form that adds to it.</summary>
public sealed class FilterPicker
{
    private readonly FilterForm _form;
    private readonly FilterChips _chips;
    private readonly FilterWords _words;
    private readonly ListFields _fields;
    private readonly ModuleTemplates _templates;

    internal FilterPicker(FilterForm form, FilterChips chips, FilterWords words, ListFields fields, ModuleTemplates templates) => (_form, _chips, _words, _fields, _templates) = (form, chips, words, fields, templates);

    /// <summary>The filter with what the form sent as <c>field</c>, <c>op</c> and <c>value</c>, as <c>at</c> or <c>into</c> says.</summary>
    /// <param name="at">The place of the condition that is changed.</param>
    /// <param name="into">Where a new condition goes; null for beside the others.</param>
    /// <exception cref="QueryException">The value will not do.</exception>
    public Filter Add(Filter? filter, ContentTypeDefinition type, string field, string? op, IReadOnlyList<string?> values, string? at = null, string? into = null)
        => _form.Change(filter, type, new(field, op ?? "", values, at, into));

    /// <summary>What a filter asks for, in a sentence of the reader's language.</summary>
    public async Task<string> SayAsync(ContentTypeDefinition type, Filter filter, CancellationToken cancellationToken)
        => _words.Say(type, filter, await _words.NamesAsync(type, [filter], cancellationToken));

    /// <param name="path">The page's path, to which the form goes.</param>
    /// <param name="parameters">What its address says besides the filter.</param>
    public async Task<IHtmlContent> RenderAsync(ViewContext context, ContentTypeDefinition type, Filter? filter, string path, IEnumerable<(string Name, string? Value)> parameters, CancellationToken cancellationToken)
    {
        var others = parameters.Where(p => p.Name != "filter" && !string.IsNullOrEmpty(p.Value)).ToList();
        var chips = await _chips.MakeAsync(type, filter, text => ListLinks.Of(path, [.. others, ("filter", text)]), null, cancellationToken);
        List<(string, string?)> kept = [.. others, .. filter is null ? [] : new (string, string?)[] { ("filter", FilterWriter.Write(filter)) }];
        return (await _templates.RenderAsync(context, typeof(FilterPicker).Assembly, "_FilterBar", new FilterBar(type, path, kept, chips, _fields.Groups(type))))!;
    }
}

/// <param name="Kept">What the forms send on of the page's address, the filter too.</param>
internal sealed record FilterBar(ContentTypeDefinition Type, string Action, IReadOnlyList<(string Name, string? Value)> Kept, IReadOnlyList<FilterChip> Chips, IReadOnlyList<FieldGroup> Fields)
{
    public string EditorUrl => $"{Type.Path}/filter";
}
