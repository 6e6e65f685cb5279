namespace Crm.Platform.Data;

/// <summary>What a database column holds, with the CLR type of its values.</summary>
public enum ColumnType
{
    /// <summary><see cref="string"/></summary>
    Text,

    /// <summary><see cref="long"/></summary>
    Integer,

    /// <summary><see cref="decimal"/> with four decimals; never floating point.</summary>
    Decimal,

    /// <summary><see cref="bool"/></summary>
    Boolean,

    /// <summary><see cref="DateOnly"/></summary>
    Date,

    /// <summary><see cref="DateTime"/> in UTC, to the millisecond.</summary>
    DateTime,

    /// <summary><see cref="Guid"/></summary>
    Uuid,
}

public sealed record Column(string Name, ColumnType Type);
