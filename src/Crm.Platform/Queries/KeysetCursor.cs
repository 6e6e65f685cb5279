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

    /// <summary>
    /// Conditions of the records after the cursor's place, stretch by stretch in order: those with a first key and those
    /// without are two stretches, each of which an index answers. A condition "or null" would lose its order.
    /// </summary>
    /// <param name="noIndex">Put before columns that must not choose the index.</param>
    public static IReadOnlyList<SqlText> Stretches(string cursor, IReadOnlyList<SortKey> sorts, bool backwards, string noIndex)
    {
        var keys = Decode(cursor, sorts);
        var (column, down) = (noIndex + sorts[0].At.FilterSql, sorts[0].Descending ^ backwards);
        if (keys[0] is null)
        {
            var rest = new SqlText($"{column} IS NULL AND (").Append(Chain(keys, sorts, backwards, noIndex, 1)).Append(")");
            return down ? [rest] : [rest, new SqlText($"{column} IS NOT NULL")];
        }
        var range = Range(keys, sorts, backwards, noIndex, column, down);
        return down && !sorts[0].At.IsNeverEmpty ? [range, new SqlText($"{column} IS NULL")] : [range];
    }

    private static SqlText Range(object?[] keys, IReadOnlyList<SortKey> sorts, bool backwards, string noIndex, string column, bool down)
    {
        if (sorts.Count == 1)
            return new SqlText($"{column} {(down ? "<" : ">")} ").Append(sorts[0].At.FilterType, keys[0]);
        // One key and the id, which is what most lists have, are one place in an index.
        if (sorts is [var first, { At.IsId: true } id] && first.Descending == id.Descending)
            return new SqlText($"({column}, {noIndex}{id.At.FilterSql}) {(down ? "<" : ">")} (").Append(first.At.FilterType, keys[0]).Append(", ").Append(id.At.FilterType, keys[1]).Append(")");
        // With more of them, the first key's range alone lets the database start reading at the right place.
        return new SqlText($"{column} {(down ? "<=" : ">=")} ").Append(sorts[0].At.FilterType, keys[0]).Append(" AND (").Append(Chain(keys, sorts, backwards, noIndex, 0)).Append(")");
    }

    private static SqlText Chain(object?[] keys, IReadOnlyList<SortKey> sorts, bool backwards, string noIndex, int from)
    {
        var sql = new SqlText();
        for (var i = from; i < sorts.Count; i++)
        {
            sql.Append(i == from ? "(" : " OR (");
            for (var j = from; j < i; j++)
                (keys[j] is null ? sql.Append($"{noIndex}{sorts[j].At.FilterSql} IS NULL") : sql.Append($"{noIndex}{sorts[j].At.FilterSql} = ").Append(sorts[j].At.FilterType, keys[j])).Append(" AND ");
            After(sql, sorts[i], keys[i], sorts[i].Descending ^ backwards, noIndex);
            sql.Append(")");
        }
        return sql;
    }

    private static void After(SqlText sql, SortKey sort, object? key, bool descending, string noIndex)
    {
        var column = noIndex + sort.At.FilterSql;
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
            if (texts?.Length == sorts.Count && !texts.Where((text, i) => text is null && sorts[i].At.IsNeverEmpty).Any())
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
        ColumnType.Decimal => Math.Clamp(decimal.Parse(text, CultureInfo.InvariantCulture), -FilterLiterals.Largest, FilterLiterals.Largest),
        ColumnType.Boolean => text == "1",
        ColumnType.Date => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        ColumnType.DateTime => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal),
        ColumnType.Uuid => Guid.Parse(text),
        _ => text.Contains('\0', StringComparison.Ordinal) ? throw new FormatException() : text,
    };
}
