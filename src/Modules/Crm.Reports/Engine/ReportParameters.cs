using Crm.Platform.Display;

namespace Crm.Reports.Engine;

/// <summary>What the address of a report says: all of it text, none of it checked yet.</summary>
public sealed record ReportParameters
{
    /// <summary>Most characters that parameters may have together when they are kept.</summary>
    public const int MaxLength = 6000;

    /// <summary>The content type, for a report that leaves it to the reader.</summary>
    public string? Type { get; init; }

    public string? Range { get; init; }

    /// <summary>First day of a custom range, also a relative one such as <c>@month-3</c>.</summary>
    public string? From { get; init; }

    /// <summary>Its last day.</summary>
    public string? To { get; init; }

    /// <summary>The date that the range is about, for a report that leaves it to the reader.</summary>
    public string? Date { get; init; }

    public string? By { get; init; }

    /// <summary>What is put across, for a report that leaves it to the reader.</summary>
    public string? Then { get; init; }

    public string? Measure { get; init; }

    /// <summary>A user's id, or <c>@me</c>.</summary>
    public string? Person { get; init; }

    public string? Team { get; init; }

    /// <summary>A condition in the lists' filter language.</summary>
    public string? Filter { get; init; }

    /// <summary>How many rows are shown before the rest is added up.</summary>
    public string? Top { get; init; }

    public string Address(string path, params IEnumerable<(string Name, string? Value)> more)
        => ListLinks.Of(path, [.. Pairs, .. more]);

    /// <summary>As a query string without its question mark.</summary>
    public override string ToString() => ListLinks.Of("", Pairs).TrimStart('?');

    /// <summary>From a query string; names that no report knows are left out.</summary>
    public static ReportParameters Parse(string query)
    {
        var values = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query);
        string? Of(string name) => values.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;
        return new()
        {
            Type = Of("type"),
            Range = Of("range"),
            From = Of("from"),
            To = Of("to"),
            Date = Of("date"),
            By = Of("by"),
            Then = Of("then"),
            Measure = Of("measure"),
            Person = Of("person"),
            Team = Of("team"),
            Filter = Of("filter"),
            Top = Of("top"),
        };
    }

    public IEnumerable<(string Name, string? Value)> Pairs =>
    [
        ("type", Type), ("range", Range), ("from", From), ("to", To), ("date", Date), ("by", By), ("then", Then),
        ("measure", Measure), ("person", Person), ("team", Team), ("filter", Filter), ("top", Top),
    ];
}
