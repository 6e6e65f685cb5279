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
    /// Conditions of the records after a place, stretch by stretch in order: those with a first key and those
    /// without are two stretches, each of which an index answers. A condition "or null" would lose its order.
    /// </summary>
    /// <param name="noIndex">Put before columns that must not choose the index.</param>
    public static IReadOnlyList<SqlText> Stretches(string cursor, IReadOnlyList<SortKey> sorts, bool backwards, string noIndex, Dialect dialect)
    {
        var keys = Decode(cursor, sorts);
        IReadOnlyList<Key> all = [.. sorts.Select((sort, i) => new Key(sort, keys[i], sort.Descending ^ backwards, noIndex, dialect))];
        var first = all[0];
        if (first.IsEmpty)
        {
            var rest = new SqlText($"{first.Column} IS NULL AND (").Append(Chain(all, 1)).Append(")");
            return first.Down ? [rest] : [rest, new SqlText($"{first.Column} IS NOT NULL")];
        }
        return first.Down && !first.IsNeverEmpty ? [Range(all), new SqlText($"{first.Column} IS NULL")] : [Range(all)];
    }

    private static SqlText Range(IReadOnlyList<Key> keys)
    {
        var first = keys[0];
        if (keys.Count == 1)
            return first.Than(first.After);
        // One key and the id, which is what most lists have, are one place in an index.
        if (keys is [_, { IsId: true } id] && first.Down == id.Down)
            return new SqlText("(").Append(first.Compared).Append($", {id.Column}) {first.After} (").Append(first.Value).Append(", ").Append(id.Value).Append(")");
        // With more of them, the first key's range alone lets the database start reading at the right place.
        return first.Than($"{first.After}=").Append(" AND (").Append(Chain(keys, 0)).Append(")");
    }

    private static SqlText Chain(IReadOnlyList<Key> keys, int from)
    {
        var sql = new SqlText();
        for (var i = from; i < keys.Count; i++)
        {
            sql.Append(i == from ? "(" : " OR (");
            for (var j = from; j < i; j++)
                sql.Append(keys[j].IsEmpty ? new SqlText($"{keys[j].Column} IS NULL") : keys[j].Than("=")).Append(" AND ");
            sql.Append(Beyond(keys[i])).Append(")");
        }
        return sql;
    }

    private static SqlText Beyond(Key key)
    {
        if (key.IsEmpty)
            return new SqlText(key.Down ? "1 = 0" : $"{key.Column} IS NOT NULL");
        return key.Down && !key.IsNeverEmpty ? new SqlText("(").Append(key.Than("<")).Append($" OR {key.Column} IS NULL)") : key.Than(key.After);
    }

    /// <summary>A field that is sorted by, and its value at the cursor's place.</summary>
    private sealed class Key(SortKey sort, object? value, bool down, string noIndex, Dialect dialect)
    {
        public string Column { get; } = noIndex + sort.At.FilterSql;

        public bool Down => down;

        public string After => down ? "<" : ">";

        public bool IsEmpty => value is null;

        public bool IsNeverEmpty => sort.At.IsNeverEmpty;

        public bool IsId => sort.At.IsId;

        public SqlText Compared => sort.Compared(new SqlText(Column), dialect);

        public SqlText Value => sort.Compared(new SqlText().Append(sort.At.FilterType, value), dialect);

        public SqlText Than(string comparison) => new SqlText().Append(Compared).Append($" {comparison} ").Append(Value);
    }

    /// <summary>The keys of the place, one for each sort.</summary>
    public static object?[] Decode(string cursor, IReadOnlyList<SortKey> sorts)
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
