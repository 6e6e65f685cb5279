using System.Data.Common;
using System.Globalization;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Records;

namespace Crm.Platform.Queries;

/// <summary>How records are grouped, counted and added up: one statement, a row for each group.</summary>
internal sealed class AggregatePlan
{
    private const int MaxTake = 10_000;

    private readonly Dialect _dialect;
    private readonly List<Key> _keys;
    private readonly List<Value> _values;

    /// <exception cref="QueryException">What is asked for cannot be grouped by or added up.</exception>
    public AggregatePlan(AggregateQuery query, QueryCompiler compiler, Dialect dialect, TimeZoneInfo zone)
    {
        _dialect = dialect;
        _keys = [.. query.GroupBy.Select(g => new Key(g, compiler, dialect, zone))];
        _values = [.. query.Aggregates.Select(a => new Value(a, a.Path is null ? null : compiler.Resolve(a.Path), a.Weight is null ? null : compiler.Resolve(a.Weight), dialect))];
        if (_values.Count == 0)
            throw new QueryException("Nothing to count or add up");
        var condition = compiler.Where(query.Where, RecycleBin.Without);
        var columns = _keys.Select(k => k.Sql).Concat(_keys.Select(k => k.Text).OfType<string>()).ToList();
        Sql = new SqlText("SELECT ").Append(string.Join(", ", columns.Concat(_keys.Select(k => k.Spelling).OfType<string>()).Concat(_values.SelectMany(v => v.Sql)))).Append(compiler.From()).Append(condition);
        if (columns.Count > 0)
            Sql.Append(" GROUP BY ").Append(string.Join(", ", columns)).Append(" ORDER BY ")
                .Append(query.LargestFirst ? dialect.OrderBy(_values[0].Sql[0], true) + ", " : "")
                .Append(string.Join(", ", _keys.Select(k => dialect.OrderBy(k.Sql, false))));
        Sql.Append(" LIMIT ").Append(ColumnType.Integer, (long)Math.Clamp(query.Take, 1, MaxTake));
    }

    public SqlText Sql { get; }

    public AggregateRow Read(DbDataReader reader)
    {
        var at = 0;
        var keys = _keys.Select(k => k.Read(reader, at++, _dialect)).ToArray();
        var texts = _keys.Select(k => k.Text is null || reader.IsDBNull(at++) ? null : reader.GetString(at - 1)).ToArray();
        for (var i = 0; i < texts.Length; i++)
            if (_keys[i].Spelling is not null)
                texts[i] = reader.IsDBNull(at++) ? null : reader.GetString(at - 1);
        var values = _values.Select(v => v.Read(reader, ref at, _dialect)).ToArray();
        return new AggregateRow(keys, texts, values);
    }

    /// <summary>What records are grouped by.</summary>
    private sealed class Key
    {
        private readonly GroupBy _group;
        private readonly ColumnType _type;

        public Key(GroupBy group, QueryCompiler compiler, Dialect dialect, TimeZoneInfo zone)
        {
            _group = group;
            var at = compiler.Resolve(group.Path);
            var isFolded = at.Kind is TextKind;
            Text = at.Field.Target is not null ? compiler.DisplaySql(group.Path, at) : at.Field.Name == SystemFields.Id ? $"{at.Alias}.\"display_text\"" : null;
            if (at.Kind is SeveralKind several)
            {
                if (!several.IsGrouped || group is not { Bucket: null, Currency: false })
                    throw new QueryException("Records cannot be grouped by {0}", at.Field.Label);
                Sql = $"{compiler.JoinValues(at)}.\"{SeveralKind.Key.Suffix}\"";
                Spelling = several.HasSpelling ? $"MIN({compiler.JoinValues(at)}.\"{SeveralKind.Spelling}\")" : null;
                _type = at.FilterType;
                return;
            }
            var columns = at.Kind.Columns(at.Field);
            var column = !group.Currency ? columns[0] : at.Kind is MoneyField ? columns[1] : throw new QueryException("{0} is not an amount of money", at.Field.Label);
            _type = column.Type;
            Spelling = isFolded ? $"MIN({at.Sql(columns[0])})" : null;
            if (group.Bucket is not { } bucket)
                Sql = isFolded ? at.FilterSql : at.Sql(column);
            else if (column.Type is ColumnType.Date or ColumnType.DateTime)
                Sql = dialect.DateBucket(at.Sql(column), column.Type, bucket, zone);
            else
                throw new QueryException("{0} is not a date", at.Field.Label);
        }

        public string Sql { get; }

        /// <summary>The name of the record that a key is the id of.</summary>
        public string? Text { get; }

        /// <summary>How a text that is compared without case is written in one of the group's records.</summary>
        public string? Spelling { get; }

        public object? Read(DbDataReader reader, int ordinal, Dialect dialect)
            => _group.Bucket is null ? dialect.Read(reader, ordinal, _type)
                : reader.IsDBNull(ordinal) ? null : DateOnly.ParseExact(reader.GetString(ordinal), "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private sealed class Value
    {
        private readonly AggregateFunction _function;
        private readonly ColumnType _type = ColumnType.Integer;

        public Value(Aggregate aggregate, QueryCompiler.Resolved? at, QueryCompiler.Resolved? weight, Dialect dialect)
        {
            _function = aggregate.Function;
            if (at is null)
            {
                if (_function != AggregateFunction.Count)
                    throw new QueryException("Say what to add up");
                Sql = ["COUNT(*)"];
                return;
            }
            var column = at.Kind.Columns(at.Field)[0];
            var sql = at.Sql(column);
            _type = column.Type;
            if (_function is AggregateFunction.Sum or AggregateFunction.Average or AggregateFunction.Median && !at.Kind.IsNumeric)
                throw new QueryException("{0} is not a number", at.Field.Label);
            if (weight is not null)
            {
                if (!weight.Kind.IsNumeric || weight.Kind.Columns(weight.Field)[0].Type != ColumnType.Integer)
                    throw new QueryException("{0} is not a whole number", weight.Field.Label);
                sql = $"{sql} * {weight.Sql(weight.Kind.Columns(weight.Field)[0])} / 100";
            }
            var sum = _type == ColumnType.Integer ? $"CAST(SUM({sql}) AS bigint)" : $"SUM({sql})";
            Sql = _function switch
            {
                AggregateFunction.Count => [$"COUNT({sql})"],
                AggregateFunction.CountDistinct => [$"COUNT(DISTINCT {sql})"],
                AggregateFunction.Sum => [sum],
                AggregateFunction.Average => [sum, $"COUNT({sql})"],
                AggregateFunction.Median => [dialect.TwiceMedian(sql)],
                AggregateFunction.Min => [$"MIN({sql})"],
                _ => [$"MAX({sql})"],
            };
        }

        public IReadOnlyList<string> Sql { get; }

        public object? Read(DbDataReader reader, ref int at, Dialect dialect)
        {
            switch (_function)
            {
                case AggregateFunction.Count or AggregateFunction.CountDistinct:
                    return reader.GetInt64(at++);
                case AggregateFunction.Average:
                    var sum = dialect.Read(reader, at++, _type);
                    var count = reader.GetInt64(at++);
                    return sum is null || count == 0 ? null : Convert.ToDecimal(sum, CultureInfo.InvariantCulture) / count;
                case AggregateFunction.Median:
                    return dialect.Read(reader, at++, _type) is { } twice ? Convert.ToDecimal(twice, CultureInfo.InvariantCulture) / 2 : null;
                default:
                    return dialect.Read(reader, at++, _type);
            }
        }
    }
}
