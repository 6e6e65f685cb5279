using System.Text;
using Crm.DataTransfer.Csv;
using Crm.DataTransfer.Spreadsheets;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Crm.Platform.Security;

namespace Crm.DataTransfer.Export;

/// <summary>
/// Writes the records of a content type that the actor may see as CSV (RFC 4180, UTF-8 with a mark, which spreadsheets
/// need for Chinese): values in the culture-free form that an import reads back.
/// </summary>
public sealed class RecordExport(ContentDefinitions definitions, FieldKinds kinds, QueryEngine queries, RecordFinder names, ActorContext actor)
{
    private const int BatchSize = 1000;

    private static readonly string[] SystemColumns = [SystemFields.Owner, SystemFields.Team, SystemFields.CreatedAt, SystemFields.CreatedBy, SystemFields.ModifiedAt, SystemFields.ModifiedBy, SystemFields.Id];

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

    private IEnumerable<string> Cells(FieldDefinition field, ContentItem item, Dictionary<RecordLink, string> links)
    {
        var kind = kinds.Of(field);
        var value = item[field.Name];
        if (value is null)
            return kind.Parts.Select(_ => "");
        if (LinkOf(field, value) is { } link)
            return [FormulaGuard.Add(field.Kind != RecordLink.Kind ? links[link] : Guid.TryParseExact(links[link], "D", out _) ? link.ToString() : $"{link.Type}:{links[link]}")];
        if (value is ValueList<Guid> ids)
            return [FormulaGuard.Add(TextList.Join(ids.Select(i => links[new(field.Target!, i)])))];
        // Numbers, dates and phone numbers begin with a sign of their own; all other texts are somebody's words.
        var parts = kind.SplitParts(field, value);
        return (value is string && field.Kind != "phone") || kind.IsSeveral || kind.IsSearched ? parts.Select(FormulaGuard.Add) : parts;
    }

    private static RecordLink? LinkOf(FieldDefinition field, object? value)
        => value as RecordLink ?? (value is Guid id && field.Target is { } target ? new(target, id) : null);

    /// <summary>What stands for linked records: the name when it means one record only, else a unique text such as the number, else the id.</summary>
    private async Task<Dictionary<RecordLink, string>> LinksAsync(List<FieldDefinition> fields, ContentItem[] items, CancellationToken cancellationToken)
    {
        var linked = new Dictionary<RecordLink, string?>();
        foreach (var field in fields)
            foreach (var item in items)
                if (LinkOf(field, item[field.Name]) is { } link)
                    linked[link] = item.DisplayOf(field.Name);
                else if (item[field.Name] is ValueList<Guid> ids)
                    foreach (var id in ids)
                        linked[new(field.Target!, id)] = item.NameOf(id);
        var links = new Dictionary<RecordLink, string>();
        foreach (var group in linked.GroupBy(l => l.Key.Type, StringComparer.OrdinalIgnoreCase))
        {
            // The type's feature may be off by now.
            if (definitions.Current.Find(group.Key) is { } type)
            {
                var meant = await names.FindAsync(type, group.Select(l => l.Value).Where(IsName).Select(n => n!), cancellationToken);
                foreach (var (link, name) in group)
                    // A record in the recycle bin is not what its name means.
                    if (IsName(name) && meant[FieldKind.Fold(name!)] is { Count: 1 } ids && ids.Contains(link.Id))
                        links[link] = name!;
                var others = group.Select(l => l.Key).Where(link => !links.ContainsKey(link)).ToList();
                var texts = await UniqueTextsAsync(type, [.. others.Select(l => l.Id)], cancellationToken);
                // A number may be another record's name.
                meant = await names.FindAsync(type, texts.Values, cancellationToken);
                foreach (var link in others)
                    if (texts.TryGetValue(link.Id, out var text) && meant[FieldKind.Fold(text)].Count == 1)
                        links[link] = text;
            }
            foreach (var (link, _) in group)
                links.TryAdd(link, link.Id.ToString("D"));
        }
        return links;
    }

    private async Task<Dictionary<Guid, string>> UniqueTextsAsync(ContentTypeDefinition type, List<Guid> ids, CancellationToken cancellationToken)
    {
        var fields = names.Fields(type).Where(f => f.Unique && actor.Current.Sees(type, f)).Select(f => f.Name).ToList();
        var texts = new Dictionary<Guid, string>();
        if (fields.Count == 0)
            return texts;
        foreach (var chunk in ids.Chunk(500))
            await foreach (var item in queries.StreamAsync(new Query(type.Name) { Where = Filter.In(SystemFields.Id, chunk.Select(i => (object?)i)), Columns = fields, Sort = [SystemFields.Id] }, cancellationToken))
                if (fields.Select(f => item[f] as string).FirstOrDefault(IsName) is { } text)
                    texts[item.Id] = text;
        return texts;
    }

    /// <summary>Whether an import would take the text for a name.</summary>
    private static bool IsName(string? text) => !string.IsNullOrWhiteSpace(text) && text != "@me" && !Guid.TryParseExact(text, "D", out _);
}
