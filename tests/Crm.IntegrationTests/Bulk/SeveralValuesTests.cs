using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Api;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Bulk;

/// <summary>Fields of several values and of several parts keep them, through every door, back and forth.</summary>
public sealed class SeveralValuesTests
{
    /// <param name="Given">To the API.</param>
    /// <param name="Kept">What the API then says.</param>
    /// <param name="Bad">What the API refuses.</param>
    /// <param name="Posted">What forms send, in the order of their inputs.</param>
    /// <param name="Then">What the API says after that.</param>
    private sealed record Case(string Field, string Given, string Kept, string Bad, (string Name, string Value)[] Posted, string Then);

    private static readonly Case[] Cases =
    [
        new("channels", """["fair","web"]""", """["web","fair"]""", """["radio"]""", [("channels", ""), ("channels", "phone"), ("channels", "fair")], """["fair","phone"]"""),
        new("tags", """["VIP","vip","华东"]""", """["VIP","华东"]""", "\"VIP\"", [("tags", "=1+1, two words"), ("tags", "华东")], """["=1\u002B1","two words","华东"]"""),
        new("emails", """[{"value":"Ann@example.com","label":"home"},{"value":"b@example.cn","label":"work"}]""", """[{"value":"Ann@example.com","label":"home"},{"value":"b@example.cn","label":"work"}]""", """[{"value":"nobody","label":"home"}]""",
            [("emails", ""), ("emails", "mobile"), ("emails", "c@example.com")], """[{"value":"c@example.com","label":"mobile"}]"""),
        new("phones", """[{"value":"+86 138 1234 5678","label":"mobile"}]""", """[{"value":"\u002B8613812345678","label":"mobile"}]""", """[{"value":"\u002B8613812345678","label":"boat"}]""",
            [("phones", ""), ("phones", "work"), ("phones", "+1 206 555 0100"), ("phones", "home"), ("phones", "+86 10 6277 1234")], """[{"value":"\u002B12065550100","label":"work"},{"value":"\u002B861062771234","label":"home"}]"""),
        new("billingAddress", """{"street":"=1 Road","city":"上海市","country":"中国"}""", """{"street":"=1 Road","country":"CN","region":null,"city":"上海市","district":null,"postalCode":null}""", """{"town":"X"}""",
            [("billingAddress", "8 Lane"), ("billingAddressCountry", "DE"), ("billingAddressRegion", ""), ("billingAddressCity", "Köln"), ("billingAddressDistrict", ""), ("billingAddressPostalCode", "00123")],
            """{"street":"8 Lane","country":"DE","region":null,"city":"Köln","district":null,"postalCode":"00123"}"""),
    ];

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Values_ThroughEveryDoor_AreKeptAndTakenBack(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        await using (var scope = await site.OpenScopeAsync())
            foreach (var field in new[] { Field.MultiPickList("channels", "Channels", new("web", "Web"), new("fair", "Fair"), new("phone", "Phone")), Field.Emails("emails", "E-mails"), Field.Phones("phones", "Phones") })
                Assert.Null(await scope.Definitions.SaveFieldAsync("customers", field, CancellationToken.None));
        using var boss = await site.SignInAsNewAsync("boss", "Manager");
        var (_, token, _) = await site.RunAsync("token", "create", "--user", "boss");
        using var api = new ApiClient(site.Address, token.Trim());
        var id = (string)(await api.CreateAsync("customers", new { name = "Acme" }))["id"]!;

        foreach (var one in Cases)
        {
            await ChangeAsync(one.Field, one.Given);
            await AssertAsync(one, one.Kept, "the API");
            var refused = await api.RefusedAsync(HttpStatusCode.BadRequest, "PATCH", $"/api/customers/{id}", $"{{\"{one.Field}\":{one.Bad}}}", ("If-Match", "*"));
            Assert.Equal(one.Field, (string)refused["errors"]![0]!["field"]!);

            var done = await site.OverAsync(await boss.StartAsync("customers", "change", [("bulkField", one.Field), .. one.Posted]));
            Assert.True(done.Changed == 1, $"{one.Field}: {done.Status} {done.Message}");
            await AssertAsync(one, one.Then, "a bulk change");
            await site.OverAsync(await boss.PostAsync(done.Id, "undo"));
            await AssertAsync(one, one.Kept, "its undo");
            Assert.Equal(0, (await site.OverAsync(await boss.PostAsync(done.Id, "undo"))).LeftOut);

            using var saved = await EditAsync(one.Field, one.Posted);
            var part = await TestBrowser.ParseAsync(await saved.Content.ReadAsStringAsync());
            Assert.True(saved.StatusCode == HttpStatusCode.OK, part.Body!.TextContent);
            await AssertAsync(one, one.Then, "an edit in place");
            using (var undone = await boss.SubmitAsync(part.QuerySelector<IHtmlFormElement>("[data-inline-undo]")!, []))
                Assert.Equal(HttpStatusCode.OK, undone.StatusCode);
            await AssertAsync(one, one.Kept, "its undo");

            await ChangeAsync(one.Field, "null");
            await AssertAsync(one, "null", "emptying");
            await ChangeAsync(one.Field, one.Given);
        }

        // Of several rows only the one at fault is marked, with the reason beside it.
        using (var wrong = await EditAsync("phones", [("phones", ""), ("phones", "work"), ("phones", "+1 206 555 0100"), ("phones", "home"), ("phones", "call me")]))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
            var input = Assert.Single((await TestBrowser.ParseAsync(await wrong.Content.ReadAsStringAsync())).QuerySelectorAll<IHtmlInputElement>("[aria-invalid=true]"));
            Assert.Equal("call me", input.Value);
            Assert.Contains("call me", input.ParentElement!.QuerySelector(".field-error")!.TextContent, StringComparison.Ordinal);
        }

