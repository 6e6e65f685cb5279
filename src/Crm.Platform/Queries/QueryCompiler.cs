using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Display;
using Crm.Platform.Fields;
using Crm.Platform.Localization;
using Crm.Platform.Records;
using Crm.Platform.Security;

namespace Crm.Platform.Queries;

/// <summary>
/// Turns one query into SQL. Every table it touches, the first and those that look-ups lead to, is limited to what the
/// actor may see.
/// </summary>
internal sealed class QueryCompiler(DefinitionSet definitions, FieldKinds kinds, Dialect dialect, Actor actor, ParseContext literals, ContentTypeDefinition root, string alias = "t")
{
    /// <summary>The last code point: no text that starts with a prefix comes after the prefix and this.</summary>
    private static readonly string Highest = char.ConvertFromUtf32(0x10FFFF);

    /// <summary>A list that follows options asks for one at a time, beside what people ask: see <see cref="OptionOrder"/>.</summary>
    private const int OfTheOrder = 1;

    private readonly Dictionary<string, string> _joins = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _sides = new(StringComparer.OrdinalIgnoreCase);
    private readonly SqlText _joined = new();
    private readonly FilterLiterals _literals = new(actor, literals);
    private int _conditions;

    /// <summary>See <see cref="Query.WithHidden"/>.</summary>
    public bool WithHidden { get; init; }

    /// <summary>How the rows are to be reached; see <see cref="AccessPath"/>.</summary>
    public AccessPath Path { get; set; } = AccessPath.Free;

    /// <summary>Stands before columns of conditions that must not choose the index.</summary>
    private string _noIndex = "";

    /// <summary>Whether other tables are looked into besides the type's own.</summary>
    public bool HasJoins => _joins.Count + _sides.Count > 0;

    /// <summary>A field reached by a path, with the SQL alias of its table.</summary>
    public sealed record Resolved(FieldDefinition Field, FieldKind Kind, string Alias, ContentTypeDefinition Type)
    {
        public string Sql(KindColumn column) => $"{Alias}.{Columns.Quoted(Field, column)}";

        /// <summary>A type's display field is filtered and sorted by the display text, which always has an index.</summary>
        public string FilterSql => Kind is TextKind && Field.Name == Type.DisplayField
            ? $"{Alias}.\"display_text_key\""
            : Sql(Kind.FilterColumn(Field));

        /// <summary>Whether the field is beyond a look-up, where there may be no record.</summary>
        public bool IsJoined { get; init; }

        /// <summary>The record's own id: in an index it stands as it is, without a place for empty ones.</summary>
        public bool IsId => !IsJoined && Field.Name == SystemFields.Id;

        public bool IsNeverEmpty => !IsJoined && (Field.Name is SystemFields.Id or SystemFields.DisplayText or SystemFields.CreatedAt
            or SystemFields.ModifiedAt or SystemFields.Version || Field.Name == Type.DisplayField);

        /// <summary>Of a literal: the column that it is compared with, or the key of one of several values.</summary>
        public ColumnType FilterType => Kind is SeveralKind several ? several.KeyType : Kind.FilterColumn(Field).Type;
    }

    public ContentTypeDefinition Root => root;

    internal FieldKinds Kinds => kinds;

    public ReadScope Scope { get; } = new(definitions, actor);

    /// <summary>Whether the actor sees only some records of the first type.</summary>
    public bool IsScoped => Scope.IsLimited(root);

    public Resolved Resolve(string path)
    {
        var parts = path.Split('.', '/');
        if (parts.Length > 4)
            throw new QueryException("The path {0} is too long: at most three look-ups", path);
        var (type, at) = (root, alias);
        for (var i = 0; i < parts.Length; i++)
        {
            var field = type.FindColumn(parts[i]);
            if (field is null || !IsThere(type, field))
                throw new QueryException("{0} has no field {1}", type.PluralLabel, parts[i]) { Field = parts[i] };
            if (i == parts.Length - 1)
                return new Resolved(field, kinds.Of(field), at, type) { IsJoined = i > 0 };
            if (field.LeadsTo is not { } target || definitions.Find(target) is not { } next)
                throw new QueryException("{0} is not a look-up, so {1} leads nowhere", field.Label, path);
            at = JoinTo(string.Join('.', parts.Take(i + 1)), at, Columns.Name(field.Name), next);
            type = next;
        }
        throw new QueryException("{0} has no field {1}", root.PluralLabel, path);
    }

