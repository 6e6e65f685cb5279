using System.Text.Json.Serialization;

namespace Crm.DataTransfer.Import.Browser;

/// <summary>A file on its way into a content type through the browser: kept beside the file until it is done.</summary>
internal sealed record ImportDraft(Guid Id, string Type, Guid? UserId, string FileName, DateTime CreatedAt, IReadOnlyList<DraftColumn> Columns, long Rows)
{
    /// <summary>Name of the field that tells which record a row is; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>What an empty cell says of a record that is there already.</summary>
    public EmptyCell EmptyCell { get; init; }

    /// <summary>The field or part that each column goes into, by place; null leaves the column out.</summary>
    public IReadOnlyList<string?> Fields { get; init; } = [];

    public IReadOnlyList<ValueMap> Values { get; init; } = [];

    /// <summary>The background job that works on it, or has; kept apart, since the job writes the rest.</summary>
    [JsonIgnore]
    public Guid? JobId { get; init; }

    public ImportReport? Trial { get; init; }

    public ImportReport? Result { get; init; }

    public IReadOnlyList<ColumnMap> Map => [.. Columns.Zip(Fields, (c, f) => (c.Name, f)).Where(c => c.f is not null).Select(c => new ColumnMap(c.f!, c.Name))];
}

/// <param name="Samples">The first different values.</param>
/// <param name="Values">All values, when they are few; else empty.</param>
internal sealed record DraftColumn(string Name, IReadOnlyList<string> Samples, IReadOnlyList<string> Values)
{
    /// <summary>It has more different values than are kept.</summary>
    public bool HasTooMany => Values.Count == 0 && Samples.Count > 0;
}

/// <summary>What an import did, or a trial would do, in the words of whoever asked for it.</summary>
/// <param name="Rows">The first rows and what became of each.</param>
/// <param name="Failures">The first of what is wrong.</param>
internal sealed record ImportReport(long Created, long Updated, long Unchanged, long Failed, IReadOnlyList<ReportedRow> Rows, IReadOnlyList<ReportedFailure> Failures)
{
    /// <summary>All that was found wrong; <see cref="Failures"/> are the first.</summary>
    public long Problems { get; init; }

    public long Total => Created + Updated + Unchanged + Failed;

    /// <summary>The file's numbers were read with a comma as decimal sign.</summary>
    public bool HasDecimalComma { get; init; }
}

internal sealed record ReportedRow(long Row, string Name, SaveOutcome Outcome, Guid Id);

internal sealed record ReportedFailure(long? Row, string? Field, string Reason);

internal enum SaveOutcome
{
    Created,
    Updated,
    Unchanged,
}
