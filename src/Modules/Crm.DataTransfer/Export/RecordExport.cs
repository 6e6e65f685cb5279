using System.Text;
using Crm.DataTransfer.Csv;
using Crm.DataTransfer.Spreadsheets;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Queries;

namespace Crm.DataTransfer.Export;

/// <summary>
/// Writes the records of a content type that the actor may see as CSV (RFC 4180, UTF-8 with a mark, which spreadsheets
/// need for Chinese): values in the culture-free form that an import reads back.
/// </summary>
public sealed class RecordExport(ContentDefinitions definitions, FieldKinds kinds, QueryEngine queries, RecordFinder names)
{
    private const int BatchSize = 1000;

    private static readonly string[] SystemColumns = [SystemFields.Owner, SystemFields.Team, SystemFields.CreatedAt, SystemFields.ModifiedAt, SystemFields.Id];

    /// <param name="shownOnly">Only the columns of the type's list, the name first.</param>
    /// <returns>How many records were written.</returns>
    /// <exception cref="QueryException">The type or the filter will not do; nothing was written.</exception>
    public async Task<long> RunAsync(string typeName, Filter? filter, Stream output, CancellationToken cancellationToken, bool shownOnly = false)
    {
        var type = definitions.Current.Find(typeName) ?? throw new QueryException("There is no content type {0}", typeName);
        var fields = Fields(type, shownOnly);
        var query = new Query(type.Name) { Where = filter, Columns = [.. fields.Select(f => f.Name)] };
        // What is wrong with the query shows before the first byte.
        await queries.ListAsync(query with { Take = 1 }, cancellationToken);

        await using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), 1 << 16, leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(string.Join(',', fields.SelectMany(f => kinds.Of(f).Parts, (f, part) => CsvCell.Quote(f.Name + part))));
        var count = 0L;
        await foreach (var items in queries.StreamAsync(query, cancellationToken).Chunk(BatchSize).WithCancellation(cancellationToken))
        {
            var links = await LinksAsync(fields, items, cancellationToken);
            foreach (var item in items)
                await writer.WriteLineAsync(string.Join(',', fields.SelectMany(f => Cells(f, item, links)).Select(CsvCell.Quote)));
            count += items.Length;
        }
        return count;
    }

    /// <summary>As the command does, but as an Excel workbook.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public async Task<long> RunAsWorkbookAsync(string typeName, Filter? filter, Stream output, CancellationToken cancellationToken, bool shownOnly = false)
    {
        await using var csv = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        var count = await RunAsync(typeName, filter, csv, cancellationToken, shownOnly);
        await csv.FlushAsync(cancellationToken);
        var numbers = Fields(definitions.Current.Get(typeName), shownOnly).Where(f => kinds.Of(f).IsNumeric).Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        // A workbook is an archive, which is written back and forth.
        await using var workbook = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        Spreadsheet.FromCsv(csv, workbook, numbers);
        workbook.Position = 0;
        await workbook.CopyToAsync(output, cancellationToken);
        return count;
    }

    private static List<FieldDefinition> Fields(ContentTypeDefinition type, bool shownOnly)
    {
        var all = type.Fields.Where(f => !f.Hidden && !f.IsSystem).Concat(SystemColumns.Select(type.Field).Where(f => !f.Hidden));
        if (!shownOnly || type.ListColumns.Count == 0)
            return [.. all];
        // Paths through look-ups are other records' fields, and stay in the list.
        return [.. type.ListColumns.Prepend(type.DisplayField).Distinct().Select(type.Find).OfType<FieldDefinition>().Where(f => !f.Hidden)];
    }

    private IEnumerable<string> Cells(FieldDefinition field, ContentItem item, Dictionary<(string, Guid), string> links)
    {
        var kind = kinds.Of(field);
        var value = item[field.Name];
        if (value is null)
            return kind.Parts.Select(_ => "");
        if (value is Guid id && field.Target is { } target)
            return [FormulaGuard.Add(links[(target, id)])];
        if (value is ValueList<Guid> ids)
            return [FormulaGuard.Add(TextList.Join(ids.Select(i => links[(field.Target!, i)])))];
        // Numbers, dates and phone numbers begin with a sign of their own; all other texts are somebody's words.
        var parts = kind.SplitParts(field, value);
        return (value is string && field.Kind != "phone") || kind.IsSeveral || kind.IsSearched ? parts.Select(FormulaGuard.Add) : parts;
    }

    /// <summary>What stands for linked records: the name when it means one record only, else a unique text such as the number, else the id.</summary>
    private async Task<Dictionary<(string Target, Guid Id), string>> LinksAsync(List<FieldDefinition> fields, ContentItem[] items, CancellationToken cancellationToken)
    {
        var links = new Dictionary<(string, Guid), string>();
        foreach (var group in fields.Where(f => f.Target is not null).GroupBy(f => f.Target!, StringComparer.OrdinalIgnoreCase))
        {
            var texts = new Dictionary<Guid, string?>();
            foreach (var field in group)
                foreach (var item in items)
                    foreach (var id in LinkedRecords.IdsOf(item[field.Name]))
                        texts[id] = field.LeadsTo is null ? item.NameOf(id) : item.DisplayOf(field.Name);
            if (texts.Count == 0)
                continue;
            var type = definitions.Current.Get(group.Key);
            var meant = await names.FindAsync(type, texts.Values.Where(IsName).Select(n => n!), cancellationToken);
            foreach (var (id, name) in texts)
                if (IsName(name) && meant[FieldKind.Fold(name!)].Count == 1)
                    links[(group.Key, id)] = name!;
            var others = texts.Keys.Where(id => !links.ContainsKey((group.Key, id))).ToList();
            foreach (var (id, text) in await UniqueTextsAsync(type, others, cancellationToken))
                links[(group.Key, id)] = text;
            foreach (var id in others)
                links.TryAdd((group.Key, id), id.ToString("D"));
            foreach (var field in group.Where(f => f.Target != group.Key))
                foreach (var id in texts.Keys)
                    links[(field.Target!, id)] = links[(group.Key, id)];
        }
        return links;
    }

    private async Task<List<(Guid Id, string Text)>> UniqueTextsAsync(ContentTypeDefinition type, List<Guid> ids, CancellationToken cancellationToken)
    {
        var fields = names.Fields(type).Where(f => f.Unique).Select(f => f.Name).ToList();
        var texts = new List<(Guid, string)>();
        if (fields.Count == 0)
            return texts;
        foreach (var chunk in ids.Chunk(500))
            await foreach (var item in queries.StreamAsync(new Query(type.Name) { Where = Filter.In(SystemFields.Id, chunk.Select(i => (object?)i)), Columns = fields, Sort = [SystemFields.Id] }, cancellationToken))
                if (fields.Select(f => item[f] as string).FirstOrDefault(IsName) is { } text)
                    texts.Add((item.Id, text));
        return texts;
    }

    /// <summary>Whether an import would take the text for a name.</summary>
    private static bool IsName(string? text) => !string.IsNullOrWhiteSpace(text) && text != "@me" && !Guid.TryParseExact(text, "D", out _);
}
