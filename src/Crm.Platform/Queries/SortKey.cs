using Crm.Platform.Data;

namespace Crm.Platform.Queries;

/// <summary>One of the fields that a query sorts by.</summary>
/// <param name="Path">As the query names it.</param>
internal sealed record SortKey(string Path, QueryCompiler.Resolved At, bool Descending)
{
    /// <summary>Stands between options; none has it.</summary>
    public const string Mark = "\u001f";

    /// <summary>See <see cref="Fields.FieldKind.SortOrder"/>.</summary>
    public IReadOnlyList<string>? Order { get; } = At.Kind.SortOrder(At.Field);

    /// <summary>What the sort compares: a value itself, or its place among the options; 0 for what is none of them, null for null.</summary>
    public SqlText Compared(SqlText value, Dialect dialect)
        => Order is null ? value
            : new SqlText($"{dialect.PositionFunction}(").Append(ColumnType.Text, $"{Mark}{string.Join(Mark, Order)}{Mark}").Append($", '{Mark}' || ").Append(value).Append($" || '{Mark}')");
}
