using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Crm.IntegrationTests.Api;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Lists;

/// <summary>Whatever a list, a file or the API is asked for: what lies outside the reader's scope shows nowhere, and counts nowhere.</summary>
public sealed class ListScopeTests
{
    /// <summary>In every text of a record that the reader may not see; the amount stands for its numbers.</summary>
    private const string Mark = "Zq7hidden";
    private const decimal Amount = 7_654_321;

    private static readonly string[] Pages =
    [
        "/customers", "/customers?group=industry", "/customers?group=owner", "/customers?sort=-name", $"/customers?q={Mark}", "/customers?columns=parent.name,parent.employees&sort=parent.name",
        "/customers?filter=contacts/any(c: c/name ne null)", $"/customers?filter=startswith(parent/name,'{Mark}')",
        "/contacts?columns=customer.name,customer.website,customer.employees,customer.annualRevenue", "/contacts?group=customer", "/contacts?group=customer.industry", "/contacts?sort=customer.name",
        $"/contacts?filter=contains(customer/name,'{Mark}')", "/contacts?filter=customer/employees gt 0", "/opportunities", "/opportunities?view=board", "/opportunities?group=stage", "/opportunities?group=customer&columns=customer.annualRevenue,amount",
        "/customers/export", "/contacts/export?columns=shown", "/contacts/export?filter=customer/name ne null", "/opportunities/export?filter=customer/employees gt 0", "/customers/recycle-bin", "/", "/reports",
    ];

    private static readonly string[] Requests =
    [
        "customers?$count=true", "customers?$expand=contacts,opportunities,parentRecord,ownerRecord", "customers?$orderby=parent/name", $"customers?$search={Mark}", "contacts?$expand=customer($expand=contacts)",
        "contacts?$expand=customer($select=name,annualRevenue)&$orderby=customer/name", $"contacts?$filter=startswith(customer/name,'{Mark}')", "contacts?$filter=customer/employees gt 0",
        "opportunities?$expand=customer,contact($expand=customer)", "customers?$filter=contacts/any(c: startswith(c/name,'Zq7'))", "opportunities?$filter=customer/annualRevenue gt 1000&$count=true",
    ];

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Reader_WithAScope_MeetsNothingBeyondIt(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        Guid north;
        await using (var scope = await site.OpenScopeAsync())
            north = await scope.CreateAsync("teams", ("name", "North"));
        foreach (var user in new[] { "lina", "mate", "stranger" })
        {
            var (code, _, error) = await site.RunAsync("user", "create", "--user-name", user, "--role", "Manager", "--password", TestSite.AdminPassword, "--no-change");
            Assert.True(code == 0, error);
        }
        await using (var scope = await site.OpenScopeAsync())
            Assert.True((await scope.SaveAsync("users", await site.IdOfUserAsync("lina"), null, ("teams", "North"))).Succeeded);
        using var lina = await site.SignInAsync("lina");
        var (_, token, _) = await site.RunAsync("token", "create", "--user", "lina");
        using var api = new ApiClient(site.Address, token.Trim());

        foreach (var (reach, seen) in new[] { ("own", new[] { "lina" }), ("team", ["lina", "mate"]) })
        {
            var (customers, contacts, opportunities) = await FillAsync(site, north, seen);
            await using (var scope = await site.OpenScopeAsync())
            {
                var rights = new JsonObject();
                foreach (var type in new[] { "customers", "contacts", "opportunities" })
                    rights[$"{type}.view"] = reach;
                Assert.True((await scope.SaveAsync("roles", (await scope.FindAsync("roles", "name", "Manager")).Id, null, ("permissions", rights.ToJsonString()))).Succeeded);
            }

            foreach (var url in Pages)
            {
                using var response = await lina.GetAsync(url);
                AssertClean(response, await response.Content.ReadAsStringAsync(), url);
            }
            foreach (var url in Requests)
            {
                using var response = await api.Http.GetAsync($"/api/{url}");
                AssertClean(response, await response.Content.ReadAsStringAsync(), url);
            }
            foreach (var (type, count) in new[] { ("customers", customers), ("contacts", contacts), ("opportunities", opportunities) })
            {
                Assert.Equal(count, (int)(await api.GetAsync($"/api/{type}?$count=true&$top=1"))["@odata.count"]!);
                Assert.Equal(count.ToString(CultureInfo.InvariantCulture), await api.Http.GetStringAsync($"/api/{type}/$count"));
            }
            Assert.Equal(contacts, (await lina.PageAsync("/contacts?group=customer.industry")).QuerySelectorAll(".group-count").Sum(c => int.Parse(c.TextContent, CultureInfo.InvariantCulture)));
            Assert.Empty(await api.IdsAsync($"/api/contacts?$filter=startswith(customer/name,'{Mark}')"));
            Assert.Empty(await api.IdsAsync("/api/customers?$filter=contacts/any(c: startswith(c/name,'Zq7'))"));
            await using (var scope = await site.OpenScopeAsync())
                foreach (var type in new[] { "opportunities", "contacts", "customers" })
                    foreach (var item in (await scope.Queries.ListAsync(new Platform.Queries.Query(type) { Take = 1000 }, CancellationToken.None)).Items)
                    {
                        Assert.True((await scope.Content.DeleteAsync(type, item.Id, null, CancellationToken.None)).Succeeded);
                        Assert.True((await scope.Content.PurgeAsync(type, item.Id, CancellationToken.None)).Succeeded);
                    }
        }

        static void AssertClean(HttpResponseMessage response, string text, string url)
        {
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{url} answered {(int)response.StatusCode}: {text}");
            // What was asked for stands in the page: its marks are the whole words.
            var at = text.IndexOf($"{Mark} of", StringComparison.OrdinalIgnoreCase);
            foreach (var amount in new[] { Amount.ToString("0", CultureInfo.InvariantCulture), Amount.ToString("N0", CultureInfo.InvariantCulture) })
                at = Math.Max(at, text.IndexOf(amount, StringComparison.Ordinal));
            Assert.True(at < 0, $"{url}: {(at < 0 ? "" : text.Substring(Math.Max(0, at - 200), Math.Min(300, text.Length - Math.Max(0, at - 200))))}");
        }
    }

