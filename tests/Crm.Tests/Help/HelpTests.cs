using System.Text.RegularExpressions;

namespace Crm.Tests.Help;

/// <summary>The manual is whole in both languages, and its links lead somewhere.</summary>
public sealed partial class HelpTests
{
    private static readonly Dictionary<string, string> Files = Repository.Sources("*.md").Where(f => f.Contains("/Help/", StringComparison.Ordinal))
        .ToDictionary(f => Path.GetRelativePath(Repository.Root, f), File.ReadAllText, StringComparer.Ordinal);

    [Fact]
    public void Chapters_All_AreNamedAndNumberedOnce()
    {
        Assert.NotEmpty(Files);
        Assert.All(Files.Keys, f => Assert.Matches(FileName(), f));
        Assert.Empty(Files.Keys.Where(f => f.EndsWith(".en.md", StringComparison.Ordinal)).GroupBy(Slug).Where(g => g.Count() > 1).Select(g => string.Join(", ", g)));
    }

    [Fact]
    public void Chapters_All_AreWrittenInBothLanguagesWithTheSameHeadings()
    {
        foreach (var (file, text) in Files)
        {
            Assert.True(text.StartsWith("# ", StringComparison.Ordinal), $"{file} does not begin with its title.");
            var other = file.EndsWith(".en.md", StringComparison.Ordinal) ? file[..^6] + ".zh-CN.md" : file[..^9] + ".en.md";
            Assert.True(Files.ContainsKey(other), $"{other} is missing.");
            Assert.True(Headings(text) == Headings(Files[other]), $"{file} has the headings {Headings(text)}, {other} has {Headings(Files[other])}.");
        }
    }

    [Fact]
    public void Chapters_All_HoldNoHtmlAndNoDeadLinks()
    {
        var parts = Files.GroupBy(f => Slug(f.Key)).ToDictionary(g => g.Key, g => g.Min(f => Headings(f.Value).Count(h => h == '2')), StringComparer.Ordinal);
        foreach (var (file, text) in Files)
        {
            Assert.False(Html().IsMatch(Code().Replace(text, "")), $"{file}: {Html().Match(Code().Replace(text, "")).Value} would be shown as it is.");
            foreach (Match link in Link().Matches(text))
            {
                var (path, part) = (link.Groups["path"].Value, link.Groups["part"].Value);
                if (path.StartsWith("https://", StringComparison.Ordinal))
                    continue;
                var slug = path.Length == 0 ? Slug(file) : path.StartsWith("/help/", StringComparison.Ordinal) ? path["/help/".Length..] : null;
                Assert.True(path.Length == 0 || path.StartsWith('/'), $"{file}: {link.Value} is neither a page of the site nor a chapter.");
                if (slug is null)
                    continue;
                Assert.True(parts.ContainsKey(slug), $"{file}: there is no chapter {slug}.");
                Assert.True(part.Length == 0 || (Part().Match(part) is { Success: true } p && int.Parse(p.Groups[1].Value, null) is var n && n >= 1 && n <= parts[slug]), $"{file}: {slug} has no part {part}.");
            }
        }
    }

    private static string Slug(string file) => FileName().Match(file).Groups["slug"].Value;

    /// <summary>The levels in order, such as 1223.</summary>
    private static string Headings(string text) => string.Concat(Heading().Matches(Fence().Replace(text, "")).Select(h => h.Groups[1].Length));

    [GeneratedRegex(@"/Help/\d+-(?<slug>[a-z0-9-]+)\.(en|zh-CN)\.md$")]
    private static partial Regex FileName();

    [GeneratedRegex(@"^(#{1,6}) ", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"```.*?```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"<(?!!--\s*pages:|https?://)[a-zA-Z!/][^>\n]*>")]
    private static partial Regex Html();

    [GeneratedRegex(@"\]\((?<path>[^)#\s]*)(?:#(?<part>[^)\s]*))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^part-(\d+)$")]
    private static partial Regex Part();
}
