using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Data;
using Crm.Platform.Queries;

namespace Crm.IntegrationTests.Bulk;

public sealed class SelectionSqliteTests() : SelectionTests(DatabaseProvider.Sqlite);

public sealed class SelectionPostgresTests() : SelectionTests(DatabaseProvider.Postgres);

/// <summary>What is done with many records at once through the pages of other features, and taken back.</summary>
public abstract class SelectionTests(DatabaseProvider provider) : IAsyncLifetime
{
    private TestSite _site = null!;
    private TestBrowser _boss = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await TestSite.StartAsync(provider);
        _boss = await _site.SignInAsNewAsync("boss", "Manager");
    }

    public async ValueTask DisposeAsync()
    {
        _boss.Dispose();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task Import_Undone_LeavesWhatWasThereAndWhatOthersChanged()
    {
        await _site.CreateCustomersAsync(3);
        var before = await _site.TableAsync("customers");
        var address = await UploadAsync("name,level,employees\nCustomer 000000,a,9\nCustomer 000001,c,1\nNew 1,a,5\nNew 2,a,6\nNew 3,,7\n");
        var columns = (await _boss.PageAsync($"{address}?step=columns")).QuerySelector<IHtmlFormElement>("form[action$='/columns']")!;
        using (var chosen = await _boss.SubmitAsync(columns, new() { ["key"] = "name" }))
            Assert.Equal(HttpStatusCode.Redirect, chosen.StatusCode);
        Assert.Equal(before, await _site.TableAsync("customers"));
        using (await _boss.SubmitAsync(address, [], "form[action$='/run']"))
            Assert.Equal(["3", "2", "0", "0"], (await _boss.PageAsync(address)).QuerySelectorAll(".import-counts dd").Select(d => d.TextContent));
        Guid theirs;
        await using (var scope = await _site.OpenScopeAsync())
        {
            theirs = (await scope.FindAsync("customers", "name", "New 2")).Id;
            Assert.True((await scope.SaveAsync("customers", theirs, null, ("notes", "Keep me"))).Succeeded);
        }

        using var undo = await _boss.SubmitAsync(address, [], "form[action$='/undo']");
        var done = await _site.OverAsync(undo.Batch());

        Assert.Equal((4L, 1L), (done.Changed, done.LeftOut));
        Assert.Equal(theirs, Assert.Single(await _site.LeftOutAsync(done.Id)).Id);
        var after = await _site.TableAsync("customers");
        Assert.All(before, r => Assert.Equal(r.Value, after[r.Key]));
        await using (var scope = await _site.OpenScopeAsync())
            Assert.Equal(4, (await scope.Queries.CountAsync("customers", null, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Campaign_GivenToASelection_HasEachOnceAndIsTakenBack()
    {
        var customers = await _site.CreateCustomersAsync(4);
        await using var scope = await _site.OpenScopeAsync();
        var campaign = await scope.CreateAsync("campaigns", ("name", "Spring"));
        var known = await scope.CreateAsync("campaignMembers", ("campaign", campaign.ToString("D")), ("customer", customers[0].ToString("D")));

        using (var refused = await _boss.ForceAsync("/customers/bulk", "/customers", ("bulkAction", "campaigns.addMembers"), ("all", "1"), ("bulkStep", "preview")))
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var done = await _site.OverAsync(await _boss.StartAsync("customers", "campaigns.addMembers", ("campaign", campaign.ToString("D"))));

        Assert.Equal((3L, 1L, 0L), (done.Changed, done.Same, done.LeftOut));
        Assert.Equal(4, await CountAsync("campaignMembers"));
        Assert.Equal(3, (await _site.OverAsync(await _boss.PostAsync(done.Id, "undo"))).Changed);
        Assert.Equal(known, Assert.Single((await scope.Queries.ListAsync(new Query("campaignMembers"), CancellationToken.None)).Items).Id);
    }

    [Fact]
    public async Task RecycleBin_Selection_IsRestoredOrRemovedForGood()
    {
        var ids = await _site.CreateCustomersAsync(5);
        using var admin = await _site.SignInAsync();
        await using var scope = await _site.OpenScopeAsync();
        await scope.SaveAsync("customers", ids[0], null, ("tags", "VIP; 华东"));
        var activity = await scope.CreateAsync("activities", ("subject", "Call"), ("kind", "call"), ("regarding", $"customers/{ids[0]}"));
        foreach (var id in ids)
            Assert.True((await scope.Content.DeleteAsync("customers", id, null, CancellationToken.None)).Succeeded);
        Assert.Equal(["restore", "purge"], (await admin.PageAsync("/customers/recycle-bin")).QuerySelectorAll("button[name=bulkAction]").Select(b => b.GetAttribute("value")));
        // Whoever may not delete all may not remove anything for good.
        using (var seller = await _site.SignInAsNewAsync("seller", "Sales"))
        using (var refused = await seller.ForceAsync("/customers/bulk", "/customers", ("bulkAction", "purge"), ("all", "1"), ("bulkStep", "start")))
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        var restored = await _site.OverAsync(await StartAsync(_boss, "restore", ids[3], ids[4]));
        Assert.Equal((2L, 0L), (restored.Changed, restored.LeftOut));
        Assert.Equal(2, await CountAsync("customers"));

        using (var ask = await admin.ForceAsync("/customers/bulk", "/customers", ("bulkAction", "purge"), ("all", "1"), ("bulkStep", "preview")))
            Assert.Contains("This cannot be taken back", await ask.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var purged = await _site.OverAsync(await StartAsync(admin, "purge", ids[..4]));
        // What has been restored meanwhile is none of those chosen any more.
        Assert.Equal((3L, 0L), (purged.Changed, purged.LeftOut));
        Assert.Null((await admin.PageAsync($"/bulk/{purged.Id}")).QuerySelector("form[action$='/undo']"));
        Assert.Equal(purged.Id, await admin.PostAsync(purged.Id, "undo"));
        Assert.DoesNotContain("/undo", (await admin.PageAsync($"/bulk/{purged.Id}")).QuerySelector("main")!.InnerHtml, StringComparison.Ordinal);
        Assert.Equal(purged.Id, await admin.PostAsync(purged.Id, "undo"));

        Assert.Equal(2, (await _site.TableAsync("customers")).Count);
        Assert.Equal(0, await scope.Session.CountAsync(new SqlText("SELECT COUNT(*) FROM customers__tags"), CancellationToken.None));
        Assert.Null((await scope.Queries.GetAsync("activities", activity, CancellationToken.None))!["regarding"]);
        Assert.Equal(Platform.Changes.ChangeKind.Purged, (await scope.Log.ReadHistoryAsync("customers", ids[0], 5, CancellationToken.None))[0].Kind);
    }

    /// <summary>What rules made of a change goes with it: an undo brings back what was, and does not conclude anew.</summary>
    [Fact]
    public async Task Undo_OfWhatRulesFollow_BringsBackExactlyWhatWas()
    {
        Guid customer;
        await using (var scope = await _site.OpenScopeAsync())
        {
            await scope.CreateAsync("teams", ("name", "North"));
            Assert.True((await scope.SaveAsync("users", await _site.IdOfUserAsync(TestSite.AdminName), null, ("teams", "North"))).Succeeded);
            customer = await scope.CreateAsync("customers", ("name", "Acme"), ("owner", TestSite.AdminName), ("team", ""));
            await scope.SaveAsync("customers", customer, null, ("team", ""));
            var ticket = await scope.CreateAsync("tickets", ("subject", "Broken"), ("customer", customer.ToString("D")));
            Assert.True((await scope.SaveAsync("tickets", ticket, null, ("resolution", "Mended"))).Succeeded);
            Assert.True((await scope.SaveAsync("tickets", ticket, null, ("status", "solved"))).Succeeded);
            await scope.CreateAsync("opportunities", ("name", "Sale"), ("customer", customer.ToString("D")), ("stage", "engaging"), ("probability", "33"), ("closeDate", "2030-01-31"));
            await scope.CreateAsync("activities", ("subject", "Call"), ("kind", "call"), ("dueAt", "2026-01-02T03:04:05Z"));
        }
        foreach (var (type, field, value) in new[] { ("customers", "owner", (await _site.IdOfUserAsync("boss")).ToString("D")), ("tickets", "status", "open"), ("opportunities", "stage", "prospecting"), ("activities", "status", "done") })
        {
            var before = await _site.TableAsync(type);
            var done = await _site.OverAsync(await _boss.StartAsync(type, "change", ("bulkField", field), (field, value)));
            Assert.True((done.Changed, done.LeftOut) == (1L, 0L), $"{type}: {string.Join("; ", (await _site.LeftOutAsync(done.Id)).Select(l => l.Reason))}");
            Assert.NotEqual(before, await _site.TableAsync(type));
            var undone = await _site.OverAsync(await _boss.PostAsync(done.Id, "undo"));
            Assert.True((undone.Changed, undone.LeftOut) == (1L, 0L), $"{type}: {string.Join("; ", (await _site.LeftOutAsync(undone.Id)).Select(l => l.Reason))}");
            Assert.Equal(before, await _site.TableAsync(type));
        }
    }

    /// <summary>Rules fill in what is empty when a contact comes in; not when it comes back.</summary>
    [Fact]
    public async Task Undo_OfAContactThatWasDeletedOrExchanged_LeavesItsMembershipExactlyAsItWas()
    {
        await using var scope = await _site.OpenScopeAsync();
        var customer = await scope.CreateAsync("customers", ("name", "Acme"), ("email", "info@acme.example.com"));
        var (ann, bob) = (await ContactAsync("Ann"), await ContactAsync("Bob"));
        var campaign = await scope.CreateAsync("campaigns", ("name", "Spring"));
        var member = await scope.CreateAsync("campaignMembers", ("campaign", campaign.ToString("D")), ("contact", ann));
        // With the customer's name it stands for the customer once the contact is gone; its address was taken out by hand.
        Assert.True((await scope.SaveAsync("campaignMembers", member, null, ("name", "Acme"), ("email", ""))).Succeeded);
        var before = await _site.TableAsync("campaign_members");

        var deleted = await _site.OverAsync(await StartAsync(_boss, "delete", [Guid.Parse(ann)], "contacts"));
        Assert.Equal(1L, deleted.Changed);
        Assert.NotEqual(before, await _site.TableAsync("campaign_members"));
        Assert.Equal(1L, (await _site.OverAsync(await _boss.PostAsync(deleted.Id, "undo"))).Changed);
        Assert.Equal(before, await _site.TableAsync("campaign_members"));
        var bulk = await _site.OverAsync(await _boss.StartAsync("campaignMembers", "change", ("bulkField", "contact"), ("contact", bob)));
        Assert.Equal(1L, bulk.Changed);
        Assert.Equal(1L, (await _site.OverAsync(await _boss.PostAsync(bulk.Id, "undo"))).Changed);
        Assert.Equal(before, await _site.TableAsync("campaign_members"));

        var changed = await scope.SaveAsync("campaignMembers", member, null, ("contact", bob));
        Assert.True(changed.Succeeded);
        using (var undone = await _boss.ForceAsync($"/campaignMembers/{member}/undo/{changed.Version}", $"/campaignMembers/{member}"))
            Assert.Equal(HttpStatusCode.Redirect, undone.StatusCode);
        Assert.Equal(before, await _site.TableAsync("campaign_members"));

        async Task<string> ContactAsync(string name)
            => (await scope.CreateAsync("contacts", ("name", name), ("customer", customer.ToString("D")), ("email", $"{name}@example.com"))).ToString("D");
    }

    [Fact]
    public async Task LinksToMany_AddedToAndTakenOutOfASelection_TheOthersStayAndUndoBringsBackWhatWas()
    {
        await using var scope = await _site.OpenScopeAsync();
        var tickets = new List<string>();
        for (var i = 0; i < 4; i++)
            tickets.Add((await scope.CreateAsync("tickets", ("subject", $"T{i}"))).ToString("D"));
        Assert.True((await scope.SaveAsync("tickets", Guid.Parse(tickets[1]), null, ("related", $"{tickets[2]}; {tickets[3]}"))).Succeeded);
        Assert.True((await scope.SaveAsync("tickets", Guid.Parse(tickets[2]), null, ("related", tickets[0]))).Succeeded);
        var before = await _site.TableAsync("tickets");

        var added = await _site.OverAsync(await _boss.StartAsync("tickets", "addValues", ("bulkField", "related"), ("related", tickets[0])));
        // One has it already, and none relates to itself.
        Assert.Equal((2L, 1L, 1L), (added.Changed, added.Same, added.LeftOut));
        Assert.Equal(Guid.Parse(tickets[0]), Assert.Single(await _site.LeftOutAsync(added.Id)).Id);
        Assert.Equal([tickets[2], tickets[3], tickets[0]], await RelatedAsync(1));
        Assert.Equal([tickets[0]], await RelatedAsync(3));
        Assert.Equal(2L, (await _site.OverAsync(await _boss.PostAsync(added.Id, "undo"))).Changed);
        Assert.Equal(before, await _site.TableAsync("tickets"));

        var removed = await _site.OverAsync(await _boss.StartAsync("tickets", "removeValues", ("bulkField", "related"), ("related", tickets[2])));
        Assert.Equal((1L, 3L, 0L), (removed.Changed, removed.Same, removed.LeftOut));
        Assert.Equal([tickets[3]], await RelatedAsync(1));
        Assert.Equal([tickets[0]], await RelatedAsync(2));

        async Task<IEnumerable<string>> RelatedAsync(int ticket)
            => Platform.Fields.LinkedRecords.IdsOf((await scope.Queries.GetAsync("tickets", Guid.Parse(tickets[ticket]), CancellationToken.None))!["related"]).Select(id => id.ToString("D"));
    }

    private async Task<int> CountAsync(string type)
    {
        await using var scope = await _site.OpenScopeAsync();
        return (int)(await scope.Queries.CountAsync(type, null, CancellationToken.None)).Count;
    }

    private static Task<Guid> StartAsync(TestBrowser browser, string action, params IEnumerable<Guid> ids) => StartAsync(browser, action, ids, "customers");

    private static async Task<Guid> StartAsync(TestBrowser browser, string action, IEnumerable<Guid> ids, string type)
    {
        using var started = await browser.ForceAsync($"/{type}/bulk", $"/{type}", [("bulkAction", action), ("bulkStep", "start"), .. ids.Select(id => ("ids", id.ToString("D")))]);
        Assert.Equal(HttpStatusCode.Redirect, started.StatusCode);
        return started.Batch();
    }

    private async Task<string> UploadAsync(string csv)
    {
        var token = (await _boss.PageAsync("/customers/import")).QuerySelector<IHtmlInputElement>("input[name=__RequestVerificationToken]")!.Value;
        using var content = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(csv)), "file", "customers.csv" } };
        using var response = await _boss.Client.PostAsync("/customers/import", content);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return response.Headers.Location!.ToString();
    }
}