    /// <summary>Everybody's customers with everybody's contacts and opportunities, all across.</summary>
    private static async Task<(int Customers, int Contacts, int Opportunities)> FillAsync(TestSite site, Guid team, string[] seen)
    {
        await using var scope = await site.OpenScopeAsync();
        var (customers, contacts, opportunities) = (0, 0, 0);
        var ids = new List<Guid>();
        foreach (var owner in new[] { "lina", "mate", "stranger" })
            for (var i = 0; i < 2; i++)
            {
                var sees = seen.Contains(owner);
                ids.Add(await scope.CreateAsync("customers", ("name", Name(owner, i)), ("owner", owner), ("team", TeamOf(owner)), ("industry", sees ? "retail" : "finance"), ("employees", sees ? "5" : $"{Amount:0}"),
                    ("annualRevenue", sees ? "10" : $"{Amount:0}"), ("website", sees ? "example.com" : $"{Mark}.example.com"), ("parent", ids.Count == 0 ? null : ids[^1].ToString("D"))));
                customers += sees ? 1 : 0;
            }
        foreach (var owner in new[] { "lina", "mate", "stranger" })
            foreach (var id in ids)
            {
                var sees = seen.Contains(owner);
                await scope.CreateAsync("contacts", ("name", Name(owner, 0)), ("owner", owner), ("team", TeamOf(owner)), ("customer", id.ToString("D")));
                await scope.CreateAsync("opportunities", ("name", Name(owner, 1)), ("owner", owner), ("team", TeamOf(owner)), ("customer", id.ToString("D")), ("amount", sees ? "3" : $"{Amount:0}"));
                (contacts, opportunities) = sees ? (contacts + 1, opportunities + 1) : (contacts, opportunities);
            }
        return (customers, contacts, opportunities);

        string Name(string owner, int i) => $"{(seen.Contains(owner) ? "Plain" : Mark)} of {owner} {i}";

        string? TeamOf(string owner) => owner == "stranger" ? null : team.ToString("D");
    }
}
