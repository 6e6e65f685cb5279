using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Crm.Platform.Data;

internal sealed class SqliteDialect : Dialect
{
    private const string DateTimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Decimals are whole numbers of ten-thousandths: SQLite's REAL would be floating point.</summary>
    private const decimal Scale = 10_000m;

    public override string ForUpdate => "";

    public override string ForShare => "";

    public override string TypeName(ColumnType type) => type switch
    {
        ColumnType.Integer or ColumnType.Decimal or ColumnType.Boolean => "INTEGER",
        _ => "TEXT",
    };

    public override object ToParameter(ColumnType type, object? value) => value is null ? DBNull.Value : type switch
    {
        ColumnType.Integer => ToLong(value),
        ColumnType.Decimal => (long)decimal.Round(ToDecimal(value) * Scale, 0, MidpointRounding.AwayFromZero),
        ColumnType.Boolean => (bool)value ? 1L : 0L,
        ColumnType.Date => ((DateOnly)value).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ColumnType.DateTime => Utc(value).ToString(DateTimeFormat, CultureInfo.InvariantCulture),
        ColumnType.Uuid => ((Guid)value).ToString("D"),
        _ => (string)value,
    };

    public override object? Read(DbDataReader reader, int ordinal, ColumnType type)
    {
        if (reader.IsDBNull(ordinal))
            return null;
        return type switch
        {
            ColumnType.Integer => reader.GetInt64(ordinal),
            ColumnType.Decimal => reader.GetInt64(ordinal) / Scale,
            ColumnType.Boolean => reader.GetInt64(ordinal) != 0,
            ColumnType.Date => DateOnly.ParseExact(reader.GetString(ordinal), "yyyy-MM-dd", CultureInfo.InvariantCulture),
            ColumnType.DateTime => DateTime.ParseExact(reader.GetString(ordinal), DateTimeFormat, CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal),
            ColumnType.Uuid => Guid.ParseExact(reader.GetString(ordinal), "D"),
            _ => reader.GetString(ordinal),
        };
    }

