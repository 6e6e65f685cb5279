using System.Reflection;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Crm.Platform.Display;

/// <summary>
/// Inputs that a module adds to the form of a new record, for what is no field of it, such as a user's first password.
/// Register with <c>services.AddScoped&lt;IFormPart, T&gt;()</c>.
/// </summary>
public interface IFormPart
{
    /// <summary>Name of the content type.</summary>
    string Type { get; }

    /// <param name="errors">What is wrong with the form as it was posted.</param>
    /// <returns>Null for nothing to show to this user.</returns>
    SlotView? View(IReadOnlyList<FieldError> errors);

    /// <summary>What is wrong with the part's inputs, or has to be confirmed in them first; each error's field is the input's id.</summary>
    Task<IReadOnlyList<FieldError>> CheckAsync(IFormCollection form, CancellationToken cancellationToken);

    /// <summary>Whether the part has something to save of its own.</summary>
    bool Adds(IFormCollection form) => false;

    /// <summary>The record is saved, in the same transaction. Only when the part adds something.</summary>
    /// <exception cref="SaveRefusedException">It cannot be: neither is the record, and the form says why.</exception>
    Task SavedAsync(Guid id, IFormCollection form, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A part's view and the module that it is found in.</summary>
public sealed record FormPartView(Assembly Module, SlotView View);

/// <summary>The parts of one form together.</summary>
public sealed class FormParts(IEnumerable<IFormPart> parts, DbSession session)
{
    public IReadOnlyList<FormPartView> Views(ContentTypeDefinition type, IReadOnlyList<FieldError> errors)
        => [.. Of(type).Select(p => (p, View: p.View(errors))).Where(p => p.View is not null).Select(p => new FormPartView(p.p.GetType().Assembly, p.View!))];

    public async Task<IReadOnlyList<FieldError>> CheckAsync(ContentTypeDefinition type, IFormCollection form, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        foreach (var part in Of(type))
            errors.AddRange(await part.CheckAsync(form, cancellationToken));
        return errors;
    }

    /// <summary>Saves the record and what the parts add, or neither; with a part refused, only says what else is wrong.</summary>
    /// <param name="save">Given whether it is to be taken back.</param>
    public async Task<SaveResult> SaveAsync(ContentTypeDefinition type, IFormCollection form, bool isRefused, Func<bool, Task<SaveResult>> save, CancellationToken cancellationToken)
    {
        var adding = Of(type).Where(p => p.Adds(form)).ToList();
        if (isRefused || adding.Count == 0)
            return await save(isRefused);
        try
        {
            return await session.TransactAsync(async () =>
            {
                var result = await save(false);
                if (result.Succeeded)
                    foreach (var part in adding)
                        await part.SavedAsync(result.Id, form, cancellationToken);
                return result;
            }, cancellationToken);
        }
        catch (SaveRefusedException e)
        {
            return new(SaveStatus.Invalid, Guid.Empty, 0, [e.Reason]);
        }
    }

    private IEnumerable<IFormPart> Of(ContentTypeDefinition type) => parts.Where(p => string.Equals(p.Type, type.Name, StringComparison.OrdinalIgnoreCase));
}

/// <summary><c>&lt;form-part part="..." /&gt;</c></summary>
[HtmlTargetElement("form-part", TagStructure = TagStructure.WithoutEndTag)]
public sealed class FormPartTagHelper(ModuleTemplates templates) : TagHelper
{
    public required FormPartView Part { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        output.Content.SetHtmlContent(await templates.RenderAsync(ViewContext, Part.Module, Part.View.View, Part.View.Model)
            ?? throw new InvalidOperationException($"There is no view {Part.View.View} in {Part.Module.GetName().Name}'s Views/Shared."));
    }
}
