using Crm.Platform.Content;
using Crm.Platform.Display;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Forms;

/// <summary>
/// The full form of a new record as the answer to a shorter one that was refused: with what was typed and what is wrong,
/// and without either going through an address.
/// </summary>
public sealed class NewRecordForm
{
    private readonly ContentDefinitions _definitions;
    private readonly IContentManager _content;
    private readonly RecordForm _form;
    private readonly FormParts _parts;
    private readonly IStringLocalizer _localizer;

    internal NewRecordForm(ContentDefinitions definitions, IContentManager content, RecordForm form, FormParts parts, IStringLocalizer localizer)
        => (_definitions, _content, _form, _parts, _localizer) = (definitions, content, form, parts, localizer);

    /// <param name="texts">As they were typed, by field; fields without one have their starting values.</param>
    public async Task<IActionResult> ShowAsync(Controller page, string type, IReadOnlyDictionary<string, string?> texts, IReadOnlyList<FieldError> errors, CancellationToken cancellationToken)
    {
        var definition = _definitions.Current.Get(type);
        var filled = _form.TextsOf(definition, await _content.NewAsync(definition.Name, cancellationToken));
        foreach (var (field, given) in filled.ToList())
            if (texts.TryGetValue(field, out var text))
                filled[field] = [text ?? "", .. given.Skip(1)];
        var sections = await _form.SectionsAsync(definition, true, filled, errors, cancellationToken);
        page.Response.StatusCode = StatusCodes.Status400BadRequest;
        return page.View("/Modules/Crm.Contents/Views/Forms/Form.cshtml", new FormPage(definition, null, _localizer["New {0}", definition.Label.Inside(_localizer)], sections)
        {
            Errors = _form.Summary(definition, sections, errors),
            Parts = _parts.Views(definition, errors),
            Action = $"{definition.Path}/new",
            CancelUrl = definition.Path,
        });
    }
}
