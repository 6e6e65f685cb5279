using Crm.Contents.LookUps;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Forms;

/// <summary>The inputs of a record's form, what was posted from them, and what of that is a change.</summary>
internal sealed class RecordForm(ContentDefinitions definitions, FieldKinds kinds, FieldViews views, RecordNames names, IStringLocalizer localizer)
{
    /// <summary>Texts by field, one for each part.</summary>
    public Dictionary<string, IReadOnlyList<string>> Posted(ContentTypeDefinition type, IFormCollection form)
    {
        var texts = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in Fields(type).Where(f => !f.ReadOnly && form.ContainsKey(f.Name)))
            // A switch sends "false" before its "true".
            texts[field.Name] = kinds.Of(field).PostsSeveral
                ? [kinds.Of(field).JoinPosted([.. form[field.Name].Select(text => text ?? "")])]
                : [.. kinds.Of(field).Parts.Select(part => form[field.Name + part] is [.., { } last] ? last : "")];
        return texts;
    }

    /// <summary>The form's texts of a record.</summary>
    public Dictionary<string, IReadOnlyList<string>> TextsOf(ContentTypeDefinition type, ContentItem item)
        => Fields(type).ToDictionary(f => f.Name, f => views.FormTexts(f, item[f.Name]), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// What is to be saved: fields whose input was touched. What a form shows of a value may be less than the value, so
    /// sending everything back would change fields that nobody has changed.
    /// </summary>
    public Dictionary<string, string?> Changes(ContentTypeDefinition type, Dictionary<string, IReadOnlyList<string>> posted, ContentItem? before)
    {
        var changes = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in Fields(type))
        {
            if (!posted.TryGetValue(field.Name, out var texts) || (before is not null && IsSame(field, texts, before[field.Name])))
                continue;
            var parts = kinds.Of(field).Parts;
            for (var i = 0; i < parts.Count; i++)
                changes[field.Name + parts[i]] = texts[i];
        }
        return changes;
    }

    /// <summary>Whether an input still has the text that the form gives a value.</summary>
    public bool IsSame(FieldDefinition field, IReadOnlyList<string> texts, object? value)
        => value is null ? (texts[0].Length == 0 && !kinds.Of(field).TakesAnyPart) || (field.Kind == "yesNo" && texts[0] == "false") : texts.SequenceEqual(views.FormTexts(field, value), StringComparer.Ordinal);

    public async Task<IReadOnlyList<FormSection>> SectionsAsync(ContentTypeDefinition type, bool isNew, Dictionary<string, IReadOnlyList<string>> texts, IReadOnlyList<FieldError> errors, CancellationToken cancellationToken)
    {
        var fields = Fields(type).Where(f => !(isNew && f.ReadOnly)).ToList();
        var chosen = await names.FindAsync(fields.SelectMany(f => RecordNames.MentionedBy(f, Text(f)[0])).Select(l => (l.Type, l.Id)), cancellationToken);
        var first = errors.Count > 0 ? null : fields.FirstOrDefault(f => !f.ReadOnly && f.Target is null && f.Kind != "record")?.Name;
        return [.. FieldSection.Of(type, fields).Select(s => new FormSection(s.Heading.For(localizer), [.. s.Fields.Select(Editor)]))];

        IReadOnlyList<string> Text(FieldDefinition field) => texts.GetValueOrDefault(field.Name) ?? views.FormTexts(field, null);

        FieldEditor Editor(FieldDefinition field)
        {
            var error = errors.FirstOrDefault(e => string.Equals(e.Field, field.Name, StringComparison.OrdinalIgnoreCase));
            return names.Named(views.Editor(type, field, Text(field)), chosen) with { Error = error?.Message.For(localizer), ErrorAt = error?.At, HasFocus = field.Name == first };
        }
    }

    /// <summary>The errors for the list above the form, those of inputs in the inputs' order. What is no field is an input of a <see cref="IFormPart"/>.</summary>
    public IReadOnlyList<FormError> Summary(ContentTypeDefinition type, IReadOnlyList<FormSection> sections, IReadOnlyList<FieldError> errors)
    {
        var editors = sections.SelectMany(s => s.Editors).ToList();
        return [.. errors.OrderBy(e => editors.FindIndex(x => x.Field.Name == e.Field))
            .Select(e => new FormError(editors.Find(x => string.Equals(x.Field.Name, e.Field, StringComparison.OrdinalIgnoreCase))?.Id
                ?? (e.Field is { } input && type.Find(input) is null ? input : null), e.Message.For(localizer)))];
    }

    private IEnumerable<FieldDefinition> Fields(ContentTypeDefinition type)
        => type.Fields.Where(f => !f.Hidden && (!f.ReadOnly || !f.IsSystem) && (f.Target is null || definitions.Current.Find(f.Target) is not null));
}