    /// <summary>A field of the type's own that every record is read with, such as its version, whatever of it is shown.</summary>
    public Resolved ResolveAlways(string name)
    {
        var field = root.Field(name);
        return new(field, kinds.Of(field), alias, root);
    }

    /// <summary>Whether people can ask about a field and read it.</summary>
    public bool IsThere(ContentTypeDefinition type, FieldDefinition field) => WithHidden || ((!field.Hidden || field.IsSystem) && actor.Sees(type, field));

    /// <summary>The display text of the record that a look-up points to, or each of several does; null when the actor may not see it.</summary>
    public string DisplaySql(string path, Resolved lookUp)
    {
        var target = definitions.Get(lookUp.Field.Target!);
        var at = lookUp.Kind.IsSeveral ? JoinTo(path, JoinValues(lookUp), SeveralKind.Key.Suffix, target) : JoinTo(path, lookUp.Alias, Columns.Name(lookUp.Field.Name), target);
        return $"{at}.\"display_text\"";
    }

    public SqlText From() => new SqlText($" FROM {Columns.Table(root)} {alias}").Append(_joined);

    /// <summary>The table of a field's several values, joined: a record then comes once for each of them, and once when it has none.</summary>
    public string JoinValues(Resolved several)
    {
        var key = $"{several.Alias}.{several.Field.Name}";
        if (_sides.TryGetValue(key, out var at))
            return at;
        _sides[key] = at = $"{alias}s{_sides.Count}";
        _joined.Append($" LEFT JOIN {Dialect.Quote(Columns.SideTable(several.Type, several.Field))} {at} ON {at}.\"record_id\" = {several.Alias}.\"id\"");
        return at;
    }

    /// <summary>The condition that every reading of this type carries: not deleted (or only), and within the actor's scope.</summary>
    public SqlText Where(Filter? filter, RecycleBin bin)
    {
        var sql = new SqlText(" WHERE ").Append(bin switch
        {
            RecycleBin.Only => $"{alias}.\"deleted_at\" IS NOT NULL",
            RecycleBin.With => "1 = 1",
            _ => $"{alias}.\"deleted_at\" IS NULL",
        });
        _noIndex = Path.IsChosen ? dialect.NoIndex : "";
        sql.Append(Scope.Of(root, alias, _noIndex));
        if (filter is not null)
            sql.Append(" AND ").Append(Compile(filter, negated: false, depth: 0));
        if (Path.Through is { } through)
            sql.Append(Through(through));
        if (Path.ByScope)
            sql.Append($" AND {alias}.\"id\" IN (").Append(Scope.Reach(root)).Append(")");
        if (Path.Rows is { } rows)
            sql.Append($" AND {alias}._rowid_ IN (SELECT value FROM json_each(").Append(ColumnType.Text, $"[{string.Join(',', rows)}]").Append("))");
        return sql;
    }

    /// <summary>The same condition once more, in a form that starts from the few records that the look-up may lead to.</summary>
    private SqlText Through(CompareFilter filter)
        => Beyond(filter) is { } beyond
            ? new SqlText($" AND {alias}.{Dialect.Quote(Columns.Name(beyond.LookUp.Name))} IN (SELECT {beyond.Alias}.\"id\"").Append(beyond.Records).Append(")")
            : throw new InvalidOperationException($"{filter.Path} leads over no look-up.");

    /// <summary>Of a condition beyond one look-up: the target's records that meet it, from FROM on. Null for any other.</summary>
    public BeyondLookUp? Beyond(CompareFilter filter)
    {
        if (filter.Path.Split('.', '/') is not [var first, var field] || root.FindColumn(first) is not { LeadsTo: { } target } lookUp || definitions.Find(target) is not { } next)
            return null;
        var inner = new QueryCompiler(definitions, kinds, dialect, actor, literals, next, $"{alias}b");
        var where = inner.Where(filter with { Path = field }, RecycleBin.Without);
        return new(lookUp, next.FindColumn(field)!, next, inner.Alias, inner.From().Append(where));
    }

