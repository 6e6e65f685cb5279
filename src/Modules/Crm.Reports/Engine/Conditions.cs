using Crm.Platform.Queries;

namespace Crm.Reports.Engine;

/// <summary>Which records a number is made of: the same condition computes it and leads to its list.</summary>
internal static class Conditions
{
    /// <param name="keys">One value for each key of the slice; null for all groups.</param>
    public static Filter Of(Slice slice, ReportInput input, IReadOnlyList<object?>? keys = null, params IEnumerable<Filter?> more)
    {
        var (from, until) = slice.Date is null ? (null, null) : (input.Range.From, input.Range.Until);
        var parts = new List<Filter>();
        for (var i = 0; i < (keys?.Count ?? 0); i++)
        {
            var (key, value) = (slice.Keys[i], keys![i]);
            if (key.Bucket is { } bucket && value is DateOnly start)
            {
                var end = Buckets.Next(start, bucket);
                // A bucket at the edge of the range is cut by it.
                var (low, high) = key.Path == slice.Date ? (Later(start, from), Earlier(end, until)) : (start, end);
                parts.AddRange(Between(key.Path, low, high));
                if (key.Path == slice.Date)
                    (from, until) = (null, null);
            }
            else
            {
                parts.Add(Filter.Eq(key.Path, value));
            }
        }
        if (slice.Date is not null)
            parts.AddRange(Between(slice.Date, from, until));
        if (input.Person is not null)
            parts.Add(Filter.Eq(slice.Person, input.Person));
        if (input.Team is not null)
            parts.Add(Filter.Eq(slice.Team, input.Team));
        if (input.Filter is not null && slice.FilterAt is { } at)
            parts.Add(at.Length == 0 ? input.Filter : Behind(at, input.Filter));
        return Filter.And([.. Flat(slice.Where), .. parts.SelectMany(Flat), .. more.SelectMany(Flat)]);
    }

    /// <param name="keys">First keys of the groups that are not meant; null for none.</param>
    public static Filter? Without(Slice slice, IReadOnlyList<object?>? keys) => keys is null ? null : new NotFilter(Filter.In(slice.Keys[0].Path, keys));

    private static IEnumerable<Filter> Flat(Filter? filter) => filter switch
    {
        null => [],
        AndFilter and => and.Filters,
        _ => [filter],
    };

    private static IEnumerable<Filter> Between(string path, DateOnly? from, DateOnly? until)
    {
        if (from is not null)
            yield return new CompareFilter(path, Platform.Fields.FilterOperator.GreaterOrEqual, from);
        if (until is not null)
            yield return new CompareFilter(path, Platform.Fields.FilterOperator.Less, until);
    }

    private static DateOnly Later(DateOnly one, DateOnly? other) => other > one ? other.Value : one;

    private static DateOnly Earlier(DateOnly one, DateOnly? other) => other < one ? other.Value : one;

    /// <summary>The condition on a record, said of one whose look-up points there.</summary>
    private static Filter Behind(string lookUp, Filter filter) => filter switch
    {
        AndFilter and => new AndFilter([.. and.Filters.Select(f => Behind(lookUp, f))]),
        OrFilter or => new OrFilter([.. or.Filters.Select(f => Behind(lookUp, f))]),
        NotFilter not => new NotFilter(Behind(lookUp, not.Inner)),
        CompareFilter compare => compare with { Path = $"{lookUp}.{compare.Path}" },
        InFilter list => list with { Path = $"{lookUp}.{list.Path}" },
        _ => throw new QueryException("This report takes no conditions with any(...) or search(...)"),
    };
}
