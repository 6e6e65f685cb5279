using Crm.Platform.Content;
using Crm.Reports.Engine;

namespace Crm.Reports.Pages;

/// <summary>All reports that the reader may open, by group, and the saved ones.</summary>
internal sealed record OverviewPage(IReadOnlyList<IGrouping<ReportGroup, IReportType>> Groups, IReadOnlyList<SavedLink> Saved, bool CanManage);

/// <param name="Kind">Label of the report that it is of.</param>
internal sealed record SavedLink(Guid Id, string Name, string Kind, string Icon, bool IsShared, string? Owner, bool IsMine);

/// <summary>One report.</summary>
internal sealed record ReportPage(
    IReportType Report,
    ReportParameters Parameters,
    ReportInput Input,
    ReportForm Form,
    ReportTable? Table,
    IReadOnlyList<ContentTypeDefinition> Types,
    ReportPeople People)
{
    public string Address => $"/reports/{Report.Name}";

    /// <summary>The saved report that is open; null for none.</summary>
    public ContentItem? Saved { get; init; }

    public bool CanChangeSaved { get; init; }

    public bool CanSave { get; init; }

    /// <summary>What the chart draws, as JSON; null when there is nothing to draw.</summary>
    public string? Chart { get; init; }

    public ChartKind Kind { get; init; }

    public string? Error(string name) => Form.Errors.GetValueOrDefault(name);
}

/// <summary>Whom the report is of: the names of those chosen, which are found by typing.</summary>
/// <param name="Person">Null when it is of nobody in particular, or of somebody whom the reader does not see.</param>
internal sealed record ReportPeople(string? Person, string? Team, bool HasTeams);