    /// <summary>Records that meet a condition, whoever may see them, from FROM on; for a look at how many an index gives.</summary>
    public SqlText Among(Filter filter)
    {
        var condition = Compile(filter, negated: false, depth: 0);
        return From().Append($" WHERE {alias}.\"deleted_at\" IS NULL AND ").Append(condition);
    }

    public SqlText Compile(Filter filter, bool negated, int depth)
    {
        if (depth > FilterParser.MaxDepth + OfTheOrder)
            throw new QueryException("The filter is nested too deeply: at most {0} levels", FilterParser.MaxDepth);
        if (filter is not (AndFilter or OrFilter or NotFilter) && ++_conditions > FilterParser.MaxConditions + OfTheOrder)
            throw new QueryException("The filter has too many conditions: at most {0}", FilterParser.MaxConditions);
        var before = _noIndex;
        if (ReferenceEquals(filter, Path.By))
            _noIndex = "";
        var sql = CompileOne(filter, negated, depth);
        _noIndex = before;
        return sql;
    }

    private SqlText CompileOne(Filter filter, bool negated, int depth)
    {
        return filter switch
        {
            AndFilter and => Combine(and.Filters, negated ? " OR " : " AND ", negated ? "1 = 0" : "1 = 1", negated, depth),
            OrFilter or => Combine(or.Filters, negated ? " AND " : " OR ", negated ? "1 = 1" : "1 = 0", negated, depth),
            NotFilter not => Compile(not.Inner, !negated, depth + 1),
            CompareFilter compare => Compare(compare, negated),
            InFilter list => In(list, negated),
            HasFilter has => Has(has, negated, depth),
            QuickSearchFilter search => QuickSearch(search, negated),
            _ => throw new QueryException("Unknown condition"),
        };
    }

    private SqlText Combine(IReadOnlyList<Filter> filters, string word, string none, bool negated, int depth)
    {
        if (filters.Count == 0)
            return new SqlText(none);
        var sql = new SqlText("(");
        for (var i = 0; i < filters.Count; i++)
            sql.Append(i == 0 ? "" : word).Append(Compile(filters[i], negated, depth + 1));
        return sql.Append(")");
    }

    private SqlText Compare(CompareFilter filter, bool negated)
    {
        var at = Resolve(filter.Path);
        if (!at.Kind.Operators.Contains(filter.Operator))
            throw new QueryException("{0} cannot be filtered by “{1}”", at.Field.Label, filter.Operator) { Field = at.Field.Name };
        var column = _noIndex + at.FilterSql;
        if (filter.Value is null)
        {
            var isNull = filter.Operator switch
            {
                FilterOperator.Equal => !negated,
                FilterOperator.NotEqual => negated,
                _ => throw new QueryException("{0} cannot be compared with nothing", at.Field.Label) { Field = at.Field.Name },
            };
            return new SqlText(isNull ? $"{column} IS NULL" : $"{column} IS NOT NULL");
        }
        var value = _literals.Convert(at, filter.Value);
        if (at.Kind is SeveralKind several)
            return HasValue(at, KeyCondition(several, filter.Operator, value), negated ^ (filter.Operator == FilterOperator.NotEqual));
        var asked = filter.Operator;
        if (at.FilterType == ColumnType.Integer && value is decimal fraction && decimal.Floor(fraction) != fraction)
        {
            // No whole number equals it; those above it are those above its floor.
            if (asked is FilterOperator.Equal or FilterOperator.NotEqual)
                return new SqlText((asked == FilterOperator.Equal) == negated ? "1 = 1" : "1 = 0");
            asked = asked is FilterOperator.Greater or FilterOperator.GreaterOrEqual ? FilterOperator.Greater : FilterOperator.LessOrEqual;
            value = decimal.Floor(fraction);
        }
        var (op, orNull) = (asked, negated) switch
        {
            (FilterOperator.Equal, false) or (FilterOperator.NotEqual, true) => ("=", false),
            (FilterOperator.NotEqual, false) or (FilterOperator.Equal, true) => ("<>", true),
            (FilterOperator.Greater, false) => (">", false),
            (FilterOperator.Greater, true) => ("<=", true),
            (FilterOperator.GreaterOrEqual, false) => (">=", false),
            (FilterOperator.GreaterOrEqual, true) => ("<", true),
            (FilterOperator.Less, false) => ("<", false),
            (FilterOperator.Less, true) => (">=", true),
            (FilterOperator.LessOrEqual, false) => ("<=", false),
            (FilterOperator.LessOrEqual, true) => (">", true),
            _ => ("", negated),
        };
        if (op.Length > 0)
        {
            var sql = new SqlText($"{column} {op} ").Append(at.FilterType, value);
            return orNull ? new SqlText("(").Append(sql).Append($" OR {column} IS NULL)") : sql;
        }
        var folded = at.Kind.FilterColumn(at.Field).IsKey;
        var pattern = Escape(folded ? (string)value! : ((string)value!).ToLowerInvariant());
        pattern = Pattern(filter.Operator, pattern);
        var text = folded ? column : dialect.Lower(column);
        var like = new SqlText($"{text} {(negated ? "NOT LIKE" : "LIKE")} ").Append(ColumnType.Text, pattern).Append(" ESCAPE '\\'");
        if (!negated && filter.Operator == FilterOperator.StartsWith && folded && ((string)value!).Length > 0)
        {
            // A range that an index can answer, and the pattern for the rest.
            like = new SqlText($"({column} >= ").Append(ColumnType.Text, value).Append($" AND {column} < ").Append(ColumnType.Text, value + Highest).Append(" AND ").Append(like).Append(")");
        }
        return negated ? new SqlText("(").Append(like).Append($" OR {column} IS NULL)") : like;
    }

