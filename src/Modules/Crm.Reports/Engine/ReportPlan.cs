using Crm.Platform.Content;
using Crm.Platform.Localization;
using Crm.Platform.Queries;

namespace Crm.Reports.Engine;

/// <summary>What a report computes: its figures, all grouped by the same keys.</summary>
public sealed record ReportPlan
{
    /// <summary>Columns, the first of which decides the order of rows that have none of their own.</summary>
    public required IReadOnlyList<ReportFigure> Figures { get; init; }

    public required ChartPlan Chart { get; init; }

    /// <summary>The second key becomes columns, for the first figure alone.</summary>
    public bool Across { get; init; }
}

/// <summary>Records of one type that figures are about.</summary>
public sealed record Slice(string Type)
{
    public Filter? Where { get; init; }

    /// <summary>What rows are made of. Slices of one report have the same number of keys, whose values mean the same.</summary>
    public IReadOnlyList<GroupBy> Keys { get; init; } = [];

    /// <summary>The date that the report's time range is about; null when it is not for this slice.</summary>
    public string? Date { get; init; }

    public string Person { get; init; } = SystemFields.Owner;

    public string Team { get; init; } = SystemFields.Team;

    /// <summary>The look-up that leads to the record which the reader's condition is about; empty for the record itself, null when the condition is not for this slice.</summary>
    public string? FilterAt { get; init; } = "";
}

public enum FigureFormat
{
    Number,

    /// <summary>In a currency; a column for each that occurs.</summary>
    Money,

    /// <summary>A fraction, shown in hundredths.</summary>
    Percent,

    /// <summary>Minutes.</summary>
    Duration,
}

public abstract record ReportFigure(LocalizedText Label, FigureFormat Format);

public enum FigureKind
{
    Count,
    Sum,
    Average,
    Median,

    /// <summary>The sum of amounts, each times a percentage.</summary>
    Weighted,
}

/// <summary>A figure that records yield.</summary>
/// <param name="Path">Field that is added up; null only for a count.</param>
/// <param name="Weight">Field with the percentage of <see cref="FigureKind.Weighted"/>.</param>
public sealed record Figure(LocalizedText Label, Slice From, FigureKind Kind, FigureFormat Format = FigureFormat.Number, string? Path = null, string? Weight = null)
    : ReportFigure(Label, Format)
{
    public static Figure Count(LocalizedText label, Slice from) => new(label, from, FigureKind.Count);

    public static Figure Money(LocalizedText label, Slice from, string path, FigureKind kind = FigureKind.Sum) => new(label, from, kind, FigureFormat.Money, path);

    public static Figure Weighted(LocalizedText label, Slice from, string path, string weight) => new(label, from, FigureKind.Weighted, FigureFormat.Money, path, weight);

    /// <param name="path">A number of minutes.</param>
    public static Figure Duration(LocalizedText label, Slice from, string path, FigureKind kind) => new(label, from, kind, FigureFormat.Duration, path);
}

/// <summary>A figure made of others. Amounts are taken in one currency: the site's, or the only one there is.</summary>
/// <param name="Formula">Gets their values in order; null for what cannot be told.</param>
/// <param name="Basis">Which of them has the records that the number leads to.</param>
public sealed record Computed(LocalizedText Label, FigureFormat Format, IReadOnlyList<Figure> Of, Func<IReadOnlyList<decimal?>, decimal?> Formula, int Basis = 0)
    : ReportFigure(Label, Format)
{
    /// <summary>The share that the first has of the second, whose records it leads to.</summary>
    public static Computed Share(LocalizedText label, Figure part, Figure whole)
        => new(label, FigureFormat.Percent, [part, whole], v => v[1] is > 0 and var all ? (v[0] ?? 0) / all : null, 1);

    public static Computed Ratio(LocalizedText label, FigureFormat format, Figure of, Figure by)
        => new(label, format, [of, by], v => v[1] is > 0 and var divisor ? (v[0] ?? 0) / divisor : null);
}

public enum ChartKind
{
    Bar,
    Line,
    Pie,

    /// <summary>Bars that lie, in the order of the rows.</summary>
    Funnel,

    /// <summary>Bars on top of each other, one for each column.</summary>
    Stacked,
}

/// <param name="Figures">Which columns of the plan it draws; for <see cref="ChartKind.Stacked"/> all that the second key has made.</param>
public sealed record ChartPlan(ChartKind Kind, params IReadOnlyList<int> Figures);
