using Crm.Platform.Fields;
using Crm.Platform.Queries;

namespace Crm.Contents.Lists;

/// <summary>What the bar shows as one chip each: the conditions that must all hold. From and until of one field are one part.</summary>
internal static class FilterParts
{
    public static IReadOnlyList<Filter> Of(Filter? filter)
    {
        var parts = new List<Filter>();
        foreach (var condition in Flat(filter))
            if (parts.Count > 0 && parts[^1] is CompareFilter from && condition is CompareFilter until && IsRange(from, until))
                parts[^1] = new AndFilter([from, until]);
            else
                parts.Add(condition);
        return parts;
    }

    /// <summary>The same without ranges put together.</summary>
    public static IReadOnlyList<Filter> Flat(Filter? filter) => filter switch
    {
        null => [],
        AndFilter and => [.. and.Filters.SelectMany(Flat)],
        _ => [filter],
    };

    /// <summary>Null for no condition at all.</summary>
    public static Filter? Join(IEnumerable<Filter> parts)
    {
        var all = parts.SelectMany(Flat).ToList();
        return all.Count == 0 ? null : Filter.And(all);
    }

    /// <summary>The parts that one of must hold: one for anything but an "or".</summary>
    public static IReadOnlyList<Filter> Alternatives(Filter part) => part is OrFilter or ? or.Filters : [part];

    public static Filter Or(IReadOnlyList<Filter> alternatives) => alternatives is [var only] ? only : new OrFilter(alternatives);

    /// <summary>The two ends of a range; null for another filter.</summary>
    public static (CompareFilter From, CompareFilter Until)? Range(Filter filter)
        => filter is AndFilter { Filters: [CompareFilter from, CompareFilter until] } && IsRange(from, until) ? (from, until) : null;

    private static bool IsRange(CompareFilter from, CompareFilter until)
        => from is { Operator: FilterOperator.GreaterOrEqual, Value: not null } && from.Path == until.Path && (until.Operator, until.Value) switch
        {
            (FilterOperator.LessOrEqual, decimal) => from.Value is decimal,
            (FilterOperator.Less, DateOnly) => true,
            (FilterOperator.Less, string end) => from.Value is string start && (FilterPeriods.Find(start, end) is not null || FilterPeriods.LastDays(start, end) is not null || FilterPeriods.NextDays(start, end) is not null),
            _ => false,
        };

    /// <summary>
    /// Takes a filter's text apart at the "and"s that stand in no parentheses and no quotes, so that one condition that is
    /// no longer valid does not take the others with it. A text with an "or" there stays one part.
    /// </summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var parts = new List<string>();
        var (depth, quoted, start) = (0, false, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\'')
                quoted = !quoted;
            else if (!quoted && text[i] is '(' or ')')
                depth += text[i] == '(' ? 1 : -1;
            else if (!quoted && depth == 0 && Word(text, i, " or "))
                return [text];
            else if (!quoted && depth == 0 && Word(text, i, " and "))
            {
                parts.Add(text[start..i].Trim());
                start = i + 5;
            }
        }
        parts.Add(text[start..].Trim());
        return parts;
    }

    private static bool Word(string text, int at, string word) => string.Compare(text, at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) == 0;
}