    /// <summary>Whether one of a field's several values meets a condition on its key.</summary>
    private static SqlText HasValue(Resolved at, SqlText condition, bool negated)
    {
        var from = $"FROM {Dialect.Quote(Columns.SideTable(at.Type, at.Field))} WHERE ";
        // "In" lets a database begin with the few records that have the value; "not in" would read all of them first.
        return negated
            ? new SqlText($"NOT EXISTS (SELECT 1 {from}\"record_id\" = {at.Alias}.\"id\" AND ").Append(condition).Append(")")
            : new SqlText($"{at.Alias}.\"id\" IN (SELECT \"record_id\" {from}").Append(condition).Append(")");
    }

    private static SqlText KeyCondition(SeveralKind kind, FilterOperator asked, object? value)
    {
        var key = $"\"{SeveralKind.Key.Suffix}\"";
        if (asked is FilterOperator.Equal or FilterOperator.NotEqual)
            return new SqlText($"{key} = ").Append(kind.KeyType, value);
        return new SqlText($"{key} LIKE ").Append(ColumnType.Text, Pattern(asked, Escape((string)value!))).Append(" ESCAPE '\\'");
    }

    private static string Pattern(FilterOperator asked, string escaped) => asked switch
    {
        FilterOperator.StartsWith => $"{escaped}%",
        FilterOperator.EndsWith => $"%{escaped}",
        _ => $"%{escaped}%",
    };

    private SqlText In(InFilter filter, bool negated)
    {
        if (filter.Values.Count > 1000)
            throw new QueryException("A list may have at most {0} values", 1000);
        var at = Resolve(filter.Path);
        var values = filter.Values.Where(v => v is not null).Select(v => _literals.Convert(at, v)).ToList();
        var hasNull = filter.Values.Any(v => v is null);
        var column = _noIndex + at.FilterSql;
        if (values.Count == 0)
            return new SqlText(hasNull ? $"{column} IS {(negated ? "NOT " : "")}NULL" : negated ? "1 = 1" : "1 = 0");
        if (at.Kind.IsSeveral)
        {
            var has = HasValue(at, new SqlText($"\"{SeveralKind.Key.Suffix}\" IN (").AppendList(at.FilterType, values).Append(")"), negated);
            return hasNull ? new SqlText("(").Append(has).Append(negated ? $" AND {column} IS NOT NULL)" : $" OR {column} IS NULL)") : has;
        }
        var sql = new SqlText(negated ? $"({column} NOT IN (" : $"({column} IN (").AppendList(at.FilterType, values).Append(")");
        if (negated)
            sql.Append(hasNull ? $" AND {column} IS NOT NULL" : $" OR {column} IS NULL");
        else if (hasNull)
            sql.Append($" OR {column} IS NULL");
        return sql.Append(")");
    }

