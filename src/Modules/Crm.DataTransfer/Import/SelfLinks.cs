using Crm.Platform.Queries;
using Crm.DataTransfer.Csv;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;

namespace Crm.DataTransfer.Import;

/// <summary>
/// Look-ups, and links to any record, that lead to the type that is being imported, such as a parent company. What they name may be stored, stand in the same
/// batch, or come further down: then the link waits until the end.
/// </summary>
internal sealed class SelfLinks(RecordFinder names, ContentTypeDefinition type, ImportMapping mapping, DryRunMemory? dryRun)
{
    private readonly List<MappedColumn> _links = [.. mapping.Columns.Where(c => MayLink(type, c.Field))];
    private readonly List<MappedColumn> _names = Names(names, type, mapping);

    /// <summary>The last row that a name stands in. This grows with the file, when it has such look-ups.</summary>
    private readonly Dictionary<string, long> _lastRows = new(StringComparer.Ordinal);

    public bool IsNeeded => _links.Count > 0;

    /// <summary>Columns that hold what look-ups may name a record by.</summary>
    public static List<MappedColumn> Names(RecordFinder names, ContentTypeDefinition type, ImportMapping mapping)
    {
        var fields = names.Fields(type).Select(f => f.Name).Append(type.DisplayField).ToList();
        var columns = mapping.Columns.Where(c => fields.Contains(c.Field.Name, StringComparer.OrdinalIgnoreCase));
        return [.. mapping.KeepsIds ? columns.Append(mapping.Key!) : columns];
    }

    /// <summary>Whether the field may lead to a record of the type.</summary>
    public static bool MayLink(ContentTypeDefinition type, FieldDefinition field)
        => field.Kind == RecordLink.Kind || string.Equals(field.Target, type.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes a row's names, before anything is imported.</summary>
    public void Note(CsvRow row)
    {
        foreach (var column in _names)
            _lastRows[FieldKind.Fold(column.Cell(row.Cells).Trim())] = row.Number;
    }

    public async Task ResolveAsync(IReadOnlyList<ImportRow> rows, CancellationToken cancellationToken)
    {
        var wanted = (from row in rows
                      where !row.IsRefused && row.Repeats is null
                      from column in _links
                      let text = row.Cell(column).Trim()
                      where Texts(column.Field, text).Any(t => mapping.KeepsIds || !Guid.TryParseExact(t, "D", out _))
                      select (Row: row, column.Field, Text: text)).ToList();
        if (wanted.Count == 0)
            return;
        var found = await FindAsync(wanted.SelectMany(w => Texts(w.Field, w.Text)), cancellationToken);
        foreach (var row in rows.Where(r => !r.IsRefused && r.Repeats is null))
            foreach (var column in _names)
                if (found.TryGetValue(FieldKind.Fold(row.Cell(column).Trim()), out var ids))
                    ids.Add(row.Id);
        var last = rows[^1].Number;
        foreach (var (row, field, text) in wanted)
        {
            var texts = Texts(field, text);
            if (Ambiguous(field, texts, found) is { } ambiguous)
                row.Refuse(field, ambiguous);
            else if (Meant(texts, found) is { } ids)
            {
                if (ids.Any(id => dryRun?.IsPlanned(id) == true))
                    row.Planned.Add(field);
                else
                    row.Links[field.Name] = Value(field, ids);
            }
            else if (texts.Any(t => _lastRows.GetValueOrDefault(FieldKind.Fold(t)) > last))
                row.Waiting.Add(new(field, text));
            // Else the content manager says that there is none.
        }
    }

    /// <summary>The records that waiting links mean, now that all rows are saved, or the reason why one cannot be set.</summary>
    public async Task<IReadOnlyList<(Dictionary<string, object?> Links, RowProblem? Refused)>> FinishAsync(IReadOnlyList<ImportRow> rows, CancellationToken cancellationToken)
    {
        var found = await FindAsync(rows.SelectMany(r => r.Waiting).SelectMany(w => Texts(w.Field, w.Text)), cancellationToken);
        return [.. rows.Select(row =>
        {
            var links = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
            RowProblem? refused = null;
            foreach (var (field, text) in row.Waiting)
            {
                var texts = Texts(field, text);
                if (Meant(texts, found) is { } ids)
                    links[field.Name] = Value(field, ids);
                else
                    refused ??= new(row.Number, Ambiguous(field, texts, found) ?? new("{0}: there is no {1} “{2}”", field.Label, type.Label, texts.First(t => Ids(t, found).Count == 0)), field.Name);
            }
            return (links, refused);
        })];
    }

    /// <summary>What stands for a record of the type; empty where another type is meant.</summary>
    private string Named(FieldDefinition field, string text)
    {
        if (field.Kind != RecordLink.Kind)
            return text;
        var (named, rest) = RecordLink.Read(text) is { } link ? (link.Type, link.Id.ToString("D")) : text.Split(':', 2) is [var before, var after] ? (before.Trim(), after.Trim()) : ("", "");
        return string.Equals(named, type.Name, StringComparison.OrdinalIgnoreCase) ? rest : "";
    }

    private async Task<Dictionary<string, HashSet<Guid>>> FindAsync(IEnumerable<string> texts, CancellationToken cancellationToken)
    {
        var found = await names.FindAsync(type, texts, cancellationToken);
        if (mapping.KeepsIds)
            foreach (var chunk in found.Keys.Where(t => Guid.TryParseExact(t, "D", out _)).Select(t => (object)Guid.Parse(t)).Chunk(500))
                await foreach (var (id, _) in names.FindAsync(type, type.Field(SystemFields.Id), chunk, cancellationToken))
                    found[id.ToString("D")].Add(id);
        if (dryRun is not null)
            foreach (var (text, ids) in found)
                ids.UnionWith(dryRun.Find(text));
        return found;
    }

    /// <summary>A look-up's cell is one text, that of several is divided.</summary>
    private IReadOnlyList<string> Texts(FieldDefinition field, string cell)
        => Named(field, cell) is not { Length: > 0 } text ? [] : field.LeadsTo is null && field.Kind != RecordLink.Kind ? TextList.Split(text) : [text];

    private HashSet<Guid> Ids(string text, Dictionary<string, HashSet<Guid>> found)
        => !mapping.KeepsIds && Guid.TryParseExact(text, "D", out var id) ? [id] : found[FieldKind.Fold(text)];

    /// <summary>The records that the texts mean; null unless each means just one.</summary>
    private List<Guid>? Meant(IReadOnlyList<string> texts, Dictionary<string, HashSet<Guid>> found)
        => texts.All(t => Ids(t, found).Count == 1) ? [.. texts.Select(t => Ids(t, found).First())] : null;

    private object Value(FieldDefinition field, List<Guid> ids)
        => field.Kind == RecordLink.Kind ? new RecordLink(type.Name, ids[0]) : field.LeadsTo is null ? new ValueList<Guid>(ids) : ids[0];

    private Message? Ambiguous(FieldDefinition field, IReadOnlyList<string> texts, Dictionary<string, HashSet<Guid>> found)
        => texts.FirstOrDefault(t => Ids(t, found).Count > 1) is { } text
            ? new("{0}: “{1}” is the name of {2} records; give its number instead", field.Label, text, Ids(text, found).Count)
            : null;
}
