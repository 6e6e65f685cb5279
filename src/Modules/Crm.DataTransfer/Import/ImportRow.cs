using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Crm.DataTransfer.Csv;
using Crm.Platform.Content;
using Crm.Platform.Localization;

namespace Crm.DataTransfer.Import;

/// <summary>One row on its way to a record.</summary>
internal sealed class ImportRow(CsvRow row, ImportMapping mapping)
{
    public long Number => row.Number;

    public Guid Id { get; set; }

    /// <summary>Whether the record is stored already.</summary>
    public bool Exists { get; set; }

    /// <summary>What an earlier run of this import has done with the record, which people may have changed since: it is left alone.</summary>
    public SaveStatus? Done { get; set; }

    /// <summary>Why the row is not to be saved.</summary>
    public List<RowProblem> Problems { get; } = [.. from column in mapping.Columns
                                              where column.Refuses(row.Cells)
                                              select new RowProblem(row.Number, new("{0} has no option “{1}”", column.Field.Label, column.Cell(row.Cells)), column.Field.Name)];

    public bool IsRefused => Problems.Count > 0;

    /// <summary>Look-ups within the type, found by the import itself.</summary>
    public Dictionary<string, object?> Links { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Look-ups that are set once a row further down is saved.</summary>
    public List<WaitingLink> Waiting { get; } = [];

    /// <summary>A dry run's look-ups to records that it found further up and did not write.</summary>
    public List<FieldDefinition> Planned { get; } = [];

    /// <summary>The earlier row that says the very same of the same record.</summary>
    public long? Repeats { get; set; }

    public void Refuse(FieldDefinition field, Message message) => Problems.Add(new(Number, message, field.Name));

    public string Cell(MappedColumn column) => column.Cell(row.Cells);

    /// <summary>The same for rows that say the same.</summary>
    public UInt128 Content => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.Unicode.GetBytes(string.Join('\0', mapping.Columns.Select(c => Cell(c).Trim())))));

    public ContentChange ToChange(string type)
    {
        var change = new ContentChange(type) { Id = Id, IsNew = !Exists, Values = Links };
        foreach (var column in mapping.Columns)
        {
            if (Exists && mapping.EmptyCell == EmptyCell.Keep && column.IsEmpty(row.Cells))
                continue;
            // A number given once never changes.
            if (column.Field.ReadOnly && (Exists || (string.IsNullOrWhiteSpace(Cell(column)) && (!mapping.KeepsIds || column.Field.Kind == "autoNumber"))))
                continue;
            if (!Links.ContainsKey(column.Text) && !Planned.Contains(column.Field) && Waiting.TrueForAll(w => w.Field != column.Field))
                change.Texts[column.Text] = Cell(column);
        }
        return change;
    }

    /// <summary>The links alone, now that what they lead to is there. A record that keeps its times keeps them here, too.</summary>
    public ContentChange ToLinks(string type, Dictionary<string, object?> links)
        => new(type)
        {
            Id = Id,
            Values = links,
            Texts = Exists ? [] : mapping.Columns.Where(c => c.Field.Name is SystemFields.ModifiedAt or SystemFields.ModifiedBy).Where(c => !string.IsNullOrWhiteSpace(Cell(c))).ToDictionary(c => c.Text, c => (string?)Cell(c)),
        };
}

/// <param name="Text">What the row says: a name or number of a record of the same type.</param>
internal sealed record WaitingLink(FieldDefinition Field, string Text);
