using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Files;

namespace Crm.Contents.Forms;

/// <param name="Id">Null for a new record.</param>
internal sealed record FormPage(ContentTypeDefinition Type, Guid? Id, string Title, IReadOnlyList<FormSection> Sections)
{
    /// <summary>Posted with the form: the name under which the browser keeps what is typed.</summary>
    public const string Draft = "__draft";

    public const string SavedDraft = "saved-draft";

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
    public required string Action { get; init; }

    /// <summary>
    /// What a long form shows on demand: sections after the first without anything in them, and without any of the fields
    /// that lists, quick search or the record's head show, as those are what records of the type are known by.
    /// </summary>
    public IReadOnlyList<FormSection> More => Sections.Sum(s => s.Editors.Count) <= 24 ? []
        : [.. Sections.Skip(1).Where(s => s.IsEmpty && !s.Editors.Any(e => Type.ListColumns.Concat(Type.QuickSearch).Concat(Type.KeyFacts).Contains(e.Field.Name)))];

    public required string CancelUrl { get; init; }
}

internal sealed record FormSection(string Heading, IReadOnlyList<FieldEditor> Editors)
{
    /// <summary>Nothing is there, asked for or wrong.</summary>
    public bool IsEmpty => Editors.All(e => e is { Error: null, Field.Required: false } && e.Texts.All(t => t.Length == 0 || t == "false"));
}

/// <param name="InputId">The input at fault; null when it is the record as a whole.</param>
internal sealed record FormError(string? InputId, string Text);

/// <summary>Somebody saved the record while this form was open.</summary>
/// <param name="Who">Null when the user may not be seen or it was the system.</param>
/// <param name="Both">Fields that both have changed.</param>
/// <param name="Theirs">Labels of fields that only the other has changed; the form now has their values.</param>
internal sealed record EditConflict(string? Who, DateTime At, IReadOnlyList<ConflictingField> Both, IReadOnlyList<string> Theirs)
{
    /// <summary>It was the same user, in another window.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Posted with each of <see cref="Both"/>: whose value is to be kept.</summary>
    public const string Keep = "keep-";

    public const string KeepTheirs = "theirs";
}

/// <summary>One field as it was, as the other has saved it and as it was typed here; null for empty.</summary>
internal sealed record ConflictingField(FieldEditor Editor, string? Original, string? Theirs, string? Mine)
{
    /// <summary>Only texts of some length are compared word by word; of a date or an amount one sees what has changed.</summary>
    private const int Short = 40;

    public IReadOnlyList<TextPiece> TheirWords => Words(Theirs);

    public IReadOnlyList<TextPiece> MyWords => Words(Mine);

    private IReadOnlyList<TextPiece> Words(string? text)
        => Editor.Field.Kind is "text" or "longText" && Original?.Length > Short && text is not null ? TextDifference.Of(Original, text) : text is null ? [] : [new(text, TextChange.None)];
}