    private SqlText Has(HasFilter filter, bool negated, int depth)
    {
        var type = definitions.Find(filter.Type) ?? throw new QueryException("There is no content type {0}", filter.Type);
        // A link to any record leads here too: ids are unique over all types.
        if (type.Find(filter.LookUp) is not { } lookUp || !actor.Sees(type, lookUp) || !(lookUp.Kind == RecordLink.Kind || string.Equals(lookUp.Target, root.Name, StringComparison.OrdinalIgnoreCase)))
            throw new QueryException("{0} has no field {1}", type.PluralLabel, filter.LookUp);
        var inner = new QueryCompiler(definitions, kinds, dialect, actor, literals, type, $"{alias}{_conditions}h") { _conditions = _conditions };
        var where = inner.Where(null, RecycleBin.Without).Append(kinds.Of(lookUp).IsSeveral
            ? $" AND {inner.Alias}.\"id\" IN (SELECT \"record_id\" FROM {Dialect.Quote(Columns.SideTable(type, lookUp))} WHERE \"{SeveralKind.Key.Suffix}\" = {alias}.\"id\")"
            : $" AND {inner.Alias}.{Dialect.Quote(Columns.Name(lookUp.Name))} = {alias}.\"id\"");
        if (filter.Where is not null)
            where.Append(" AND ").Append(inner.Compile(filter.Where, negated: false, depth + 1));
        _conditions = inner._conditions;
        return new SqlText(negated ? "NOT EXISTS (SELECT 1" : "EXISTS (SELECT 1").Append(inner.From()).Append(where).Append(")");
    }

    private string Alias => alias;

    private SqlText QuickSearch(QuickSearchFilter search, bool negated)
    {
        var found = !negated && ReferenceEquals(search, Path.By) ? Pieced(search, (table, asked) => dialect.HasPieces($"{alias}.\"id\"", table, asked)) : null;
        var sql = new SqlText("(");
        if (found is not null)
            sql.Append(found);
        // The index alone says it all of a text that is one piece or begins one.
        if (found is not null && Pieces.IsOne(root, kinds, search.Text))
            return sql.Append(")");
        var fields = (root.QuickSearch.Count > 0 && !actor.SeesNamesOnly(root) ? root.QuickSearch : [SystemFields.DisplayText]).Where(f => root.Find(f) is { Hidden: false }).ToList();
        sql.Append(found is null ? "" : " AND (");
        for (var i = 0; i < fields.Count; i++)
            sql.Append(i == 0 ? "" : negated ? " AND " : " OR ").Append(Compare(new CompareFilter(fields[i], FilterOperator.Contains, search.Text), negated));
        return sql.Append(fields.Count == 0 ? "1 = 0)" : ")").Append(found is null ? "" : ")");
    }

    /// <summary>A one for each record that may contain the text, from the type's index of pieces; null when there is none.</summary>
    public SqlText? PiecedCount(QuickSearchFilter search) => Pieced(search, dialect.MatchPieces);

    private SqlText? Pieced(QuickSearchFilter search, Func<string, string, SqlText> find)
        => Pieces.Table(root, kinds) is { } table && Pieces.Asked(root, kinds, search.Text, dialect) is { } asked ? find(table, asked) : null;

    /// <param name="column">The parent's column with the id of the record.</param>
    /// <returns>The alias of the record's table.</returns>
    private string JoinTo(string path, string parent, string column, ContentTypeDefinition type)
    {
        path = path.Replace('/', '.');
        if (_joins.TryGetValue(path, out var at))
            return at;
        _joins[path] = at = $"{alias}j{_joins.Count}";
        _joined.Append($" LEFT JOIN {Columns.Table(type)} {at} ON {at}.\"id\" = {parent}.{Dialect.Quote(column)} AND {at}.\"deleted_at\" IS NULL").Append(Scope.Of(type, at));
        return at;
    }

    private static string Escape(string text)
        => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    public sealed record BeyondLookUp(FieldDefinition LookUp, FieldDefinition Field, ContentTypeDefinition Type, string Alias, SqlText Records);
}
