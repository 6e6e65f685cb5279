using Crm.Platform.Display;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Crm.Contents.Lists;

/// <summary>What a list's address says. Changing one of its parts starts from the first page.</summary>
/// <param name="Sort">Paths with commas between them, <c>-</c> before one that descends; null for the type's own order.</param>
/// <param name="View"><see cref="Board"/>, or null for the list.</param>
internal sealed record ListAddress(string Path, string? Filter, string? Search, string? Sort, string? View = null)
{
    public const string Board = "board";

    /// <summary>Paths with commas between them, without the name, which always comes first; null for the type's own.</summary>
    public string? Columns { get; init; }

    /// <summary>The field whose values the rows are grouped by.</summary>
    public string? Group { get; init; }

    /// <summary>The condition of the group that a record is reached from; lists have none.</summary>
    public string? Within { get; init; }

    /// <summary>The saved view that the list began with.</summary>
    public SavedView? Saved { get; init; }

    /// <summary>The reader's list of this type begins with a view, so that the plain address leads there.</summary>
    public bool StartsElsewhere { get; init; }

    public bool IsBoard => View == Board;

    public bool IsChanged => Saved is { } saved && (Filter, Sort, Columns, Group, View) != (saved.Filter, saved.Sort, saved.Columns, saved.Group, saved.Mode);

    /// <summary>Nothing but what the saved view says, or the type itself.</summary>
    public ListAddress Reset => Saved is { } saved
        ? this with { Filter = saved.Filter, Sort = saved.Sort, Columns = saved.Columns, Group = saved.Group, View = saved.Mode, Search = null }
        : new(Path, null, null, null, View) { StartsElsewhere = StartsElsewhere };

    /// <summary>Everything that a form has to send on, so that it can change a part of it.</summary>
    public IReadOnlyList<(string Name, string? Value)> Parameters =>
        [.. State.Prepend(("changed", Saved is null ? null : "1")).Prepend(("saved", Saved?.Id.ToString("D"))).Append(("q", Search)).Where(p => !string.IsNullOrEmpty(p.Item2))];

    /// <summary>What a saved view keeps.</summary>
    public IReadOnlyList<(string Name, string? Value)> State => [("filter", Filter), ("sort", Sort), ("columns", Columns), ("group", Group), ("view", View)];

    public string Page(string cursor, bool back) => ToString(("after", cursor), ("back", back ? "1" : null));

    public override string ToString() => ToString([]);

    /// <summary>A record's page that knows the list it is reached from, and so what comes before and after it.</summary>
    public string RecordUrl(Guid id) => $"{Path}/{id}{RecordQuery}";

    /// <summary>What tells a record's page which list it is reached from.</summary>
    public string RecordQuery
    {
        get
        {
            // What a saved view says is written out, as the view may change; its name leads back to it.
            var query = ListLinks.Of("", State.Append(("q", Search)).Append(("within", Within)).Append(("saved", Saved?.Id.ToString("D"))));
            // A list as it first opens is named too, as a record may be reached from elsewhere.
            return ListLinks.Of("", ("list", query.Length == 0 ? "all" : query[1..]));
        }
    }

    /// <summary>An address of the record that a request is about, with the list that it is reached from.</summary>
    public static string Keep(HttpRequest request, string path, params IEnumerable<(string Name, string? Value)> query) => ListLinks.Of(path, [.. query, ("list", request.Query["list"])]);

    /// <param name="list">What <see cref="RecordUrl"/> has written.</param>
    /// <returns>The address without its saved view, and that view's id.</returns>
    public static (ListAddress Address, Guid? Saved) Read(string path, string list)
    {
        var query = QueryHelpers.ParseQuery(list);
        return (new ListAddress(path, Value("filter"), Value("q"), Value("sort"), Value("view")) { Columns = Value("columns"), Group = Value("group"), Within = Value("within") },
            Guid.TryParse(Value("saved"), out var id) ? id : null);

        string? Value(string name) => query.TryGetValue(name, out var values) && values is [{ Length: > 0 } text, ..] ? text : null;
    }

    private string ToString(params (string Name, string? Value)[] more)
    {
        List<(string Name, string? Value)> all = Saved is { } saved && !IsChanged ? [("saved", saved.Id.ToString("D")), ("q", Search)] : [.. Parameters];
        if (StartsElsewhere && all.Count == 0)
            all.Add(("view", "list"));
        return ListLinks.Of(Path, [.. all, .. more]);
    }
}
