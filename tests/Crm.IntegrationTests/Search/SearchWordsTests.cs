using System.Net;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Search.Finding;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.Search;

/// <summary>The index against the naive way: looking into every name. And what nobody should type.</summary>
public sealed class SearchWordsTests
{
    // No other text of a new customer begins with one of these.
    private const string Latin = "vwxyz";
    private const string Han = "中国银行海港贸";

    [Fact]
    public async Task Search_OfRandomNames_FindsWhatLookingIntoEachWouldFind()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var names = Enumerable.Range(0, 300).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Chunk(random, 6)))).Distinct().ToList();
        await using var scope = await site.OpenScopeAsync();
        var changes = names.Select(n => new Platform.Content.ContentChange("customers") { Texts = { ["name"] = n } }).ToList();
        Assert.All(await scope.Content.SaveManyAsync("customers", changes, Platform.Content.SaveOptions.Default, CancellationToken.None), r => Assert.True(r.Succeeded));

        var search = scope.Services.GetRequiredService<RecordSearch>();
        await Eventually.HoldsAsync(async () => (await search.FindAsync(new SearchRequest(names[^1]), CancellationToken.None)).Total > 0);
        for (var i = 0; i < 400; i++)
        {
            var query = string.Join(' ', Enumerable.Range(0, random.Next(1, 3)).Select(_ => Chunk(random, 3)));
            var found = await search.FindAsync(new SearchRequest(query, "customers", Take: 500), CancellationToken.None);
            var expected = names.Where(n => query.Split(' ').All(w => Contains(n, w))).Order(StringComparer.Ordinal).ToList();
            Assert.True(expected.SequenceEqual(found.Items.Select(f => f.DisplayText).Order(StringComparer.Ordinal)),
                $"Seed {seed}: “{query}” finds {string.Join(", ", found.Items.Select(f => f.DisplayText).Except(expected))} too much and lacks {string.Join(", ", expected.Except(found.Items.Select(f => f.DisplayText)))}.");
            Assert.Equal(expected.Count, found.Counts.GetValueOrDefault("customers"));
        }
    }

    [Fact]
    public async Task Search_ForWhateverIsTyped_NeverFails()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        using var admin = await site.SignInAsync();
        var typed = new List<string>
        {
            "\"", "'", "\\", "*", "?", "a*b?c", "+a -b", "NOT", "a AND", "(((", "))", "name:x", "[a TO z]", "{", "^2", "~", "a~0.5", "%", "_", "<script>alert(1)</script>", "\u200B", "\uD83D", "😀", "😀 银行",
            "\0", "\t\n", new string('a', 10_000), new string('银', 10_000), string.Concat(Enumerable.Repeat("a ", 5_000)), new string('1', 10_000), "-", "++--..//", "a\u0301\u0301\u0301", "ภาษาไทย", "한국어",
        };
        var random = new Random(7);
        typed.AddRange(Enumerable.Range(0, 15).Select(_ => new string([.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => (char)random.Next(1, 0xD7FF))])));
        foreach (var query in typed)
            foreach (var url in new[] { "/search?type=customers&page=3&q=", "/search/suggest?q=", "/help?q=" })
            {
                using var response = await admin.GetAsync(url + Uri.EscapeDataString(query.Replace("\uD83D", "\uFFFD", StringComparison.Ordinal)[..Math.Min(query.Length, 800)]));
                Assert.True(response.StatusCode == HttpStatusCode.OK, $"{url} answers {response.StatusCode} to {query[..Math.Min(40, query.Length)]}");
                Assert.DoesNotContain("<script>alert", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        // Longer than an address may be: refused by the server as any such address, or cut to what is looked at.
        await using var scope = await site.OpenScopeAsync();
        foreach (var query in typed)
            Assert.Equal(0, (await scope.Services.GetRequiredService<RecordSearch>().FindAsync(new SearchRequest(query, "contacts"), CancellationToken.None)).Total);
    }

    [Fact]
    public async Task Search_OfMarkup_MarksWhatWasFoundAndEncodesTheRest()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        using var admin = await site.SignInAsync();
        await using (var scope = await site.OpenScopeAsync())
            await scope.CreateAsync("customers", ("name", "Less & More"), ("notes", "They said <b>bold</b> about 银行 and <i>more</i>"));
        var html = await (await admin.GetAsync("/search?q=" + Uri.EscapeDataString("bold 银行"))).Content.ReadAsStringAsync();
        Assert.Contains("&lt;b&gt;<mark>bold</mark>&lt;/b&gt; about <mark>银行</mark>", html, StringComparison.Ordinal);
        Assert.Contains("<mark>Less</mark> &amp; More", await (await admin.GetAsync("/search?q=LESS")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>One word, or characters without blanks.</summary>
    private static string Chunk(Random random, int longest)
    {
        var letters = random.Next(2) == 0 ? Latin : Han;
        return new string([.. Enumerable.Range(0, random.Next(1, longest + 1)).Select(_ => letters[random.Next(letters.Length)])]);
    }

    private static bool Contains(string name, string word)
        => FieldKind.Fold(name).Split(' ').Any(w => char.IsAsciiLetter(word[0]) ? w.StartsWith(word, StringComparison.Ordinal) : w.Contains(word, StringComparison.Ordinal));
}
