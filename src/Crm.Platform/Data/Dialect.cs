using System.Data.Common;
using System.Globalization;

namespace Crm.Platform.Data;

/// <summary>What differs between the databases: types, the form of values, and a few words of SQL.</summary>
public abstract class Dialect
{
    public abstract string TypeName(ColumnType type);

    /// <summary>The value as a parameter; null becomes <see cref="DBNull"/>.</summary>
    public abstract object ToParameter(ColumnType type, object? value);

    /// <summary>The column's value as the CLR type of <see cref="ColumnType"/>, or null.</summary>
    public abstract object? Read(DbDataReader reader, int ordinal, ColumnType type);

    /// <summary>Inserts rows in the quickest way that the database has. Values are in the order of the columns.</summary>
    internal abstract Task InsertAsync(DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<Column> columns, IReadOnlyList<object?[]> rows, CancellationToken cancellationToken);

    private protected static string InsertSql(string table, IReadOnlyList<Column> columns)
        => $"INSERT INTO {Quote(table)} ({string.Join(", ", columns.Select(c => Quote(c.Name)))}) VALUES ({string.Join(", ", columns.Select((_, i) => $"@p{i}"))})";

    /// <summary>Appended to a select that takes row locks until the transaction ends.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>Appended to a select whose rows nobody may change until the transaction ends.</summary>
    public abstract string ForShare { get; }

    /// <summary>"asc" puts null first and "desc" last on both databases, so that both can use an index.</summary>
    public abstract string Direction(bool descending);

    public string OrderBy(string expression, bool descending) => $"{expression} {Direction(descending)}";

    /// <summary>The function that tells where in its first text the second one is: a number from 1 on, 0 for nowhere.</summary>
    public abstract string PositionFunction { get; }

    /// <summary>
    /// Put before a column, keeps the planner from using its index there; empty where the planner weighs limits and
    /// frequencies itself.
    /// </summary>
    public abstract string NoIndex { get; }

    /// <summary>A column to sort by, not in the order of its index.</summary>
    public abstract string Unindexed(string column);

    /// <summary>A text in small letters of all scripts.</summary>
    internal abstract string Lower(string expression);

    /// <summary>An index of words, each record's in one row: see <see cref="Records.Pieces"/>.</summary>
    internal abstract IReadOnlyList<string> CreatePieces(string table);

    internal abstract IReadOnlyList<string> DropPieces(string table);

    /// <summary>In the index's language: a row with all of these words, some of which are only begun.</summary>
    internal abstract string AllPieces(IEnumerable<(string Piece, bool IsBegun)> pieces);

    internal abstract string AnyPieces(IEnumerable<string> ways);

    /// <summary>The condition that a record is one that the index finds; best asked where these are few.</summary>
    /// <param name="id">The column with the record's id.</param>
    internal abstract SqlText HasPieces(string id, string table, string asked);

    /// <summary>A one for each row that the index finds, to be counted.</summary>
    internal abstract SqlText MatchPieces(string table, string asked);

    /// <summary>Puts rows into the index in place of those that it has; no words take a row out.</summary>
    internal abstract Task WritePiecesAsync(DbConnection connection, DbTransaction? transaction, string table, IReadOnlyList<(Guid Id, string Pieces)> rows, CancellationToken cancellationToken);

    /// <summary>The first day of the bucket that a date falls in, as text <c>yyyy-MM-dd</c>.</summary>
    /// <param name="expression">SQL of a date or UTC date-time column.</param>
    /// <param name="bucket">day, week (Monday), month, quarter or year.</param>
    /// <param name="zone">Whose days cut date-times, as the clocks were set at each moment.</param>
    public abstract string DateBucket(string expression, ColumnType type, DateBucket bucket, TimeZoneInfo zone);

    /// <summary>
    /// An aggregate: the sum of the lower and the upper middle value, so twice the median. Exact, as halves would not
    /// fit into whole numbers. Null when all values are.
    /// </summary>
    /// <param name="expression">SQL of a number.</param>
    public abstract string TwiceMedian(string expression);

    /// <summary>The zone's difference from UTC at the moment that the expression names: few comparisons, whatever the number of changes.</summary>
    private protected static string ByOffset(string expression, TimeZoneInfo zone, Func<DateTime, string> moment, Func<TimeSpan, string> offset)
    {
        var spans = ZoneOffsets.Of(zone);
        return Pick(0, spans.Count - 1);

        string Pick(int first, int last)
        {
            if (first == last)
                return offset(spans[first].Offset);
            var middle = (first + last + 1) / 2;
            return $"CASE WHEN {expression} < {moment(spans[middle].From)} THEN {Pick(first, middle - 1)} ELSE {Pick(middle, last)} END";
        }
    }

    public abstract Task<IReadOnlyDictionary<string, ISet<string>>> ReadTablesAsync(DbSession session, CancellationToken cancellationToken);

    public static string Quote(string identifier)
    {
        if (identifier.Length is 0 or > 63 || !identifier.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            throw new ArgumentException($"Not a database identifier: {identifier}", nameof(identifier));
        return $"\"{identifier}\"";
    }

    private protected static DateTime Utc(object value) => value switch
    {
        DateTime { Kind: DateTimeKind.Utc } utc => utc,
        DateTime { Kind: DateTimeKind.Unspecified } unspecified => DateTime.SpecifyKind(unspecified, DateTimeKind.Utc),
        DateTime local => local.ToUniversalTime(),
        DateTimeOffset offset => offset.UtcDateTime,
        _ => throw new ArgumentException($"Not a date and time: {value}", nameof(value)),
    };

    private protected static long ToLong(object value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);

    private protected static decimal ToDecimal(object value) => Convert.ToDecimal(value, CultureInfo.InvariantCulture);
}

public enum DateBucket
{
    Day,
    Week,
    Month,
    Quarter,
    Year,
}
