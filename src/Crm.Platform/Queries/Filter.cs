using Crm.Platform.Fields;

namespace Crm.Platform.Queries;

/// <summary>
/// A condition on records, true or false and never "unknown": a comparison with an empty field is false, except that
/// an empty field equals null and differs from every value.
/// </summary>
public abstract record Filter
{
    public static Filter And(params IEnumerable<Filter?> filters)
    {
        var all = filters.OfType<Filter>().ToList();
        return all.Count == 1 ? all[0] : new AndFilter(all);
    }

    public static Filter Eq(string path, object? value) => new CompareFilter(path, FilterOperator.Equal, value);

    public static Filter In(string path, IEnumerable<object?> values) => new InFilter(path, [.. values]);
}

/// <summary>True when all are; true when there is none.</summary>
public sealed record AndFilter(IReadOnlyList<Filter> Filters) : Filter;

/// <summary>True when one is; false when there is none.</summary>
public sealed record OrFilter(IReadOnlyList<Filter> Filters) : Filter;

public sealed record NotFilter(Filter Inner) : Filter;

/// <param name="Path">A field, or one of a record that look-ups lead to: <c>customer.industry</c>.</param>
/// <param name="Value">A value of the field's kind or its invariant text; <c>@me</c> for the user; null for empty.</param>
public sealed record CompareFilter(string Path, FilterOperator Operator, object? Value) : Filter;

/// <summary>A value of a filter as it is stored, to be compared unread: what a pick-list knows no more is stored nevertheless.</summary>
internal sealed record StoredValue(string Value);

public sealed record InFilter(string Path, IReadOnlyList<object?> Values) : Filter;

/// <summary>Whether a record of another type points here through its look-up and meets a condition.</summary>
/// <param name="Type">The other type, such as <c>contacts</c>.</param>
/// <param name="LookUp">Its look-up field, such as <c>customer</c>.</param>
public sealed record HasFilter(string Type, string LookUp, Filter? Where) : Filter;

/// <summary>Whether one of the type's quick search fields contains the text.</summary>
public sealed record QuickSearchFilter(string Text) : Filter;
