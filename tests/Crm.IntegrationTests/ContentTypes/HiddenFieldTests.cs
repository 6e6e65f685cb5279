using System.Net;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.ContentTypes;

/// <summary>Whatever an administrator may hide, every page goes on.</summary>
public sealed class HiddenFieldTests
{
    [Trait("Category", "Nightly")]
    [Fact]
    public async Task Fields_AllThatMayBeHiddenOfAType_BreakNoPage()
    {
        await using var site = await TestSite.StartAsync(DatabaseProvider.Sqlite, recipe: "Demo");
        using var admin = await site.SignInAsync();
        await using var scope = await site.OpenScopeAsync();
        var broken = new List<string>();
        var reports = (await admin.PageAsync("/reports")).QuerySelectorAll("main a[href^='/reports/']").Select(a => a.GetAttribute("href")!).Distinct().ToList();
        foreach (var type in scope.Definitions.Current.Types.ToList())
        {
            var one = (await scope.Queries.ListAsync(new(type.Name) { Take = 1, Columns = [] }, CancellationToken.None)).Items is [var first, ..] ? first : null;
            var pages = new List<string> { "/" };
            if (!type.IsPart)
                pages.AddRange([type.Path, $"{type.Path}/new", $"{type.Path}/export", .. type.Board is null ? [] : new[] { $"{type.Path}?view=board" }, .. one is null ? [] : new[] { $"{type.Path}/{one.Id}", $"{type.Path}/{one.Id}/edit" }]);
            if (type.Name is "opportunities" or "deals" or "tickets" or "campaigns" or "customers" or "products")
                pages.AddRange(reports);
            if (type.Name is "opportunities" or "deals" or "targets")
                pages.AddRange(["/opportunities/funnel", "/targets/attainment"]);
            if (type.Name is "customers" or "contacts")
                pages.AddRange(["/search?q=a", await FirstAsync(scope, "customers"), await FirstAsync(scope, "contacts"), await FirstAsync(scope, "tickets"), await FirstAsync(scope, "opportunities"), await FirstAsync(scope, "activities")]);
            var hideable = (await admin.PageAsync($"/admin/content-types/{type.Name}")).QuerySelectorAll("[formaction$='/hide']").Select(b => type.Field(b.GetAttribute("formaction")!.Split('/')[^2])).ToList();
            foreach (var field in hideable)
                Assert.Null(await scope.Definitions.SaveFieldAsync(type.Name, field with { Hidden = true }, CancellationToken.None));
            foreach (var page in pages)
            {
                using var answer = await admin.GetAsync(page);
                if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Redirect))
                    broken.Add($"{page} answers {(int)answer.StatusCode} without {string.Join(", ", hideable.Select(f => f.Name))} of {type.Name}");
            }
            foreach (var field in hideable)
                Assert.Null(await scope.Definitions.SaveFieldAsync(type.Name, field, CancellationToken.None));
        }
        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    private static async Task<string> FirstAsync(TestScope scope, string type)
        => $"/{type}/{(await scope.Queries.ListAsync(new(type) { Take = 1, Columns = [] }, CancellationToken.None)).Items[0].Id}";
}
