using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Files;

namespace Crm.Contents.Forms;

/// <param name="Id">Null for a new record.</param>
internal sealed record FormPage(ContentTypeDefinition Type, Guid? Id, string Title, IReadOnlyList<FormSection> Sections)
{
    /// <summary>The version that the form was filled from.</summary>
    public long? Version { get; init; }

    public IReadOnlyList<FormError> Errors { get; init; } = [];

    public EditConflict? Conflict { get; init; }

    /// <summary>What modules add to the form of a new record.</summary>
    public IReadOnlyList<FormPartView> Parts { get; init; } = [];

    /// <summary>How the form is sent: one that takes no files stays as small as it is.</summary>
    public string? Encoding => Sections.Any(s => s.Editors.Any(e => e.Kind.ValueType == typeof(StoredFile) && !e.IsReadOnly)) ? "multipart/form-data" : null;

    public bool HasProblems => Errors.Count > 0 || Conflict is not null;

    /// <summary>Where the form is sent to.</summary>
    public string Action => Id is null ? $"{Type.Path}/new" : $"{Type.Path}/{Id}/edit";

    public required string CancelUrl { get; init; }
}

internal sealed record FormSection(string Heading, IReadOnlyList<FieldEditor> Editors);

/// <param name="InputId">The input at fault; null when it is the record as a whole.</param>
internal sealed record FormError(string? InputId, string Text);

/// <summary>Somebody saved the record while this form was open.</summary>
/// <param name="Who">Null when the user may not be seen or it was the system.</param>
/// <param name="Both">Fields that both have changed.</param>
/// <param name="Theirs">Labels of fields that only the other has changed; the form now has their values.</param>
internal sealed record EditConflict(string? Who, DateTime At, IReadOnlyList<ConflictingField> Both, IReadOnlyList<string> Theirs);

internal sealed record ConflictingField(string InputId, string Label, string? Mine, string? Theirs);
