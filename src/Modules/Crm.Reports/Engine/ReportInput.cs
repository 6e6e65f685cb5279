using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Localization;
using Crm.Platform.Queries;

namespace Crm.Reports.Engine;

/// <summary>What the reader has chosen, checked.</summary>
public sealed record ReportInput
{
    public required ContentTypeDefinition Type { get; init; }

    public required TimeRange Range { get; init; }

    /// <summary>What rows are made of: one key, or several where the report offers such a choice.</summary>
    public required IReadOnlyList<GroupBy> By { get; init; }

    /// <summary>A second key across, for reports that offer one.</summary>
    public GroupBy? Then { get; init; }

    /// <summary>The number that is added up, for reports that leave it to the reader.</summary>
    public FieldDefinition? Measured { get; init; }

    public FigureKind Measure { get; init; }

    /// <summary>The date that the range is about, for reports that leave it to the reader.</summary>
    public string Date { get; init; } = SystemFields.CreatedAt;

    /// <summary>A user's id, or <c>@me</c>.</summary>
    public object? Person { get; init; }

    public Guid? Team { get; init; }

    public Filter? Filter { get; init; }

    public int Top { get; init; } = 50;

    /// <summary>Says whether there is a content type that the reader may see.</summary>
    public required Func<string, bool> CanRead { get; init; }

    public required DefinitionSet Definitions { get; init; }

    /// <summary>Records of the report's type, by what the reader has chosen.</summary>
    /// <param name="date">The date that the time range is about.</param>
    public Slice Slice(string? date, Filter? where = null) => new(Type.Name) { Keys = By, Date = date, Where = where };

    /// <summary>Whether a type that the reader may see has a field.</summary>
    public bool Has(string type, string field) => CanRead(type) && Definitions.Find(type)?.Find(field) is { Hidden: false };
}

/// <summary>Something that records can be grouped by.</summary>
/// <param name="Value">Path, and after a colon the unit of time; several with commas between them.</param>
/// <param name="Section">Heading under which it is offered, in the reader's language; null for none.</param>
public sealed record GroupChoice(string Value, string Text, string? Section = null)
{
    public IReadOnlyList<GroupBy> Keys => [.. Value.Split(',').Select(Key)];

    private static GroupBy Key(string value)
        => value.Split(':') is [var path, var unit] ? new GroupBy(path, Enum.Parse<DateBucket>(unit, ignoreCase: true)) : new GroupBy(value);
}
