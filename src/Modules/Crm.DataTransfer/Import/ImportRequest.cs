using Crm.Platform.Content;

namespace Crm.DataTransfer.Import;

/// <param name="Type">Name of the content type.</param>
/// <param name="File">CSV; must be able to seek.</param>
public sealed record ImportRequest(string Type, Stream File)
{
    /// <summary>Field (or part of one, such as <c>annualRevenueCurrency</c>) and the column it comes from. Other columns go by their names.</summary>
    public IReadOnlyList<ColumnMap> Map { get; init; } = [];

    /// <summary>What cells mean that say something else than the field's values do.</summary>
    public IReadOnlyList<ValueMap> Values { get; init; } = [];

    /// <summary>The field that tells which record a row is; null makes a new record of each row.</summary>
    public string? Key { get; init; }

    /// <summary>What an empty cell says of a record that is there already.</summary>
    public EmptyCell EmptyCell { get; init; }

    /// <summary>Columns that <see cref="Map"/> does not name are left out, even when they are named like a field.</summary>
    public bool OnlyMapped { get; init; }

    /// <summary>Tells this import from others, so that it may run again after a kill and makes no record twice.</summary>
    public Guid? Id { get; init; }

    /// <summary>Takes what became of each row that was written, as it is written.</summary>
    public Action<RowOutcome>? OnRow { get; init; }

    /// <summary>
    /// The file is another site's export, and all comes back as it says: a row is the record with its id, a new one gets that
    /// id, when and by whom it was made and last changed, and what only the system sets. For the system itself.
    /// </summary>
    public bool AsExported { get; init; }

    /// <summary>Count and complain, but write nothing.</summary>
    public bool DryRun { get; init; }
}

/// <summary>What an empty cell does to a field of a record that is there already. New records are the same either way.</summary>
public enum EmptyCell
{
    /// <summary>Nothing: the field stays as it is.</summary>
    Keep,

    /// <summary>It empties the field.</summary>
    Clear,
}

/// <param name="Row">As a spreadsheet counts.</param>
public readonly record struct RowOutcome(long Row, SaveStatus Status, Guid Id);

public sealed record ColumnMap(string Field, string Column);

/// <summary>One text of a field's column stands for another. Case, accents, width and blanks around it do not matter.</summary>
/// <param name="From">Empty for cells that are empty.</param>
/// <param name="To">Empty to leave the field empty, or to empty it, whatever <see cref="ImportRequest.EmptyCell"/> says; null for what is no option and is not to be added: the row is refused.</param>
public sealed record ValueMap(string Field, string From, string? To)
{
    /// <summary>From <c>field:from=to</c>; null when it is not written so.</summary>
    public static ValueMap? Parse(string text)
        => text.Split(':', 2) is [{ Length: > 0 } field, var map] && map.Split('=', 2) is [var from, var to] ? new(field.Trim(), from, to) : null;
}

/// <param name="Failed">Rows that were refused, or what is wrong with the file or the request when nothing was tried.</param>
/// <param name="IgnoredColumns">Columns that no field takes.</param>
public sealed record ImportResult(long Created, long Updated, long Unchanged, long Failed, IReadOnlyList<string> IgnoredColumns)
{
    public bool Succeeded => Failed == 0;

    /// <summary>The file's numbers were read with a comma as decimal sign.</summary>
    public bool HasDecimalComma { get; init; }
}
