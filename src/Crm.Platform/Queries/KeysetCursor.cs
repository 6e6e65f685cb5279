using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Crm.Platform.Data;

namespace Crm.Platform.Queries;

/// <summary>
/// A place in a sorted list: the sort keys of the record beside it. Unlike a page number it stays right when records
/// come and go, and costs the same at any depth. Null counts as the smallest key.
/// </summary>
internal static class KeysetCursor
{
    public static string Encode(object?[] keys)
        => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(keys.Select(ToText).ToArray()));

    public static SqlText Condition(string cursor, IReadOnlyList<SortKey> sorts, bool backwards)
    {
        var keys = Decode(cursor, sorts);
        var sql = new SqlText("(");
        // The first key's range alone lets the database start reading at the right place of an index.
        var (first, down) = (sorts[0], sorts[0].Descending ^ backwards);
        if (keys[0] is not null)
        {
            sql.Append($"({first.At.FilterSql} {(down ? "<=" : ">=")} ").Append(first.At.FilterType, keys[0]);
            sql.Append(down && !first.At.IsNeverEmpty ? $" OR {first.At.FilterSql} IS NULL) AND (" : ") AND (");
        }
        else
        {
            sql.Append(down ? $"{first.At.FilterSql} IS NULL AND (" : "1 = 1 AND (");
        }
        for (var i = 0; i < sorts.Count; i++)
        {
            sql.Append(i == 0 ? "(" : " OR (");
            for (var j = 0; j < i; j++)
                (keys[j] is null ? sql.Append($"{sorts[j].At.FilterSql} IS NULL") : sql.Append($"{sorts[j].At.FilterSql} = ").Append(sorts[j].At.FilterType, keys[j])).Append(" AND ");
            After(sql, sorts[i], keys[i], sorts[i].Descending ^ backwards);
            sql.Append(")");
        }
        return sql.Append("))");
    }

    private static void After(SqlText sql, SortKey sort, object? key, bool descending)
    {
        var column = sort.At.FilterSql;
        if (key is null)
            sql.Append(descending ? "1 = 0" : $"{column} IS NOT NULL");
        else if (!descending)
            sql.Append($"{column} > ").Append(sort.At.FilterType, key);
        else if (sort.At.IsNeverEmpty)
            sql.Append($"{column} < ").Append(sort.At.FilterType, key);
        else
            sql.Append($"({column} < ").Append(sort.At.FilterType, key).Append($" OR {column} IS NULL)");
    }

    private static object?[] Decode(string cursor, IReadOnlyList<SortKey> sorts)
    {
        try
        {
            var texts = JsonSerializer.Deserialize<string?[]>(Base64Url.DecodeFromChars(cursor));
            if (texts?.Length == sorts.Count)
                return [.. texts.Select((text, i) => FromText(text, sorts[i].At.FilterType))];
        }
        catch (Exception e) when (e is FormatException or JsonException or OverflowException or DecoderFallbackException)
        {
            throw new QueryException("This page address is not valid; start again from the first page");
        }
        throw new QueryException("This page address is not valid; start again from the first page");
    }

    private static string? ToText(object? key) => key switch
    {
        null => null,
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        bool flag => flag ? "1" : "0",
        _ => Convert.ToString(key, CultureInfo.InvariantCulture),
    };

    private static object? FromText(string? text, ColumnType type) => text is null ? null : type switch
    {
        ColumnType.Integer => long.Parse(text, CultureInfo.InvariantCulture),
        ColumnType.Decimal => Math.Clamp(decimal.Parse(text, CultureInfo.InvariantCulture), -QueryCompiler.LargestLiteral, QueryCompiler.LargestLiteral),
        ColumnType.Boolean => text == "1",
        ColumnType.Date => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        ColumnType.DateTime => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal),
        ColumnType.Uuid => Guid.Parse(text),
        _ => text.Contains('\0', StringComparison.Ordinal) ? throw new FormatException() : text,
    };
}
