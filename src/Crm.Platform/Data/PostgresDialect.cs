using System.Data.Common;

namespace Crm.Platform.Data;

internal sealed class PostgresDialect : Dialect
{
    public override int MaxParameters => 60_000;

    public override string ForUpdate => " FOR UPDATE";

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

    public override string OrderBy(string expression, bool descending)
        => descending ? $"{expression} DESC NULLS LAST" : $"{expression} ASC NULLS FIRST";

    public override string DateBucket(string expression, ColumnType type, DateBucket bucket, TimeSpan offset)
    {
        var day = type == ColumnType.DateTime
            ? $"(({expression} AT TIME ZONE 'UTC') + interval '{(int)offset.TotalMinutes} minutes')"
            : expression;
        return $"to_char(date_trunc('{bucket.ToString().ToLowerInvariant()}', {day}), 'YYYY-MM-DD')";
    }

    public override async Task<IReadOnlyDictionary<string, ISet<string>>> ReadTablesAsync(DbSession session, CancellationToken cancellationToken)
    {
        const string sql = """
            SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = current_schema()
            UNION ALL SELECT '', indexname::text FROM pg_indexes WHERE schemaname = current_schema()
            """;
        return await TableReader.ReadAsync(session, sql, cancellationToken);
    }
}
