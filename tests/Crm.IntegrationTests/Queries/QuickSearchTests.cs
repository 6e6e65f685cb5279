using System.Text.Json.Nodes;
using Crm.IntegrationTests.Support;
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

        await scope.Content.DeleteAsync("companies", id, null, CancellationToken.None);
        Assert.Empty(await FindAsync("东方"));
        await scope.Content.RestoreAsync("companies", id, CancellationToken.None);
        Assert.Equal(id, Assert.Single(await FindAsync("东方")));

        async Task<IEnumerable<Guid>> FindAsync(string text)
            => (await scope.Queries.ListAsync(new Query("companies") { Where = new QuickSearchFilter(text) }, CancellationToken.None)).Items.Select(i => i.Id);
    }
}
