using Crm.Platform.Queries;
using Crm.Platform.Content;
using Crm.Platform.Fields;
using Crm.Platform.Localization;

namespace Crm.DataTransfer.Import;

/// <summary>
/// A dry run takes each batch back. So that later rows fare as they would in earnest, this remembers what earlier ones
/// would have left: names that look-ups may mean, and unique values.
/// </summary>
internal sealed class DryRunMemory(CellValues cells, RecordFinder names, ContentTypeDefinition type, ImportMapping mapping)
{
    private readonly List<MappedColumn> _names = mapping.Columns.Any(c => SelfLinks.MayLink(type, c.Field))
        ? SelfLinks.Names(names, type, mapping)
        : [];

    private readonly List<(MappedColumn Column, Dictionary<object, Guid> Taken)> _unique = [.. mapping.Columns.Where(c => c.Field.Unique && c.Text == c.Field.Name).Select(c => (c, new Dictionary<object, Guid>()))];
    private readonly Dictionary<string, Guid[]> _ids = new(StringComparer.Ordinal);
    private readonly HashSet<Guid> _created = [];

    public bool IsPlanned(Guid id) => _created.Contains(id);

    public IEnumerable<Guid> Find(string folded) => _ids.GetValueOrDefault(folded) ?? [];

    public void Check(ImportRow row)
    {
        if (row.IsRefused || row.Repeats is not null)
            return;
        foreach (var (column, taken) in _unique)
            if (cells.Keys(column.Field, row.Cell(column)).Any(k => taken.TryGetValue(k, out var id) && id != row.Id))
                row.Refuse(column.Field, new("There is already a record with {0} “{1}”", column.Field.Label, row.Cell(column).Trim()));
    }

    public void Remember(ImportRow row)
    {
        foreach (var (column, taken) in _unique)
            foreach (var key in cells.Keys(column.Field, row.Cell(column)))
                taken[key] = row.Id;
        if (_names.Count == 0)
            return;
        if (!row.Exists)
            _created.Add(row.Id);
        foreach (var column in _names)
        {
            var text = FieldKind.Fold(row.Cell(column).Trim());
            if (text.Length > 0)
                _ids[text] = _ids.TryGetValue(text, out var ids) ? [.. ids, row.Id] : [row.Id];
        }
    }
}
