using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Platform.Data;

internal sealed class PostgresDialect : Dialect
{
    /// <summary>From so many rows on, starting a COPY pays.</summary>
    private const int CopyFrom = 20;

    public override string ForUpdate => " FOR UPDATE";

    public override string ForShare => " FOR SHARE";

    /// <summary>Text compares by code point, as on SQLite: a result must not depend on the server's locale.</summary>
    public override string TypeName(ColumnType type) => type switch
    {
        ColumnType.Integer => "bigint",
        ColumnType.Decimal => "numeric(19,4)",
        ColumnType.Boolean => "boolean",
        ColumnType.Date => "date",
        ColumnType.DateTime => "timestamptz",
        ColumnType.Uuid => "uuid",
        _ => "text COLLATE \"C\"",
    };

    public override object ToParameter(ColumnType type, object? value) => value is null ? DBNull.Value : type switch
    {
        ColumnType.Integer => ToLong(value),
        ColumnType.Decimal => decimal.Round(ToDecimal(value), 4, MidpointRounding.AwayFromZero),
        ColumnType.DateTime => Utc(value),
        _ => value,
    };

    public override object? Read(DbDataReader reader, int ordinal, ColumnType type)
    {
        if (reader.IsDBNull(ordinal))
            return null;
        return type switch
        {
            ColumnType.Integer => reader.GetInt64(ordinal),
            ColumnType.Decimal => reader.GetDecimal(ordinal),
            ColumnType.Boolean => reader.GetBoolean(ordinal),
            ColumnType.Date => reader.GetFieldValue<DateOnly>(ordinal),
            ColumnType.DateTime => reader.GetFieldValue<DateTime>(ordinal),
            ColumnType.Uuid => reader.GetGuid(ordinal),
            _ => reader.GetString(ordinal),
        };
    }

