using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Records;

/// <summary>A contact who works at several customers, and what keeps records from being made twice.</summary>
public sealed class RelationTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Relation_ShowsTheOtherSideOnEither_AndGoesAndComesBackWithIt(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        using var sales = await site.SignInAsync();
        var customer = await CreateAsync(sales, "customers", new() { ["name"] = "Northfield Clinics Ltd", ["phone"] = "+1 206 555 0100" });
        var contact = await CreateAsync(sales, "contacts", new() { ["name"] = "Graham Pike" });
        var (customerId, contactId) = (customer.Split('/')[^1], contact.Split('/')[^1]);
        // The quick form on the customer's page has it filled in, and leads back there.
        var page = await sales.PageAsync(customer);
        var add = page.QuerySelector("a[data-panel][href^='/customerContacts/new']")!.GetAttribute("href")!;
        var linked = await sales.SubmitAsync(add, new() { ["contact"] = contactId, ["role"] = "Adviser", ["since"] = "2026-01-01" });
        Assert.Equal(customer, linked.Headers.Location!.OriginalString);
        Assert.Contains("Graham Pike", (await sales.PageAsync(customer)).QuerySelector(".related-link")!.TextContent, StringComparison.Ordinal);
        var link = (await sales.PageAsync(contact)).QuerySelector(".related-link")!;
        Assert.Contains("Northfield Clinics Ltd", link.TextContent, StringComparison.Ordinal);
        Assert.Contains("Adviser", link.TextContent, StringComparison.Ordinal);
        Assert.Equal(customer, link.QuerySelector("a")!.GetAttribute("href"));

        // Not twice at a time, and not ended before it began.
        var twice = await sales.SubmitAsync(add, new() { ["contact"] = contactId });
        Assert.Contains("has a role at this customer already", await twice.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var ended = await sales.SubmitAsync(add, new() { ["contact"] = contactId, ["since"] = "2024-05-01", ["until"] = "2023-01-01" });
        Assert.Equal(HttpStatusCode.BadRequest, ended.StatusCode);

        // It is named after both, also when one of them gets another name.
        await sales.SubmitAsync($"{customer}/edit", new() { ["name"] = "Northfield Hospitals" });
        var relation = link.QuerySelector("a[href$='/edit']")!.GetAttribute("href")!.Replace("/edit", "", StringComparison.Ordinal);
        Assert.Equal("Graham Pike · Northfield Hospitals", (await sales.PageAsync(relation)).QuerySelector("h1")!.TextContent);

        // Deleting says what goes with it, what is emptied and what is in the way, and how much of each; restoring brings that back.
        for (var i = 0; i < 7; i++)
            await CreateAsync(sales, "contacts", new() { ["name"] = $"Contact {i}", ["customer"] = customerId });
        var related = (await sales.PageAsync(customer)).QuerySelectorAll(".record-related .section").Single(s => s.QuerySelector("h2")!.TextContent == "Contacts");
        Assert.Equal(("7", 5), (related.QuerySelector(".section-count")!.TextContent, related.QuerySelectorAll(".related-list > li").Length));
        Assert.Equal(7, (await sales.PageAsync(related.QuerySelector(".related-more")!.GetAttribute("href")!)).QuerySelectorAll("[data-row]").Length);
        var asked = await sales.PageAsync($"{customer}/delete");
        Assert.Equal(["Contacts: “Customer” is emptied7", "Roles of contacts: deleted with their “Customer”1"], Affected(asked));
        Assert.NotNull(asked.QuerySelector(".btn-danger"));
        var product = await CreateAsync(sales, "products", new() { ["name"] = "Sold" });
        foreach (var name in new[] { "First", "Second" })
            await CreateAsync(sales, "opportunities", new() { ["name"] = name, ["product"] = product.Split('/')[^1] });
        asked = await sales.PageAsync($"{product}/delete");
        Assert.Equal(["Opportunities: keep their “Product” from being deleted2"], Affected(asked));
        Assert.Null(asked.QuerySelector(".btn-danger"));
        await sales.SubmitAsync($"{customer}/delete", []);
        Assert.Equal(HttpStatusCode.NotFound, (await sales.GetAsync(relation)).StatusCode);
        var bin = await sales.PageAsync("/customers/recycle-bin");
        await sales.SubmitAsync(bin.QuerySelectorAll("form").OfType<IHtmlFormElement>().First(f => f.Action.EndsWith("/restore", StringComparison.Ordinal)), []);
        Assert.Equal(HttpStatusCode.OK, (await sales.GetAsync(relation)).StatusCode);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Duplicates_AreHintedAtWhileTyping_AndAskedAboutBeforeSaving(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        using var sales = await site.SignInAsync();
        var acme = await CreateAsync(sales, "customers", new() { ["name"] = "Acme Tools Ltd", ["phone"] = "+1 206 555 0100", ["website"] = "https://www.acme.example.com/home" });
        await CreateAsync(sales, "customers", new() { ["name"] = "华新贸易有限公司" });
        foreach (var (query, found) in new[]
        {
            ("name=acme%20tools%20inc", true), ("name=Acme", true), ("name=Acm", false), ("name=%E5%8D%8E%E6%96%B0%E8%B4%B8%E6%98%93", true),
            ("phone=206%20555%200100", true), ("email=bob@acme.example.com", true), ("website=acme.example.com", true), ("website=other.example.com", false),
        })
            Assert.True(found == (await sales.PageAsync($"/customers/duplicates?{query}")).QuerySelectorAll("li a").Length > 0, query);
        // A name that only begins the same is a hint; the same firm in another form is asked about.
        await CreateAsync(sales, "customers", new() { ["name"] = "Acme Tools and Dies" });
        var asked = await sales.SubmitAsync("/customers/new", new() { ["name"] = "ACME Tools, Inc." });
        Assert.Equal(HttpStatusCode.BadRequest, asked.StatusCode);
        var form = (await TestBrowser.ParseAsync(await asked.Content.ReadAsStringAsync())).QuerySelectorAll("form[data-guard]").OfType<IHtmlFormElement>().Single();
        Assert.Contains(acme, form.QuerySelector(".duplicates")!.InnerHtml, StringComparison.Ordinal);
        // Beside what it is about stands the answer; the values are as on a record's page.
        Assert.NotNull(form.QuerySelector(".duplicates #isAnother"));
        Assert.Contains("www.acme.example.com/home", form.QuerySelector(".duplicates")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", form.QuerySelector(".duplicates")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await sales.SubmitAsync(form, new() { ["isAnother"] = "true" })).StatusCode);
    }

    [Fact]
    public async Task Forms_SentByAScript_AreAnsweredForOne()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite);
        using var sales = await site.SignInAsync();
        sales.Client.DefaultRequestHeaders.Add("X-Requested-With", "form");
        var saved = await sales.SubmitAsync("/customers/new", new() { ["name"] = "Acme" });
        Assert.Equal(HttpStatusCode.NoContent, saved.StatusCode);
        Assert.StartsWith("/customers/", saved.Headers.GetValues("X-Location").Single(), StringComparison.Ordinal);
        // In a picker's panel, with what the picker shows.
        sales.Client.DefaultRequestHeaders.Remove("X-Requested-With");
        sales.Client.DefaultRequestHeaders.Add("X-Requested-With", "panel-pick");
        var picked = await sales.SubmitAsync("/customers/new", new() { ["name"] = "Beta Works" });
        Assert.Contains("\"text\":\"Beta Works\"", await picked.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var refused = await sales.SubmitAsync("/customers/new", new() { ["name"] = "" });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("data-dialog-part", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Affected(IHtmlDocument page)
        => page.QuerySelectorAll(".affected li").Select(li => li.TextContent).Order(StringComparer.Ordinal);

    private static async Task<string> CreateAsync(TestBrowser browser, string type, Dictionary<string, string> values)
    {
        var response = await browser.SubmitAsync($"/{type}/new", values);
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, await response.Content.ReadAsStringAsync());
        return response.Headers.Location!.OriginalString;
    }
}
