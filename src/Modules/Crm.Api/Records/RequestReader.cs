using System.Globalization;
using Crm.Api.Problems;
using Crm.Platform.Content;
using Crm.Platform.Queries;
using Microsoft.AspNetCore.Http;

namespace Crm.Api.Records;

/// <summary>
/// Reads the options of an address. An option that is not known is an error: a misspelt <c>$filter</c> that is passed over
/// would answer with everything.
/// </summary>
internal sealed class RequestReader(ApiModel model)
{
    private const int MaxExpansions = 10;
    private const int MaxDepth = 3;

    private static readonly string[] OfOne = ["select", "expand", "format"];
    private static readonly string[] OfCount = ["filter", "search"];
    private static readonly string[] OfLists = [.. OfOne, .. OfCount, "orderby", "top", "skip", "count", "skiptoken"];

    public Selection One(ApiType type, IQueryCollection query)
    {
        var options = Options(query, OfOne);
        return Select(type, options.GetValueOrDefault("select"), options.GetValueOrDefault("expand"), 1);
    }

    public Filter? Which(ApiType type, IQueryCollection query) => Where(type, Options(query, OfCount));

    /// <param name="pageSize">What the client would like; null for the usual.</param>
    public ListRequest Many(ApiType type, IQueryCollection query, int? pageSize)
    {
        var options = Options(query, OfLists);
        var left = options.TryGetValue("top", out var top) ? Number("$top", top, QueryEngine.MaxTake) : (int?)null;
        var skip = options.TryGetValue("skip", out var text) ? Number("$skip", text, ListRequest.MaxSkip) : 0;
        var after = options.GetValueOrDefault("skiptoken");
        if (after is not null && skip > 0)
            throw ApiException.Option("$skip", "Give {0} or {1}, not both", "$skip", "$skiptoken");
        // Whoever says how many wants them at once; whoever does not gets pages.
        var take = left ?? Math.Clamp(pageSize ?? ListRequest.PageSize, 1, QueryEngine.MaxTake);
        var count = options.GetValueOrDefault("count") switch
        {
            null or "false" => false,
            "true" => true,
            _ => throw ApiException.Option("$count", "{0} is true or false", "$count"),
        };
        return new(Select(type, options.GetValueOrDefault("select"), options.GetValueOrDefault("expand"), 1), Where(type, options),
            Sort(type, options.GetValueOrDefault("orderby")), skip, take, left, after, count);
    }

    private static Dictionary<string, string> Options(IQueryCollection query, string[] known)
    {
        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in query)
        {
            var option = name.TrimStart('$');
            if (!known.Contains(option, StringComparer.OrdinalIgnoreCase))
                throw ApiException.Option(name, "{0} is no option here; there are {1}", name, string.Join(", ", known.Select(k => "$" + k)));
            if (values.Count != 1 || !options.TryAdd(option, values[0]!))
                throw ApiException.Option(name, "{0} is there twice", name);
        }
        if (options.TryGetValue("format", out var format) && format != "json" && !format.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
            throw ApiException.Option("$format", "Answers are JSON and nothing else");
        return options;
    }

    private Filter? Where(ApiType type, Dictionary<string, string> options)
    {
        var filter = options.GetValueOrDefault("filter") is { Length: > 0 } text ? FilterParser.Parse(text, type.Definition, model.Definitions) : null;
        var search = options.GetValueOrDefault("search")?.Trim() is { Length: > 0 } words ? new QuickSearchFilter(Unquoted(words)) : null;
        return filter is null && search is null ? null : Filter.And(filter, search);
    }

    private static string Unquoted(string words) => words is ['"', .. var inner, '"'] ? inner : words;

