using Crm.Contents.LookUps;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Forms;

/// <summary>What somebody typed into fields of a record and gave up for what another had saved meanwhile.</summary>
internal sealed record Unkept(string Type, Guid Id, IReadOnlyList<UnkeptField> Fields)
{
    /// <summary>Whether they were offered already, after a save that succeeded.</summary>
    public bool IsOffered { get; init; }

    public Unkept() : this("", Guid.Empty, []) { }

    public bool IsOf(ContentTypeDefinition type, Guid id) => Type == type.Name && Id == id;
}

internal sealed record UnkeptField(string Field, string Text);

/// <summary>Keeps the words that lost, the latest of each person: the history has only what was saved.</summary>
internal sealed class UnkeptWords(PersonSettings settings, FieldViews views, RecordNames names, IStringLocalizer localizer)
{
    private const string Name = "unkept";

    /// <param name="posted">What was typed, by field.</param>
    public async Task KeepAsync(ContentTypeDefinition type, Guid id, IReadOnlyDictionary<string, IReadOnlyList<string>> posted, CancellationToken cancellationToken)
    {
        var fields = new List<UnkeptField>();
        foreach (var (name, texts) in posted)
            if (await SayAsync(views.Editor(type, type.Field(name), texts), cancellationToken) is { } text)
                fields.Add(new(name, text));
        if (fields.Count > 0)
            await settings.ChangeAsync<Unkept>(Name, old => new(type.Name, id, old.IsOf(type, id) ? [.. old.Fields.Except(fields), .. fields] : fields), cancellationToken);
    }

    /// <returns>Whether there are words of the record that have not been offered before.</returns>
    public async Task<bool> OfferAsync(ContentTypeDefinition type, Guid id, CancellationToken cancellationToken)
    {
        if (await OfAsync(type, id, cancellationToken) is not { IsOffered: false })
            return false;
        await settings.ChangeAsync<Unkept>(Name, words => words.IsOf(type, id) ? words with { IsOffered = true } : words, cancellationToken);
        return true;
    }

    /// <summary>Null when the last words that were given up were of another record.</summary>
    public async Task<Unkept?> OfAsync(ContentTypeDefinition type, Guid id, CancellationToken cancellationToken)
        => await settings.ReadAsync<Unkept>(Name, cancellationToken) is { Fields.Count: > 0 } words && words.IsOf(type, id) ? words : null;

    public Task ForgetAsync(ContentTypeDefinition type, Guid id, CancellationToken cancellationToken)
        => settings.ChangeAsync<Unkept>(Name, words => words.IsOf(type, id) ? new() : words, cancellationToken);

    /// <summary>What an input holds, as people read it; null for nothing.</summary>
    public async Task<string?> SayAsync(FieldEditor editor, CancellationToken cancellationToken)
    {
        if (editor.Field.Target is not null || editor.Field.Kind == "record")
        {
            var known = await names.FindAsync(editor.Field, editor.Text, cancellationToken);
            return editor.Text.Length == 0 ? null : string.Join(localizer[", "], RecordNames.MentionedBy(editor.Field, editor.Text).Select(l => known.GetValueOrDefault(l.Id) ?? localizer["Not visible to you"]));
        }
        var text = editor.Options.FirstOrDefault(o => o.Key == editor.Text)?.Text ?? string.Join(' ', editor.Texts.Where(t => t.Length > 0));
        return editor.Text.Length == 0 ? null : text;
    }
}
