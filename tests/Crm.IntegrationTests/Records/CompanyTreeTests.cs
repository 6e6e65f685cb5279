using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Content;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Records;

/// <summary>A group of companies on the page of one of them, as far as the reader sees it, and what is offered while one links companies.</summary>
public sealed class CompanyTreeTests
{
    [Fact]
    public async Task Group_OfManyLevels_ShowsWhatIsNearAndLeadsToTheRest_WithinTheReadersScope_AndNeverInACircle()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        using var lina = await site.SignInAsNewAsync("lina", "Sales");
        using var admin = await site.SignInAsync();
        await using var scope = await site.OpenScopeAsync();
        var owner = await site.IdOfUserAsync("lina");
        // Five above, thirteen below, and below the first of these more than are read for all of them together.
        var above = new List<Guid>();
        for (var i = 0; i < 5; i++)
            above.Add((await AddAsync(owner, above.Count == 0 ? null : above[^1], $"Above {i}"))[0]);
        var self = (await AddAsync(owner, above[^1], "Self"))[0];
        var below = await AddAsync(owner, self, [.. Enumerable.Range(0, 13).Select(i => $"Below {i:00}")]);
        var deep = await AddAsync(owner, below[0], [.. Enumerable.Range(0, 70).Select(i => $"Deep {i:00}")]);
        await AddAsync(owner, deep[0], "Deeper");
        await AddAsync(owner, below[2], "Last 0", "Last 1");
        var hidden = await AddAsync(null, below[1], "Hidden");
        var role = await scope.FindAsync("roles", "name", "Sales");
        Assert.True((await scope.SaveAsync("roles", role.Id, null, ("permissions", new JsonObject { ["customers.view"] = "own" }.ToJsonString()))).Succeeded);

        var seen = await TreeAsync(lina, self);
        Assert.Equal(
            ["0 More above", "1 Above 1", "2 Above 2", "3 Above 3", "4 Above 4", "5 Self", "6 Below 00", "7 Deep 00", "8 1 more", .. Enumerable.Range(1, 11).Select(i => $"7 Deep {i:00}"), "7 58 more",
                "6 Below 01", "6 Below 02", "7 2 more", .. Enumerable.Range(3, 9).Select(i => $"6 Below {i:00}"), "6 1 more"],
            seen.Select(l => $"{l.GetAttribute("data-level")} {l.TextContent.Trim()}"));
        Assert.Equal($"/customers/{above[1]}", Link("More above"));
        Assert.Equal(13, (await lina.PageAsync(Link("1 more", last: true))).QuerySelectorAll("[data-row]").Length);
        Assert.Equal(2, (await lina.PageAsync(Link("2 more"))).QuerySelectorAll("[data-row]").Length);
        Assert.DoesNotContain(await TreeAsync(lina, above[3]), l => l.TextContent.Contains("More above", StringComparison.Ordinal));
        Assert.Contains(await TreeAsync(admin, self), l => l.TextContent.Trim() is "Hidden" or "1 more" && l.GetAttribute("data-level") == "7");

        // What was chosen last comes first, in that order, and only what one may see.
        var offers = JsonNode.Parse(await lina.Client.GetStringAsync($"/lookup/customers?recent={deep[5]}&recent={hidden[0]}&recent={above[2]}"))!.AsArray();
        Assert.Equal(["Deep 05", "Above 2", "Above 0", "Above 1", "Above 3"], offers.Take(5).Select(o => (string)o!["text"]!));
        Assert.Equal(["recent", "recent", null], offers.Take(3).Select(o => (string?)o!["group"]));

        // Nothing is below itself: said beside the field, and of two changes at once that close a circle one is refused.
        using (var refused = await lina.SubmitAsync($"/customers/{above[0]}/edit", new() { ["parent"] = deep[0].ToString("D") }))
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            var form = await TestBrowser.ParseAsync(await refused.Content.ReadAsStringAsync());
            Assert.Contains("that company is itself below this customer", form.GetElementById("field-parent-error")!.TextContent, StringComparison.Ordinal);
        }
        var pair = await AddAsync(owner, null, "One", "Other");
        var results = await scope.Content.SaveManyAsync("customers", [Below(pair[0], pair[1]), Below(pair[1], pair[0])], SaveOptions.Default, CancellationToken.None);
        Assert.Equal("parent", Assert.Single(Assert.Single(results, r => !r.Succeeded).Errors).Field);
        Guid[] made = [Guid.CreateVersion7(), Guid.CreateVersion7()];
        results = await scope.Content.SaveManyAsync("customers", [New("Made one", made[0], made[1]), New("Made other", made[1], made[0])], SaveOptions.Default, CancellationToken.None);
        Assert.DoesNotContain(results, r => r.Succeeded);

        string Link(string text, bool last = false)
            => (last ? seen.Last(l => l.TextContent.Trim() == text) : seen.First(l => l.TextContent.Trim() == text)).QuerySelector("a")!.GetAttribute("href")!;

        static async Task<List<IElement>> TreeAsync(TestBrowser reader, Guid customer) => [.. (await reader.PageAsync($"/customers/{customer}")).QuerySelectorAll(".company-tree > li")];

        async Task<List<Guid>> AddAsync(Guid? of, Guid? parent, params string[] names)
        {
            var saved = await scope.Content.SaveManyAsync("customers", [.. names.Select(n => new ContentChange("customers") { Values = { ["name"] = n, ["owner"] = of, ["parent"] = parent } })], SaveOptions.Default, CancellationToken.None);
            Assert.All(saved, r => Assert.True(r.Succeeded, string.Join("; ", r.Errors.Select(e => e.Message))));
            return [.. saved.Select(r => r.Id)];
        }

        static ContentChange Below(Guid id, Guid parent) => new("customers") { Id = id, Values = { ["parent"] = parent } };

        static ContentChange New(string name, Guid id, Guid parent) => new("customers") { Id = id, IsNew = true, Values = { ["name"] = name, ["parent"] = parent } };
    }
}
