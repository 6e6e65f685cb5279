using System.Buffers.Binary;
using System.Security.Cryptography;
using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Queries;

namespace Crm.DataTransfer.Import;

/// <summary>Finds the records that rows are, one query per batch, and rows that are the same record.</summary>
internal sealed class ImportKeys(RecordFinder records, CellValues cells, ChangeLog log, ContentTypeDefinition type, ImportMapping mapping, Guid? import)
{
    private bool? _isResumed;

    private readonly MappedColumn? key = mapping.Key;

    /// <summary>This grows with the file: every key, and the row it was in first with what that row says.</summary>
    private readonly Dictionary<object, (long Number, UInt128 Content)> _rows = [];

    public async Task MatchAsync(IReadOnlyList<ImportRow> rows, CancellationToken cancellationToken)
    {
        var byKey = new Dictionary<object, ImportRow>();
        foreach (var row in rows)
        {
            row.Id = import is { } id ? IdOf(id, row.Number) : Guid.CreateVersion7();
            if (key is not null && !row.IsRefused && Take(row) is { } value)
                byKey[value] = row;
        }
        if (byKey.Count > 0)
            await FindAsync(byKey, cancellationToken);
        if (import is { } batch && (_isResumed ??= await log.HasBatchAsync(batch, cancellationToken)))
        {
            var done = (await log.ReadBatchesAsync([batch], [.. rows.Select(r => r.Id)], cancellationToken)).ToLookup(c => c.RecordId, c => c.Kind);
            foreach (var row in rows.Where(r => done.Contains(r.Id)))
                (row.Exists, row.Done) = (true, done[row.Id].Contains(ChangeKind.Created) ? SaveStatus.Created : SaveStatus.Updated);
        }
    }

    private async Task FindAsync(Dictionary<object, ImportRow> byKey, CancellationToken cancellationToken)
    {
        var matches = byKey.Keys.ToDictionary(k => k, _ => 0);
        await foreach (var (id, value) in records.FindAsync(type, key!.Field, byKey.Keys, cancellationToken))
        {
            if (!byKey.TryGetValue(value, out var row))
                continue;
            (row.Id, row.Exists) = (id, true);
            matches[value]++;
        }
        foreach (var (value, count) in matches.Where(m => m.Value > 1))
            byKey[value].Refuse(key.Field, new("{0} “{1}” is the key of {2} records", key.Field.Label, byKey[value].Cell(key), count));
        if (mapping.KeepsIds)
            await KeepIdsAsync(byKey, cancellationToken);
        else if (key.Field.Name == SystemFields.Id)
            foreach (var row in byKey.Values.Where(r => !r.Exists))
                row.Refuse(key.Field, new("There is no {0} with the id {1}", type.Label, row.Cell(key)));
    }

    /// <summary>Records that are not there yet come back under their ids; one in the recycle bin has its own way back.</summary>
    private async Task KeepIdsAsync(Dictionary<object, ImportRow> byKey, CancellationToken cancellationToken)
    {
        foreach (var (id, row) in byKey.Where(r => !r.Value.Exists))
            row.Id = (Guid)id;
        await foreach (var (id, _) in records.FindAsync(type, key!.Field, byKey.Where(r => !r.Value.Exists).Select(r => r.Key), cancellationToken, RecycleBin.Only))
            byKey[id].Refuse(key.Field, new("The record is in the recycle bin; restore it first"));
    }

    /// <summary>
    /// The same record for the same row of the same import, whenever it runs. Its time is the import's, and rows follow each
    /// other as in the file: ids anywhere would have each index changed anywhere.
    /// </summary>
    private static Guid IdOf(Guid import, long row)
    {
        Span<byte> bytes = stackalloc byte[24];
        import.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes[16..], row);
        var hash = SHA256.HashData(bytes);
        // RFC 9562, version 7: 48 bits of time, 4 of version, 12 and, after two of the variant, 62 that are free: 34 for the row, the rest for the hash.
        bytes[6] = (byte)(0x70 | ((row >> 30) & 0x0F));
        bytes[7] = (byte)(row >> 22);
        bytes[8] = (byte)(0x80 | ((row >> 16) & 0x3F));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[9..], (ushort)row);
        hash.AsSpan(0, 5).CopyTo(bytes[11..]);
        return new Guid(bytes[..16], bigEndian: true);
    }

    private object? Take(ImportRow row)
    {
        var text = row.Cell(key!);
        if (string.IsNullOrWhiteSpace(text))
        {
            row.Refuse(key!.Field, new("The key {0} is empty", key.Field.Label));
            return null;
        }
        var (value, error) = cells.Parse(key!.Field, text, cells.Culture);
        if (value is null or UnboundValue)
            row.Refuse(key.Field, error ?? new("{0} cannot be “{1}”", key.Field.Label, text));
        else if (_rows.TryAdd(value, (row.Number, row.Content)))
            return value;
        else if (_rows[value] is var first && first.Content == row.Content)
            row.Repeats = first.Number;
        else
            row.Refuse(key.Field, new("{0} “{1}” is in row {2} already, with other values", key.Field.Label, text.Trim(), first.Number));
        return null;
    }
}