    private List<string> Sort(ApiType type, string? text)
    {
        var sort = new List<string>();
        foreach (var key in Cut("$orderby", text))
        {
            var words = key.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 2 || (words.Length == 2 && words[1] is not ("asc" or "desc")))
                throw ApiException.Option("$orderby", "{0} is a field with asc or desc behind it", key);
            sort.Add((words is [_, "desc"] ? "-" : "") + Path(type, words[0]));
        }
        return sort;
    }

    private string Path(ApiType type, string path)
    {
        var names = path.Split('/');
        var at = type.Definition;
        for (var i = 0; i < names.Length - 1; i++)
        {
            if (at.FindLink(names[i]) is not { Hidden: false, Target: { } target } lookUp || model.Definitions.Find(target) is not { } next)
                throw NoField(at, names[i]);
            (names[i], at) = (lookUp.Name, next);
        }
        return string.Join('.', names);
    }

    private Selection Select(ApiType type, string? select, string? expand, int depth)
    {
        var names = Cut("$select", select);
        var properties = names.Count == 0 || names.Contains("*") ? type.Properties : [.. names.Select(n => type.Find(n) ?? throw NoField(type, n)).Distinct()];
        var expansions = Cut("$expand", expand).ConvertAll(e => Expand(type, e, depth));
        if (expansions.Count > MaxExpansions || (expansions.Count > 0 && depth > MaxDepth))
            throw ApiException.Option("$expand", "{0} leads to {1} records around each, {2} deep, at most", "$expand", MaxExpansions, MaxDepth);
        if (expansions.GroupBy(e => e.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw ApiException.Option("$expand", "{0} is there twice", twice.Key);
        // In short, the record stands in place of its id.
        return new(type, [.. properties.Where(p => expansions.All(e => e.Name != p.Name))], expansions);
    }

    private Expansion Expand(ApiType type, string text, int depth)
    {
        var (name, options) = CallOf(text);
        if (type.Links.FirstOrDefault(l => Is(l.Name, name) || Is(l.Field.Name, name)) is { } link)
        {
            Allow(options, "select", "expand");
            return new(Is(link.Name, name) ? link.Name : link.Field.Name, false, link.Field, Inside(model.Of(link.Target)), null, [], 1, null);
        }
        if (type.Lists.FirstOrDefault(l => Is(l.Name, name)) is not { } list)
            throw new ApiException(new(StatusCodes.Status400BadRequest, new("{0} leads to no other records from {1}", name, type.Name), [new(name, new("{0} leads to no other records from {1}", name, type.Name))]));
        Allow(options, "select", "expand", "filter", "orderby", "top");
        var other = model.Of(list.Type);
        return new(list.Name, true, list.LookUp, Inside(other), Where(other, options), Sort(other, options.GetValueOrDefault("orderby")),
            options.TryGetValue("top", out var top) ? Math.Max(1, Number("$top", top, ListRequest.MaxListTake)) : ListRequest.MaxListTake, options.GetValueOrDefault("filter"));

        Selection Inside(ApiType inner) => Select(inner, options.GetValueOrDefault("select"), options.GetValueOrDefault("expand"), depth + 1);
    }

    private static void Allow(Dictionary<string, string> options, params string[] known)
    {
        foreach (var option in options.Keys)
            if (!known.Contains(option, StringComparer.OrdinalIgnoreCase))
                throw ApiException.Option("$expand", "{0} is no option here; there are {1}", "$" + option, string.Join(", ", known.Select(k => "$" + k)));
    }

    private static (string Name, Dictionary<string, string> Options) CallOf(string text)
    {
        try
        {
            return OptionText.Call(text);
        }
        catch (FormatException)
        {
            throw Unreadable("$expand");
        }
    }

    private static List<string> Cut(string option, string? text)
    {
        try
        {
            return text is null ? [] : OptionText.Split(text, ',');
        }
        catch (FormatException)
        {
            throw Unreadable(option);
        }
    }

    private static bool Is(string name, string asked) => string.Equals(name, asked, StringComparison.OrdinalIgnoreCase);

    private static ApiException Unreadable(string option) => ApiException.Option(option, "{0} cannot be read: look at its parentheses and quotes", option);

    private static int Number(string option, string text, int most)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw ApiException.Option(option, "{0} is a whole number up to {1}", option, most);

    private static ApiException NoField(ApiType type, string name) => NoField(type.Definition, name);

    private static ApiException NoField(ContentTypeDefinition type, string name)
        => new(new ApiProblem(StatusCodes.Status400BadRequest, new("{0} has no field {1}", type.PluralLabel, name), [new(name, new("{0} has no field {1}", type.PluralLabel, name))]));
}
