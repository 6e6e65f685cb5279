using System.Data.Common;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Records;

namespace Crm.Platform.Queries;

/// <summary>Which columns a query reads and how they become values.</summary>
internal sealed class ReadPlan
{
    private static readonly string[] Always =
        [SystemFields.Id, SystemFields.DisplayText, SystemFields.Owner, SystemFields.Team, SystemFields.Version, SystemFields.DeletedAt];

    private readonly List<(string Path, QueryCompiler.Resolved At, int Start, int Count, int? Display)> _fields = [];
    private readonly List<string> _columns = [];
    private readonly List<ColumnType> _types = [];
    private readonly string _type;

    public ReadPlan(QueryCompiler compiler, IReadOnlyList<string> paths)
    {
        _type = compiler.Root.Name;
        // What tells whether a date is late.
        var late = paths.Select(p => compiler.Root.Find(p)?.Late?.Field).OfType<string>().Where(f => compiler.Root.Find(f) is { } field && compiler.IsThere(compiler.Root, field));
        foreach (var path in Always.Concat(paths).Concat(late).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var at = Always.Contains(path) ? compiler.ResolveAlways(path) : compiler.Resolve(path);
            var start = _columns.Count;
            foreach (var column in at.Kind.Columns(at.Field).Where(c => !c.IsKey))
                Add(at.Sql(column), column.Type);
            var count = _columns.Count - start;
            int? display = null;
            if (at.Field.LeadsTo is not null && (path is not (SystemFields.Owner or SystemFields.Team) || paths.Contains(path)))
            {
                display = _columns.Count;
                Add(compiler.DisplaySql(path, at), ColumnType.Text);
            }
            _fields.Add((path, at, start, count, display));
        }
    }

    public int ColumnCount => _columns.Count;

    /// <summary>Look-ups that may lead to records of several types, or to several records: no join tells their names.</summary>
    public IEnumerable<(string Path, FieldDefinition Field)> Unnamed => _fields.Where(f => f.At.Field is { Kind: RecordLink.Kind or LookUpsField.KindName }).Select(f => (f.Path, f.At.Field));

    public string Select => string.Join(", ", _columns);

    public ContentItem Read(DbDataReader reader, Dialect dialect)
    {
        var item = new ContentItem(_type);
        var values = new object?[8];
        foreach (var (path, at, start, count, display) in _fields)
        {
            for (var i = 0; i < count; i++)
                values[i] = dialect.Read(reader, start + i, _types[start + i]);
            item[path] = at.Kind.FromColumns(at.Field, values.AsSpan(0, count));
            if (display is { } ordinal && !reader.IsDBNull(ordinal))
                item.SetDisplay(path, reader.GetString(ordinal));
        }
        return item;
    }

    private void Add(string sql, ColumnType type)
    {
        _columns.Add(sql);
        _types.Add(type);
    }
}
