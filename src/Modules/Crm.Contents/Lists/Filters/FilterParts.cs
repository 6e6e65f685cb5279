using System.Globalization;
using Crm.Platform.Fields;
using Crm.Platform.Queries;

namespace Crm.Contents.Lists;

/// <summary>
/// What the bar shows as one chip each: the conditions that must all hold. From and until of one field are one part. A place
/// in it is the number of a part; of a part with an "or", <c>2.1</c> is one alternative and <c>2.1.0</c> a condition of it.
/// </summary>
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

    /// <summary>The parts with another condition at a place, or with none there; null when there is no such place.</summary>
    public static IReadOnlyList<Filter>? Put(IReadOnlyList<Filter> parts, string? place, Filter? condition)
    {
        switch (Numbers(place, '.'))
        {
            case [var part] when part < parts.Count:
                return [.. parts.Take(part), .. condition is null ? [] : new[] { condition }, .. parts.Skip(part + 1)];
            case [var part, var alternative, var at] when part < parts.Count && Alternatives(parts[part]) is { Count: > 1 } all && alternative < all.Count
                && Put(Of(all[alternative]), $"{at}", condition) is { } changed:
                var left = Join(changed);
                return Put(parts, $"{part}", Or([.. all.Take(alternative), .. left is null ? [] : new[] { left }, .. all.Skip(alternative + 1)]));
            default:
                return null;
        }
    }

    /// <summary>
    /// The parts with a condition more: at an alternative that must hold with it, at a part or at several together, as
    /// <c>0+2</c>, that it is an alternative to; anywhere else it must hold with all of them.
    /// </summary>
    public static IReadOnlyList<Filter> Add(IReadOnlyList<Filter> parts, string? place, Filter condition)
    {
        if (Numbers(place, '.') is [var part, var alternative] && part < parts.Count && Alternatives(parts[part]) is { Count: > 1 } all && alternative < all.Count)
            return Put(parts, $"{part}", Or([.. all.Take(alternative), Join([all[alternative], condition])!, .. all.Skip(alternative + 1)]))!;
        if (Numbers(place, '+') is { Count: > 0 } taken && taken.All(p => p < parts.Count))
        {
            var instead = taken is [var only] ? Alternatives(parts[only]) : [Join(taken.Select(p => parts[p]))!];
            return [.. parts.Select((p, i) => i == taken[0] ? Or([.. instead, condition]) : taken.Contains(i) ? null : p).OfType<Filter>()];
        }
        var text = FilterWriter.Write(condition);
        return parts.Any(p => FilterWriter.Write(p) == text) ? parts : [.. parts, condition];
    }

    private static List<int>? Numbers(string? place, char between)
    {
        var numbers = new List<int>();
        foreach (var text in place?.Split(between) ?? [])
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (between == '.' || !numbers.Contains(number)))
                numbers.Add(number);
            else
                return null;
        return numbers;
    }

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