    /// <summary>One statement, prepared once: binding many rows at a time costs the square of their number.</summary>
    internal override async Task InsertAsync(DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<Column> columns, IReadOnlyList<object?[]> rows, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = InsertSql(table, columns);
        command.Transaction = transaction;
        for (var i = 0; i < columns.Count; i++)
            command.Parameters.Add(new SqliteParameter($"@p{i}", null));
        foreach (var row in rows)
        {
            for (var i = 0; i < columns.Count; i++)
                command.Parameters[i].Value = ToParameter(columns[i].Type, row[i]);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    public override string Direction(bool descending) => descending ? "DESC" : "ASC";

    public override string PositionFunction => "instr";

    public override string NoIndex => "+";

    public override string Unindexed(string column) => NoIndex + column;

    public override string DateBucket(string expression, ColumnType type, DateBucket bucket, TimeZoneInfo zone)
    {
        var day = type == ColumnType.DateTime
            ? $"date({expression}, {ByOffset(expression, zone, m => $"'{m.ToString(DateTimeFormat, CultureInfo.InvariantCulture)}'", o => $"'{(int)o.TotalMinutes:+0;-0;+0} minutes'")})"
            : expression;
        return bucket switch
        {
            Data.DateBucket.Day => day,
            Data.DateBucket.Week => $"date({day}, 'weekday 0', '-6 days')",
            Data.DateBucket.Month => $"date({day}, 'start of month')",
            Data.DateBucket.Quarter => $"date({day}, 'start of month', '-' || ((strftime('%m', {day}) - 1) % 3) || ' months')",
            _ => $"date({day}, 'start of year')",
        };
    }

    public override string TwiceMedian(string expression) => $"crm_twice_median({expression})";

    /// <summary>What SQLite does not know itself.</summary>
    public static void AddFunctions(SqliteConnection connection)
    {
        // SQLite's own lower() knows ASCII only.
        connection.CreateFunction("lower", (string? text) => text?.ToLowerInvariant(), isDeterministic: true);
        connection.CreateAggregate("crm_twice_median", (List<long>?)null, static (List<long>? values, long? value) =>
        {
            if (value is { } number)
                (values ??= []).Add(number);
            return values;
        }, static values =>
        {
            values?.Sort();
            return values is null ? (long?)null : values[(values.Count - 1) / 2] + values[values.Count / 2];
        }, isDeterministic: true);
    }

    /// <summary>The index keeps no texts, only which row has which word; a second table says which record a row is.</summary>
    internal override string Lower(string expression) => $"lower({expression})";

    internal override IReadOnlyList<string> CreatePieces(string table) =>
    [
        $"CREATE VIRTUAL TABLE {Quote(table)} USING fts5(pieces, content='', contentless_delete=1, detail=none, tokenize='ascii')",
        $"CREATE TABLE {Quote(table + "_ids")} (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
    ];

    internal override IReadOnlyList<string> DropPieces(string table) => [$"DROP TABLE {Quote(table)}", $"DROP TABLE {Quote(table + "_ids")}"];

    internal override string AllPieces(IEnumerable<(string Piece, bool IsBegun)> pieces)
        => string.Join(" AND ", pieces.Select(p => $"\"{p.Piece}\"{(p.IsBegun ? " *" : "")}"));

    internal override string AnyPieces(IEnumerable<string> ways) => string.Join(" OR ", ways.Select(w => $"({w})"));

    internal override SqlText HasPieces(string id, string table, string asked)
        => new SqlText($"{id} IN (SELECT i.id FROM {Quote(table)} f CROSS JOIN {Quote(table + "_ids")} i ON i.row = f.rowid WHERE f.{Quote(table)} MATCH ").Append(ColumnType.Text, asked).Append(")");

    internal override SqlText MatchPieces(string table, string asked)
        => new SqlText($"SELECT 1 FROM {Quote(table)} WHERE {Quote(table)} MATCH ").Append(ColumnType.Text, asked);

    internal override async Task WritePiecesAsync(DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<(Guid Id, string Pieces)> rows, CancellationToken cancellationToken)
    {
        var (index, ids) = (Quote(table), Quote(table + "_ids"));
        await using var known = Command($"SELECT row FROM {ids} WHERE id = @id");
        await using var add = Command($"INSERT INTO {ids} (id) VALUES (@id) RETURNING row");
        await using var insert = Command($"INSERT INTO {index} (rowid, pieces) VALUES (@row, @pieces)");
        await using var delete = Command($"DELETE FROM {index} WHERE rowid = @row");
        foreach (var (id, pieces) in rows)
        {
            known.Parameters["@id"].Value = add.Parameters["@id"].Value = id.ToString("D");
            var row = await known.ExecuteScalarAsync(cancellationToken);
            if (row is not null)
            {
                delete.Parameters["@row"].Value = row;
                await delete.ExecuteNonQueryAsync(cancellationToken);
            }
            if (pieces.Length == 0)
                continue;
            insert.Parameters["@row"].Value = row ?? await add.ExecuteScalarAsync(cancellationToken);
            insert.Parameters["@pieces"].Value = pieces;
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }

        SqliteCommand Command(string sql)
        {
            var command = ((SqliteConnection)connection).CreateCommand();
            command.CommandText = sql;
            command.Transaction = (SqliteTransaction?)transaction;
            foreach (var name in new[] { "@id", "@row", "@pieces" }.Where(n => sql.Contains(n, StringComparison.Ordinal)))
                command.Parameters.Add(new SqliteParameter(name, null));
            return command;
        }
    }

    /// <summary>Until disposed, a statement that takes more steps of the engine than this is interrupted.</summary>
    public static IDisposable LimitSteps(SqliteConnection connection, int steps)
    {
        SQLitePCL.raw.sqlite3_progress_handler(connection.Handle!, steps, static _ => 1, null);
        return new StepLimit(connection);
    }

    private sealed class StepLimit(SqliteConnection connection) : IDisposable
    {
        public void Dispose() => SQLitePCL.raw.sqlite3_progress_handler(connection.Handle!, 0, null, null);
    }

    public override async Task<IReadOnlyDictionary<string, ISet<string>>> ReadTablesAsync(DbSession session, CancellationToken cancellationToken)
    {
        const string sql = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' UNION ALL SELECT '', name FROM sqlite_master WHERE type = 'index'";
        return await TableReader.ReadAsync(session, sql, cancellationToken);
    }
}

internal static class TableReader
{
    /// <summary>Columns by table; under the empty name the indexes.</summary>
    public static async Task<IReadOnlyDictionary<string, ISet<string>>> ReadAsync(DbSession session, string sql, CancellationToken cancellationToken)
    {
        var tables = new Dictionary<string, ISet<string>>(StringComparer.OrdinalIgnoreCase) { [""] = new HashSet<string>(StringComparer.OrdinalIgnoreCase) };
        await session.ReadAsync(new SqlText(sql), reader =>
        {
            var table = reader.GetString(0);
            if (!tables.TryGetValue(table, out var columns))
                tables[table] = columns = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            columns.Add(reader.GetString(1));
        }, cancellationToken);
        return tables;
    }
}
