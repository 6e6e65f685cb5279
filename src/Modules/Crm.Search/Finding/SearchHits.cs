using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Search.Indexing;
using Crm.Search.Words;
using Microsoft.Extensions.Localization;

namespace Crm.Search.Finding;

/// <summary>A record that was found, as pages show it.</summary>
/// <param name="Field">Label of the field that the snippet is of.</param>
/// <param name="Hint">What else tells the record apart.</param>
internal sealed record SearchHit(ContentTypeDefinition Type, string Url, IReadOnlyList<TextPiece> Name, string? Field, IReadOnlyList<TextPiece>? Snippet, string Hint);

/// <summary>Shows why a record was found: its name and the field that contains the words, marked.</summary>
internal sealed class SearchHits(ContentDefinitions definitions, FieldKinds kinds, FieldViews views, IStringLocalizer localizer)
{
    private const int HintFields = 3;

    public SearchHit Of(ContentItem item, SearchWords words)
    {
        var type = definitions.Current.Get(item.ContentType);
        var name = Marks.Of(item.DisplayText.Length > 0 ? item.DisplayText : localizer["(no name)"], words);
        var (field, snippet) = words.Parts.Count == 1 && name.Any(p => p.IsFound) ? (null, null) : Snippet(type, item, words);
        return new SearchHit(type, $"{type.Path}/{item.Id}", name, field, snippet, Hint(type, item));
    }

    /// <summary>Columns that <see cref="Hint"/> shows.</summary>
    public static IReadOnlyList<string> HintColumns(ContentTypeDefinition type)
        => [.. type.ListColumns.Where(c => c != type.DisplayField && c is not (SystemFields.DisplayText or SystemFields.ModifiedAt or SystemFields.CreatedAt)).Take(HintFields)];

    private string Hint(ContentTypeDefinition type, ContentItem item)
        => string.Join(" · ", HintColumns(type).Where(c => type.Find(c.Split('.')[0]) is { Hidden: false }).Select(c => views.Display(type, item, c)?.Shown).Where(t => !string.IsNullOrEmpty(t)));

    private (string? Field, IReadOnlyList<TextPiece>? Snippet) Snippet(ContentTypeDefinition type, ContentItem item, SearchWords words)
    {
        foreach (var (field, _) in TypePlan.Of(type, kinds).Fields.Where(f => f.Field.Name != type.DisplayField))
            if (views.Display(type, item, field.Name)?.Text is { Length: > 0 } text && Marks.Snippet(text, words) is { } snippet)
                return (field.Label.For(localizer), snippet);
        return (null, null);
    }
}
