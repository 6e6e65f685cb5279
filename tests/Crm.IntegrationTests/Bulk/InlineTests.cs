using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.Bulk;

/// <summary>One field, edited where it stands.</summary>
public sealed class InlineTests
{
    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Save_OfOneField_AnswersTheValueTheErrorOrTheConflictAndIsUndone(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        var id = (await site.CreateCustomersAsync(1))[0];
        using var seller = await site.SignInAsNewAsync("seller", "Sales");
        Assert.Equal(HttpStatusCode.Forbidden, (await seller.GetAsync($"/customers/{id}/inline/level")).StatusCode);
        using var boss = await site.SignInAsNewAsync("boss", "Manager");
        Assert.Equal(HttpStatusCode.NotFound, (await boss.GetAsync($"/customers/{id}/inline/number")).StatusCode);
        var (level, employees) = (await EditorAsync(boss, id, "level"), await EditorAsync(boss, id, "employees"));

        using (var refused = await boss.SubmitAsync(employees, new() { ["employees"] = "many" }))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("employees", (await PartAsync(refused)).QuerySelector(".field-error")!.TextContent, StringComparison.OrdinalIgnoreCase);
        }
        IHtmlFormElement undo;
        using (var saved = await boss.SubmitAsync(level, new() { ["level"] = "a" }))
        {
            Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
            var part = await PartAsync(saved);
            Assert.Equal("A", part.QuerySelector("[data-inline-value]")!.TextContent.Trim());
            undo = part.QuerySelector<IHtmlFormElement>("[data-inline-undo]")!;
        }
        // Somebody has changed the record meanwhile, but elsewhere: no conflict.
        using (var saved = await boss.SubmitAsync(employees, new() { ["employees"] = "7" }))
            Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        IHtmlFormElement overwrite;
        using (var conflict = await boss.SubmitAsync(level, new() { ["level"] = "c" }))
        {
            Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
            var part = await PartAsync(conflict);
            Assert.Contains("You changed this in another window", part.QuerySelector(".inline-conflict")!.TextContent, StringComparison.Ordinal);
            Assert.Equal("c", part.QuerySelector<IHtmlSelectElement>("select[name=level]")!.Value);
            overwrite = part.QuerySelector<IHtmlFormElement>("form")!;
        }
        using (var undone = await boss.SubmitAsync(undo, []))
            Assert.Equal("B", (await PartAsync(undone)).QuerySelector("[data-inline-value]")!.TextContent.Trim());
        using (var again = await boss.SubmitAsync(await EditorAsync(boss, id, "level"), new() { ["level"] = "d" }))
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using (var late = await boss.SubmitAsync(undo, []))
            Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        using (var mate = await site.SignInAsNewAsync("mate", "Manager"))
        using (var saved = await mate.SubmitAsync(await EditorAsync(mate, id, "level"), new() { ["level"] = "b" }))
            Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        using (var stale = await boss.SubmitAsync(overwrite, new() { ["level"] = "c" }))
        {
            Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
            Assert.Contains("mate", (await PartAsync(stale)).QuerySelector(".inline-conflict")!.TextContent, StringComparison.Ordinal);
        }

        await using var scope = await site.OpenScopeAsync();
        var item = (await scope.Queries.GetAsync("customers", id, CancellationToken.None))!;
        Assert.Equal(("b", 7m), (item.Get<string>("level"), item.Get<decimal>("employees")));
        Assert.Equal($"/customers/{id}/inline/level", (await boss.PageAsync("/customers")).QuerySelector("td[data-label=Level]")!.GetAttribute("data-inline"));
        Assert.Equal("", (await seller.PageAsync("/customers")).QuerySelector("td[data-label=Level]")!.GetAttribute("data-inline"));
    }

    private static async Task<IHtmlFormElement> EditorAsync(TestBrowser browser, Guid id, string field)
        => (await browser.PageAsync($"/customers/{id}/inline/{field}?list=true")).QuerySelector<IHtmlFormElement>("[data-inline-form]")!;

    private static async Task<IDocument> PartAsync(HttpResponseMessage response) => await TestBrowser.ParseAsync(await response.Content.ReadAsStringAsync());
}
