using Crm.DataTransfer.Csv;
using Crm.Platform.Content;
using Crm.Platform.Jobs;

namespace Crm.DataTransfer.Import.Browser;

/// <param name="Problems">What is wrong with the file that was just given.</param>
internal sealed record UploadPage(ContentTypeDefinition Type, IReadOnlyList<ImportDraft> Drafts, IReadOnlyList<RowProblem> Problems);

/// <param name="Targets">Fields and parts that a column may go into, with their labels.</param>
internal sealed record ColumnsPage(ContentTypeDefinition Type, ImportDraft Draft, IReadOnlyList<ImportTarget> Targets, IReadOnlyList<FieldDefinition> Keys, IReadOnlyList<string> Problems)
{
    /// <summary>Labels of what each new record needs and no column gives.</summary>
    public IReadOnlyList<string> Missing => [.. Targets.Where(t => t.IsRequired && !Draft.Fields.Contains(t.Text)).Select(t => t.Label)];
}

internal sealed record ImportTarget(string Text, string Label, bool IsRequired);

internal sealed record ValuesPage(ContentTypeDefinition Type, ImportDraft Draft, IReadOnlyList<UnknownValue> Unknown);

/// <summary>A value of the file that is no option of its pick-list.</summary>
/// <param name="CanAdd">Whether it may become one.</param>
/// <param name="Chosen">What was said about it before: null for nothing or to refuse it, empty to leave the field empty.</param>
internal sealed record UnknownValue(FieldDefinition Field, string Text, bool CanAdd, string? Chosen);

internal sealed record ProgressPage(ContentTypeDefinition Type, ImportDraft Draft, Job Job);

/// <param name="Failure">Why the job as a whole failed; null when it did not.</param>
internal sealed record OutcomePage(ContentTypeDefinition Type, ImportDraft Draft, ImportReport Report, bool IsTrial, string? Failure = null);

/// <summary>Model of <c>_ImportHead</c>: title and steps.</summary>
/// <param name="Draft">Null before there is a file.</param>
internal sealed record ImportHead(ContentTypeDefinition Type, ImportDraft? Draft, ImportStep Step);

/// <summary>Where one is on the way.</summary>
internal enum ImportStep
{
    File,
    Columns,
    Values,
    Trial,
    Result,
}
