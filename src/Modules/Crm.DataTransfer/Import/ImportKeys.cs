using Crm.Platform.Queries;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;

namespace Crm.DataTransfer.Import;

/// <summary>Finds the records that rows are, one query per batch, and rows that are the same record.</summary>
internal sealed class ImportKeys(RecordFinder records, CellValues cells, ContentTypeDefinition type, MappedColumn? key)
{
    /// <summary>This grows with the file: every key, and the row it was in first with what that row says.</summary>
    private readonly Dictionary<object, (long Number, UInt128 Content)> _rows = [];

    public async Task MatchAsync(IReadOnlyList<ImportRow> rows, CancellationToken cancellationToken)
    {
        var byKey = new Dictionary<object, ImportRow>();
        foreach (var row in rows)
        {
            row.Id = Guid.CreateVersion7();
            if (key is not null && Take(row) is { } value)
                byKey[value] = row;
        }
        if (byKey.Count == 0)
            return;
        var matches = byKey.Keys.ToDictionary(k => k, _ => 0);
        await foreach (var (id, value) in records.FindAsync(type, key!.Field, byKey.Keys, cancellationToken))
        {
            if (!byKey.TryGetValue(value, out var row))
                continue;
            (row.Id, row.Exists) = (id, true);
            if (++matches[value] > 1)
                row.Refused = new("{0} “{1}” is the key of {2} records", key.Field.Label, row.Cell(key), matches[value]);
        }
        if (key.Field.Name == SystemFields.Id)
            foreach (var row in byKey.Values.Where(r => !r.Exists))
                row.Refused = new("There is no {0} with the id {1}", type.Label, row.Cell(key));
    }

    private object? Take(ImportRow row)
    {
        var text = row.Cell(key!);
        if (string.IsNullOrWhiteSpace(text))
        {
            row.Refused = new("The key {0} is empty", key!.Field.Label);
            return null;
        }
        var (value, error) = cells.Parse(key!.Field, text);
        if (value is null or LookUpText)
            row.Refused = error ?? new Message("{0} cannot be “{1}”", key.Field.Label, text);
        else if (_rows.TryAdd(value, (row.Number, row.Content)))
            return value;
        else if (_rows[value] is var first && first.Content == row.Content)
            row.Repeats = first.Number;
        else
            row.Refused = new("{0} “{1}” is in row {2} already, with other values", key.Field.Label, text.Trim(), first.Number);
        return null;
    }
}
