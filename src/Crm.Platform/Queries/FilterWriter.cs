using System.Globalization;
using System.Text;
using Crm.Platform.Fields;

namespace Crm.Platform.Queries;

/// <summary>Writes a condition in the language that <see cref="FilterParser"/> reads.</summary>
public static class FilterWriter
{
    /// <exception cref="QueryException">The filter is nested more deeply than the parser would read.</exception>
    public static string Write(Filter filter)
    {
        var text = new StringBuilder();
        Write(text, filter, Binding.Or, "", 0);
        return text.ToString();
    }

    /// <summary>How tightly the place where a condition stands binds; a looser condition needs parentheses.</summary>
    private enum Binding
    {
        Or,
        And,
        Operand,
        Not,
    }

    private static void Write(StringBuilder text, Filter filter, Binding place, string prefix, int depth)
    {
        if (depth > FilterParser.MaxDepth)
            throw new QueryException("The filter is nested too deeply: at most {0} levels", FilterParser.MaxDepth);
        switch (filter)
        {
            case AndFilter and:
                Join(text, and.Filters, "and", "true", Binding.And, place, prefix, depth);
                break;
            case OrFilter or:
                Join(text, or.Filters, "or", "false", Binding.Or, place, prefix, depth);
                break;
            case NotFilter not:
                text.Append("not ");
                Write(text, not.Inner, Binding.Not, prefix, depth + 1);
                break;
            case CompareFilter { Operator: FilterOperator.Contains or FilterOperator.StartsWith or FilterOperator.EndsWith } compare:
                text.Append(Word(compare.Operator)).Append('(').Append(Path(prefix, compare.Path)).Append(", ").Append(Value(compare.Value)).Append(')');
                break;
            case CompareFilter compare:
                Enclose(text, place == Binding.Not, $"{Path(prefix, compare.Path)} {Word(compare.Operator)} {Value(compare.Value)}");
                break;
            case InFilter list:
                Enclose(text, place == Binding.Not, $"{Path(prefix, list.Path)} in ({string.Join(", ", list.Values.Select(Value))})");
                break;
            case HasFilter has:
                text.Append(prefix).Append(has.Type).Append('.').Append(has.LookUp).Append("/any(");
                if (has.Where is not null)
                {
                    var variable = $"x{depth + 1}";
                    text.Append(variable).Append(": ");
                    Write(text, has.Where, Binding.Or, $"{variable}/", depth + 1);
                }
                text.Append(')');
                break;
            case QuickSearchFilter search:
                text.Append("search(").Append(Quoted(search.Text)).Append(')');
                break;
            default:
                throw new ArgumentException($"Unknown condition {filter.GetType().Name}.", nameof(filter));
        }
    }

    private static void Join(StringBuilder text, IReadOnlyList<Filter> filters, string word, string none, Binding own, Binding place, string prefix, int depth)
    {
        if (filters.Count < 2)
        {
            if (filters.Count == 0)
                text.Append(none);
            else
                Write(text, filters[0], place, prefix, depth + 1);
            return;
        }
        var enclosed = place > own;
        text.Append(enclosed ? "(" : "");
        for (var i = 0; i < filters.Count; i++)
        {
            if (i > 0)
                text.Append(' ').Append(word).Append(' ');
            // A group within one of its own sort keeps its parentheses, so that reading gives the same tree.
            Write(text, filters[i], own + 1, prefix, depth + 1);
        }
        text.Append(enclosed ? ")" : "");
    }

    /// <summary>In OData "not" binds tighter than a comparison.</summary>
    private static void Enclose(StringBuilder text, bool enclosed, string condition)
        => text.Append(enclosed ? "(" : "").Append(condition).Append(enclosed ? ")" : "");

    private static string Path(string prefix, string path) => prefix + path.Replace('.', '/');

    private static string Word(FilterOperator filterOperator) => FilterParser.Operators.First(o => o.Value == filterOperator).Key;

    private static string Value(object? value) => value switch
    {
        null => "null",
        "@me" => "@me",
        string text when RelativeDates.Matches(text) && !text.Contains(' ', StringComparison.Ordinal) => text,
        string text => Quoted(text),
        bool flag => flag ? "true" : "false",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime { Kind: DateTimeKind.Local } time => Value(time.ToUniversalTime()),
        DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
        DateTimeOffset time => Value(time.UtcDateTime),
        Guid id => id.ToString("D"),
        Money money => Value(money.Amount),
        decimal or long or int or short or byte => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        _ => Quoted(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
