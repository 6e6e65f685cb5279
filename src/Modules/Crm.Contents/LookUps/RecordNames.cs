using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Microsoft.Extensions.Localization;

namespace Crm.Contents.LookUps;

/// <summary>The names of records by id, as far as the user may see them: one query per content type.</summary>
internal sealed class RecordNames(QueryEngine queries, ContentDefinitions definitions, IStringLocalizer localizer)
{
    public async Task<IReadOnlyDictionary<Guid, string>> FindAsync(IEnumerable<(string Type, Guid Id)> records, CancellationToken cancellationToken)
    {
        var names = new Dictionary<Guid, string>();
        foreach (var group in records.GroupBy(r => r.Type, r => r.Id, StringComparer.OrdinalIgnoreCase).Where(g => definitions.Current.Find(g.Key) is not null))
            foreach (var ids in group.Distinct().Chunk(500))
            {
                // Those in the recycle bin too: history speaks of them.
                var query = new Query(group.Key) { Where = Filter.In(SystemFields.Id, ids.Cast<object?>()), Columns = [], Sort = [SystemFields.Id], Take = 500, Bin = RecycleBin.With };
                foreach (var item in (await queries.ListAsync(query, cancellationToken)).Items)
                    names[item.Id] = item.DisplayText;
            }
        return names;
    }

    /// <summary>The records that the text of a look-up, of several or of a link to any record speaks of.</summary>
    public static IEnumerable<RecordLink> MentionedBy(FieldDefinition field, string? text)
    {
        if (string.IsNullOrEmpty(text))
            return [];
        return field.Kind == "record" ? new[] { RecordLink.Read(text) }.OfType<RecordLink>()
            : field.Target is { } target ? TextList.Split(text).Where(t => Guid.TryParse(t, out _)).Select(t => new RecordLink(target, Guid.Parse(t)))
            : [];
    }

    /// <summary>The editor of a look-up with the names of what is chosen; any other as it is.</summary>
    public FieldEditor Named(FieldEditor editor, IReadOnlyDictionary<Guid, string> names)
    {
        if (editor.Field.Target is not null && editor.Kind.IsSeveral)
            return editor with { Options = [.. editor.Values.Select(v => new FieldOption(v, Guid.TryParse(v, out var id) ? names.GetValueOrDefault(id) ?? localizer["Not visible to you"] : v))] };
        return editor with { ChosenText = MentionedBy(editor.Field, editor.Text).FirstOrDefault() is { } link ? names.GetValueOrDefault(link.Id) : editor.Text };
    }

    public Task<IReadOnlyDictionary<Guid, string>> FindAsync(FieldDefinition field, string? text, CancellationToken cancellationToken)
        => FindAsync(MentionedBy(field, text).Select(l => (l.Type, l.Id)), cancellationToken);

    public async Task<string?> FindAsync(string type, Guid id, CancellationToken cancellationToken)
        => (await FindAsync([(type, id)], cancellationToken)).GetValueOrDefault(id);
}
