using Crm.Platform.Content;
using Crm.Platform.Fields;

namespace Crm.Platform.Display;

/// <summary>One field in a form: model of <c>Views/Shared/Fields/Edit/&lt;kind&gt;.cshtml</c>.</summary>
/// <param name="Texts">Text of each part, as typed or as the culture writes the value.</param>
public sealed record FieldEditor(FieldDefinition Field, FieldKind Kind, string Label, IReadOnlyList<string> Texts)
{
    public string Id => $"field-{Field.Name}";

    /// <summary>Name under which the main part is posted.</summary>
    public string Name => NameOf(0);

    /// <summary>Text of the main part; empty for none.</summary>
    public string Text => Texts[0];

    /// <summary>Name of the content type.</summary>
    public string Type { get; init; } = "";

    /// <summary>The texts of the several values of a field that has such.</summary>
    public IReadOnlyList<string> Values => TextList.Split(Text);

    public string? Help { get; init; }

    public string? Error { get; init; }

    /// <summary>Which of several values the error is about; null when it is about the field.</summary>
    public int? ErrorAt { get; init; }

    /// <summary>Name of the record that a look-up has chosen.</summary>
    public string? ChosenText { get; init; }

    /// <summary>Where a look-up's missing record is made in a panel; null when the reader may not.</summary>
    public string? CreateUrl { get; init; }

    /// <summary>The field of the new record that takes what was typed.</summary>
    public string? CreateField { get; init; }

    /// <summary>What may be chosen; of a look-up to many, what is chosen.</summary>
    public IReadOnlyList<FieldOption> Options { get; init; } = [];

    /// <summary>Whether what is typed becomes an option.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Shown in the form, but not to be changed.</summary>
    public bool IsReadOnly { get; init; }

    public bool HasFocus { get; init; }

    /// <summary>Takes the whole width of the form.</summary>
    public bool IsWide { get; init; }

    public string NameOf(int part) => Field.Name + Kind.Parts[part];

    // Attributes, left out by Razor when they are null.
    public string? Invalid => Error is null ? null : "true";

    public string? Required => Field.Required ? "true" : null;

    public string? DescribedBy => (Error, Help) switch
    {
        (null, null) => null,
        (null, _) => $"{Id}-hint",
        (_, null) => $"{Id}-error",
        _ => $"{Id}-error {Id}-hint",
    };
}

/// <param name="Text">In the reader's language.</param>
public sealed record FieldOption(string Key, string Text);

/// <param name="Url">Null where the reader may not go.</param>
public sealed record FieldLink(string Text, string? Url);

/// <summary>One field's value to be read: model of <c>Views/Shared/Fields/Display/&lt;kind&gt;.cshtml</c>, where there is one; see <see cref="FieldDisplays"/>. Never empty.</summary>
/// <param name="Text">The value in the reader's culture; a look-up's is the record's name, empty when the reader may not see it.</param>
/// <param name="Url">Where a look-up leads, when the reader may go there.</param>
public sealed record FieldDisplay(FieldDefinition Field, FieldKind Kind, object Value, string Text, string? Url = null)
{
    /// <summary>A date that is overdue once it is past.</summary>
    public bool IsDeadline { get; init; }

    /// <summary>One line in a list instead of a place of its own.</summary>
    public bool InList { get; init; }

    /// <summary>Of a look-up to many, the records that the reader may see.</summary>
    public IReadOnlyList<FieldLink> Links { get; init; } = [];

    /// <summary>The text as pages show it.</summary>
    public string Shown => Kind.Shorten(Text);
}
