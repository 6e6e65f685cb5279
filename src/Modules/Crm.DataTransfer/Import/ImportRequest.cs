using Crm.DataTransfer.Csv;

namespace Crm.DataTransfer.Import;

/// <param name="Type">Name of the content type.</param>
/// <param name="File">CSV; must be able to seek.</param>
public sealed record ImportRequest(string Type, Stream File)
{
    /// <summary>Field (or part of one, such as <c>annualRevenueCurrency</c>) and the column it comes from. Other columns go by their names.</summary>
    public IReadOnlyList<ColumnMap> Map { get; init; } = [];

    /// <summary>The field that tells which record a row is; null makes a new record of each row.</summary>
    public string? Key { get; init; }

    /// <summary>Count and complain, but write nothing.</summary>
    public bool DryRun { get; init; }
}

public sealed record ColumnMap(string Field, string Column);

/// <param name="Failed">Rows that were refused, or what is wrong with the file or the request when nothing was tried.</param>
/// <param name="IgnoredColumns">Columns that no field takes.</param>
public sealed record ImportResult(long Created, long Updated, long Unchanged, long Failed, IReadOnlyList<string> IgnoredColumns)
{
    public bool Succeeded => Failed == 0;
}
