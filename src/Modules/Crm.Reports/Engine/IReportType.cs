using Crm.Platform.Localization;

namespace Crm.Reports.Engine;

/// <summary>One kind of report. Register with <c>services.AddSingleton&lt;IReportType, T&gt;()</c>: its page, exports and saving follow from this.</summary>
public interface IReportType
{
    /// <summary>Its address below <c>/reports</c>, such as <c>sales-by-month</c>.</summary>
    string Name { get; }

    LocalizedText Label { get; }

    /// <summary>What question it answers, in one sentence.</summary>
    LocalizedText Description { get; }

    ReportGroup Group { get; }

    /// <summary>Place within the group.</summary>
    int Order => 100;

    /// <summary>Name of a Tabler icon.</summary>
    string Icon { get; }

    /// <summary>The content type that it filters and groups; null when the reader chooses one.</summary>
    string? Type { get; }

    /// <summary>Types that it cannot do without besides. The report is offered to those who may see them all.</summary>
    IReadOnlyList<string> AlsoReads => [];

    /// <summary>Key of one of <see cref="TimeRange.Presets"/>.</summary>
    string DefaultRange => TimeRange.Always;

    /// <summary>What it groups by at first: a path, with <c>:month</c> and the like behind that of a date; several with commas between them.</summary>
    string DefaultGroup { get; }

    /// <summary>The only groups that it knows; null for every field of <see cref="Type"/> that records can be grouped by.</summary>
    IReadOnlyList<(string Value, LocalizedText Label)>? Groups => null;

    /// <summary>Whether the reader may limit it by a condition on <see cref="Type"/>.</summary>
    bool TakesFilter => true;

    /// <summary>Whether it can be of one person or team only.</summary>
    bool TakesPeople => true;

    ReportPlan Plan(ReportInput input);
}

public enum ReportGroup
{
    Sales,
    Customers,
    Campaigns,
    Service,
    Any,
}
