using System.Text.Json.Nodes;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Queries;

namespace Crm.IntegrationTests.Queries;

/// <summary>Quick search's own index follows the records: what was just saved is found, what is no longer so is not.</summary>
public sealed class QuickSearchTests
{
    [Theory, InlineData(DatabaseProvider.Sqlite), InlineData(DatabaseProvider.Postgres)]
    public async Task QuickSearch_AfterEachChange_FindsWhatIsSo(DatabaseProvider provider)
    {
        await using var platform = await TestPlatform.CreateAsync(provider);
        await using var scope = platform.OpenAsSystem();
        var id = await scope.CreateAsync("companies", ("name", "深圳华新贸易 😀 O'Brien & Söhne"), ("code", "K 77"), ("phone", "+8613812345678"));
        await scope.CreateAsync("companies", ("name", "Something else"));
        foreach (var text in new[] { "华新", "新", "😀", "o'b", "n & s", "sohne", "k 7", "7", "贸易 😀" })
            Assert.Equal(id, Assert.Single(await FindAsync(text)));
        foreach (var text in new[] { "华贸", "obr", "12345", "k7" })
            Assert.Empty(await FindAsync(text));

        await scope.SaveAsync("companies", id, null, ("name", "上海东方"));
        Assert.Empty(await FindAsync("华新"));
        Assert.Equal(id, Assert.Single(await FindAsync("东方")));
        Assert.Equal(id, Assert.Single(await FindAsync("K 77")));

        // An administrator lets it look into another field: the records that there are, are found by it.
        Assert.Null(await scope.Definitions.SaveTypeAsync("companies", new JsonObject { ["quickSearch"] = new JsonArray("name", "phone") }, CancellationToken.None));
        Assert.Equal(id, Assert.Single(await FindAsync("138 1234")));
        Assert.Empty(await FindAsync("K 77"));
        // As a telephone number this would be spelled without the blank.
        Assert.Empty(await FindAsync("东 方"));

        await scope.Content.DeleteAsync("companies", id, null, CancellationToken.None);
        Assert.Empty(await FindAsync("东方"));
        await scope.Content.RestoreAsync("companies", id, CancellationToken.None);
        Assert.Equal(id, Assert.Single(await FindAsync("东方")));

        async Task<IEnumerable<Guid>> FindAsync(string text)
            => (await scope.Queries.ListAsync(new Query("companies") { Where = new QuickSearchFilter(text) }, CancellationToken.None)).Items.Select(i => i.Id);
    }

    /// <summary>More have the word than are sorted at once, and all of them come after thousands without it.</summary>
    [Theory, InlineData(DatabaseProvider.Sqlite), InlineData(DatabaseProvider.Postgres), Trait("Category", "Nightly")]
    public async Task QuickSearch_FrequentWordThatComesLate_GivesEveryPageInOrder(DatabaseProvider provider)
    {
        await using var platform = await TestPlatform.CreateAsync(provider);
        await using var scope = platform.OpenAsSystem();
        var names = Enumerable.Range(0, 14_000).Select(i => i < 9_000 ? $"Acme {i:00000}" : $"深圳华新 {i:00000}").ToList();
        foreach (var batch in names.Chunk(1000))
            Assert.All(await scope.Content.SaveManyAsync("companies", [.. batch.Select(n => new ContentChange("companies") { Values = { ["name"] = n } })], SaveOptions.Default, CancellationToken.None), r => Assert.True(r.Succeeded));

        var query = new Query("companies") { Where = new QuickSearchFilter("深圳"), Columns = ["name"], Sort = ["name"], Take = 1000 };
        var found = new List<string>();
        for (string? after = null; ;)
        {
            var page = await scope.Queries.ListAsync(query with { After = after }, CancellationToken.None);
            found.AddRange(page.Items.Select(i => i.DisplayText));
            if ((after = page.Next) is null)
                break;
        }
        Assert.Equal(names.Skip(9_000), found);
        Assert.Equal(names.Skip(9_000).Reverse().Take(50), (await scope.Queries.ListAsync(query with { Sort = ["-name"], Take = 50 }, CancellationToken.None)).Items.Select(i => i.DisplayText));
    }
}
