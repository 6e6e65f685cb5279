using Crm.Platform.Changes;
using Crm.Platform.Content;
using Crm.Platform.Display;
using Crm.Platform.Queries;

namespace Crm.Contents.Records;

internal sealed record RecordPage(
    ContentTypeDefinition Type,
    ContentItem Item,
    IReadOnlyList<FieldSection> Sections,
    IReadOnlyList<TimelineDay> Timeline,
    IReadOnlyList<RelatedList> Related,
    bool CanEdit,
    bool CanDelete)
{
    /// <summary>The page with more of the timeline; null when all of it, or as much as a page may have, is shown.</summary>
    public string? MoreUrl { get; init; }

    /// <summary>Null when the reader did not come from a list.</summary>
    public Neighbours? Place { get; init; }

    /// <summary>What the reader typed and gave up for another's words; null when the page is not about that.</summary>
    public Forms.Unkept? Unkept { get; init; }
}

/// <summary>One field of a record, as one line of its page.</summary>
/// <param name="IsAlone">The heading above says its name already.</param>
internal sealed record Fact(ContentTypeDefinition Type, ContentItem Item, FieldDefinition Field, bool IsAlone);

internal sealed record TimelineDay(string Day, IReadOnlyList<TimelineMoment> Moments);

/// <param name="Who">Null when the user may not be seen or it was the system.</param>
internal sealed record HistoryEntry(ChangeKind Kind, DateTime At, string? Who, string Source, long Version, IReadOnlyList<HistoryChange> Changes)
{
    /// <summary>The latest change, and the reader's own: all of it can be taken back at once.</summary>
    public bool CanUndo { get; init; }
}

/// <summary>Old and new value as the reader's culture writes them; null for empty.</summary>
/// <param name="Field">The field when the reader may put the old value back; else null.</param>
internal sealed record HistoryChange(string Label, string? Old, string? New, string? Field);

/// <summary>Records of another type that point here.</summary>
/// <param name="Sums">Of their amounts, those that there are.</param>
/// <param name="NewUrl">Null when the reader may not create one.</param>
internal sealed record RelatedList(
    string Heading,
    ContentTypeDefinition Type,
    IReadOnlyList<RelatedRecord> Records,
    QueryCount Count,
    IReadOnlyList<RelatedSum> Sums,
    string AllUrl,
    string? NewUrl);

/// <param name="Label">Which of the records were summed; null for all.</param>
/// <param name="Url">The list of just these.</param>
internal sealed record RelatedSum(string? Label, string Text, string Url);

internal sealed record RelatedRecord(string Url, string Name, string Hint)
{
    /// <summary>Of the link between the two, when it is a record of its own that the reader may change.</summary>
    public string? EditUrl { get; init; }

    public string? RemoveUrl { get; init; }
}
