using Crm.Contents.LookUps;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Settings;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.Forms;

/// <summary>What somebody typed into fields of a record and gave up for what another had saved meanwhile.</summary>
internal sealed record Unkept(string Type, Guid Id, IReadOnlyList<UnkeptField> Fields)
{
    public Unkept() : this("", Guid.Empty, []) { }
}

internal sealed record UnkeptField(string Field, string Text);

/// <summary>Keeps the words that lost, the latest of each person: the history has only what was saved.</summary>
internal sealed class UnkeptWords(PersonSettings settings, FieldViews views, RecordNames names, IStringLocalizer localizer)
{
    private const string Name = "unkept";

    /// <param name="posted">What was typed, by field.</param>
    /// <returns>Whether there was anything to keep.</returns>
    public async Task<bool> KeepAsync(ContentTypeDefinition type, Guid id, IReadOnlyDictionary<string, IReadOnlyList<string>> posted, CancellationToken cancellationToken)
    {
        var fields = new List<UnkeptField>();
        foreach (var (name, texts) in posted)
            if (await SayAsync(views.Editor(type, type.Field(name), texts), cancellationToken) is { } text)
                fields.Add(new(name, text));
        if (fields.Count > 0)
            await settings.ChangeAsync<Unkept>(Name, _ => new(type.Name, id, fields), cancellationToken);
        return fields.Count > 0;
    }

    /// <summary>Null when the last words that were given up were of another record.</summary>
    public async Task<Unkept?> OfAsync(ContentTypeDefinition type, Guid id, CancellationToken cancellationToken)
        => await settings.ReadAsync<Unkept>(Name, cancellationToken) is { Fields.Count: > 0 } words && words.Type == type.Name && words.Id == id ? words : null;

    public Task ForgetAsync(CancellationToken cancellationToken) => settings.ChangeAsync<Unkept>(Name, _ => new(), cancellationToken);

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
