using Crm.Platform.Display;
using Microsoft.AspNetCore.WebUtilities;

namespace Crm.Contents.Lists;

/// <summary>What a list's address says: filter, quick search, sort. Changing one of them starts from the first page.</summary>
/// <param name="View"><see cref="Board"/>, or null for the list.</param>
internal sealed record ListAddress(string Path, string? Filter, string? Search, string? Sort, string? View = null)
{
    public const string Board = "board";

    public bool IsBoard => View == Board;

    public string Page(string cursor, bool back) => ToString(("after", cursor), ("back", back ? "1" : null));

    public override string ToString() => ToString([]);

    /// <summary>A record's page that knows the list it is reached from, and so what comes before and after it.</summary>
    public string RecordUrl(Guid id)
    {
        var query = ToString()[Path.Length..];
        // A list as it first opens is named too, as a record may be reached from elsewhere.
        return ListLinks.Of($"{Path}/{id}", ("list", query.Length == 0 ? "all" : query[1..]));
    }

    /// <param name="list">What <see cref="RecordUrl"/> has written.</param>
    public static ListAddress Read(string path, string list)
    {
        var query = QueryHelpers.ParseQuery(list);
        return new ListAddress(path, Value("filter"), Value("q"), Value("sort"), Value("view"));

        string? Value(string name) => query.TryGetValue(name, out var values) && values is [{ Length: > 0 } text, ..] ? text : null;
    }

    private string ToString(params (string Name, string? Value)[] more)
        => ListLinks.Of(Path, [("q", Search), ("filter", Filter), ("sort", Sort), ("view", View), .. more]);
}