    /// <summary>A few rows as statements sent together, many by COPY; both are part of the transaction.</summary>
    internal override async Task InsertAsync(DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<Column> columns, IReadOnlyList<object?[]> rows, CancellationToken cancellationToken)
    {
        var postgres = (NpgsqlConnection)connection;
        if (rows.Count < CopyFrom)
        {
            await using var batch = new NpgsqlBatch(postgres, (NpgsqlTransaction?)transaction);
            foreach (var row in rows)
            {
                var command = new NpgsqlBatchCommand(InsertSql(table, columns));
                for (var i = 0; i < columns.Count; i++)
                    command.Parameters.Add(new NpgsqlParameter($"@p{i}", DbType(columns[i].Type)) { Value = ToParameter(columns[i].Type, row[i]) });
                batch.BatchCommands.Add(command);
            }
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return;
        }
        await using var writer = await postgres.BeginBinaryImportAsync(
            $"COPY {Quote(table)} ({string.Join(", ", columns.Select(c => Quote(c.Name)))}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var row in rows)
        {
            await writer.StartRowAsync(cancellationToken);
            for (var i = 0; i < columns.Count; i++)
            {
                if (row[i] is null)
                    await writer.WriteNullAsync(cancellationToken);
                else
                    await writer.WriteAsync(ToParameter(columns[i].Type, row[i]), DbType(columns[i].Type), cancellationToken);
            }
        }
        await writer.CompleteAsync(cancellationToken);
    }

    internal static NpgsqlDbType DbType(ColumnType type) => type switch
    {
        ColumnType.Integer => NpgsqlDbType.Bigint,
        ColumnType.Decimal => NpgsqlDbType.Numeric,
        ColumnType.Boolean => NpgsqlDbType.Boolean,
        ColumnType.Date => NpgsqlDbType.Date,
        ColumnType.DateTime => NpgsqlDbType.TimestampTz,
        ColumnType.Uuid => NpgsqlDbType.Uuid,
        _ => NpgsqlDbType.Text,
    };

    public override string Direction(bool descending) => descending ? "DESC NULLS LAST" : "ASC NULLS FIRST";

    public override string PositionFunction => "strpos";

    // By code point only A to Z have small letters.
    internal override string Lower(string expression) => $"lower({expression} COLLATE \"und-x-icu\") COLLATE \"C\"";

    /// <summary>What was written last waits in a short list, which every search reads.</summary>
    internal override IReadOnlyList<string> CreatePieces(string table) =>
    [
        $"CREATE TABLE {Quote(table)} (id uuid NOT NULL PRIMARY KEY, pieces tsvector NOT NULL)",
        $"CREATE INDEX {Quote(table + "_gin")} ON {Quote(table)} USING gin (pieces) WITH (gin_pending_list_limit = 512)",
    ];

    internal override IReadOnlyList<string> DropPieces(string table) => [$"DROP TABLE {Quote(table)}"];

    internal override string AllPieces(IEnumerable<(string Piece, bool IsBegun)> pieces)
        => string.Join(" & ", pieces.Select(p => $"'{p.Piece}'{(p.IsBegun ? ":*" : "")}"));

    internal override string AnyPieces(IEnumerable<string> ways) => string.Join(" | ", ways.Select(w => $"({w})"));

    // As a list that is made first: the planner expects one share of all records for any words that are only begun, and
    // would rather look each record of the list's order up in here.
    internal override SqlText HasPieces(string id, string table, string asked)
        => new SqlText($"{id} = ANY(ARRAY(SELECT f.id FROM {Quote(table)} f WHERE f.pieces @@ CAST(").Append(ColumnType.Text, asked).Append(" AS tsquery)))");

    internal override SqlText MatchPieces(string table, string asked)
        => new SqlText($"SELECT 1 FROM {Quote(table)} WHERE pieces @@ CAST(").Append(ColumnType.Text, asked).Append(" AS tsquery)");

    internal override async Task WritePiecesAsync(DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<(Guid Id, string Pieces)> rows, CancellationToken cancellationToken)
    {
        await using var command = ((NpgsqlConnection)connection).CreateCommand();
        command.Transaction = (NpgsqlTransaction?)transaction;
        command.CommandText = $"""
            INSERT INTO {Quote(table)} (id, pieces) SELECT id, array_to_tsvector(string_to_array(pieces, ' ')) FROM unnest(@ids, @pieces) AS r (id, pieces)
            ON CONFLICT (id) DO UPDATE SET pieces = excluded.pieces
            """;
        command.Parameters.Add(new NpgsqlParameter("@ids", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { Value = rows.Select(r => r.Id).ToArray() });
        command.Parameters.Add(new NpgsqlParameter("@pieces", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = rows.Select(r => r.Pieces).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public override string NoIndex => "";

    // The greatest of one is that one.
    public override string Unindexed(string column) => $"GREATEST({column})";

    public override string DateBucket(string expression, ColumnType type, DateBucket bucket, TimeZoneInfo zone)
    {
        var day = type == ColumnType.DateTime
            ? $"(({expression} AT TIME ZONE 'UTC') + {ByOffset(expression, zone, m => $"timestamptz '{m:yyyy-MM-dd HH:mm:ss}+00'", o => $"interval '{(int)o.TotalMinutes} minutes'")})"
            : expression;
        return $"to_char(date_trunc('{bucket.ToString().ToLowerInvariant()}', {day}), 'YYYY-MM-DD')";
    }

    public override string TwiceMedian(string expression)
        => $"percentile_disc(0.5) WITHIN GROUP (ORDER BY {expression}) + percentile_disc(0.5) WITHIN GROUP (ORDER BY {expression} DESC)";

    public override async Task<IReadOnlyDictionary<string, ISet<string>>> ReadTablesAsync(DbSession session, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = current_schema()
            UNION ALL SELECT '', indexname::text FROM pg_indexes WHERE schemaname = current_schema()
            """;
        return await TableReader.ReadAsync(session, sql, cancellationToken);
    }
}
