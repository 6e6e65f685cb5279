using Crm.Platform.Display;

namespace Crm.Contents.Lists;

/// <summary>What a list's address says: filter, quick search, sort. Changing one of them starts from the first page.</summary>
/// <param name="View"><see cref="Board"/>, or null for the list.</param>
internal sealed record ListAddress(string Path, string? Filter, string? Search, string? Sort, string? View = null)
{
    public const string Board = "board";

    public bool IsBoard => View == Board;

    public string Page(string cursor, bool back) => ToString(("after", cursor), ("back", back ? "1" : null));

    public override string ToString() => ToString([]);

    private string ToString(params (string Name, string? Value)[] more)
        => ListLinks.Of(Path, [("q", Search), ("filter", Filter), ("sort", Sort), ("view", View), .. more]);
}