        await using var last = await site.OpenScopeAsync();
        string[] sides = ["channels", "tags", "emails", "phones"];
        foreach (var side in sides)
            Assert.NotEqual(0, await CountAsync(last, side));
        await last.Content.DeleteAsync("customers", Guid.Parse(id), null, CancellationToken.None);
        Assert.True((await last.Content.PurgeAsync("customers", Guid.Parse(id), CancellationToken.None)).Succeeded);
        foreach (var side in sides)
            Assert.Equal(0, await CountAsync(last, side));

        async Task<HttpResponseMessage> EditAsync(string field, (string Name, string Value)[] posted)
        {
            var form = (await boss.PageAsync($"/customers/{id}/inline/{field}?list=true")).QuerySelector<IHtmlFormElement>("[data-inline-form]")!;
            var kept = form.QuerySelectorAll<IHtmlInputElement>("input[type=hidden]").Where(i => i.Name is "inlineVersion" or "__RequestVerificationToken" or "list").Select(i => (i.Name!, i.Value));
            return await boss.Client.PostAsync(form.GetAttribute("action"), new FormUrlEncodedContent(kept.Concat(posted).Select(p => KeyValuePair.Create(p.Item1, p.Item2))));
        }

        async Task ChangeAsync(string field, string value)
        {
            using var response = await api.SendAsync("PATCH", $"/api/customers/{id}", $"{{\"{field}\":{value}}}", ("If-Match", "*"));
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{field}: {await response.Content.ReadAsStringAsync()}");
        }

        async Task AssertAsync(Case one, string expected, string after)
        {
            var now = (await api.GetAsync($"/api/customers/{id}"))[one.Field];
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), now), $"{one.Field} after {after}: {now?.ToJsonString()}");
        }

        static Task<long> CountAsync(TestScope scope, string field) => scope.Session.CountAsync(new SqlText($"SELECT COUNT(*) FROM customers__{field}"), CancellationToken.None);
    }
}
