using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using Crm.IntegrationTests.Api;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Files;

namespace Crm.IntegrationTests.Files;

/// <summary>A type made in the browser whose fields are files: what they take, where they are shown, and who gets their bytes.</summary>
public sealed class FileKindTests
{
    private const string Type = "papers";

    private static readonly byte[] Pdf = "%PDF-1.7 signed"u8.ToArray();
    private static readonly byte[] Gif = "GIF89a"u8.ToArray();

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task FileField_WithItsLimits_IsTheSameAtEveryDoor_UnderTheRightsOfItsRecord(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        await using var scope = await site.OpenScopeAsync();
        Assert.Null(await scope.Definitions.SaveTypeAsync(new ContentTypeDefinition { Name = Type, Label = "Paper", PluralLabel = "Papers", DisplayField = "name", ListColumns = ["name", "contract", "photo"] }, CancellationToken.None));
        foreach (var field in new[] { Field.Text("name", "Name") with { Required = true }, Field.File("contract", "Contract") with { Max = 1, FileTypes = ["pdf"] }, Field.Image("photo", "Photo"), Field.File("film", "Film") with { Max = FileStore.MaxMegabytes } })
            Assert.Null(await scope.Definitions.SaveFieldAsync(Type, field, CancellationToken.None));
        using var admin = await site.SignInAsync();

        // What the field does not take is told beside it; two large files come with one form.
        foreach (var (name, bytes, reason) in new[] { ("large.pdf", new byte[2 << 20], "large.pdf is larger than 1 MB"), ("notes.txt", Pdf, "Contract must be a file of type pdf") })
        {
            using var refused = await admin.SubmitFilesAsync($"/{Type}/new", "main form.form", new() { ["name"] = "One" }, ("contract.upload", name, bytes));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Equal(reason, (await TestBrowser.ParseAsync(await refused.Content.ReadAsStringAsync())).QuerySelector("#field-contract-error")!.TextContent.Trim());
        }
        using (var created = await admin.SubmitFilesAsync($"/{Type}/new", "main form.form", new() { ["name"] = "One" }, ("contract.upload", "signed.pdf", Pdf), ("photo.upload", "team.gif", [.. Gif, .. new byte[20 << 20]]), ("film.upload", "talk.mp4", new byte[40 << 20])))
            Assert.True(created.StatusCode == HttpStatusCode.Redirect, await created.Content.ReadAsStringAsync());
        var paper = await scope.FindAsync(Type, "name", "One");
        var first = paper.Get<StoredFile>("contract")!;
        using (var film = await admin.GetAsync($"/{Type}/{paper.Id}/files/film"))
            Assert.Equal(40 << 20, (await film.Content.ReadAsByteArrayAsync()).Length);
        using (var replaced = await admin.SubmitFilesAsync($"/{Type}/{paper.Id}/edit", "main form.form", [], ("contract.upload", "amended.pdf", Pdf), ("photo.upload", "team.gif", Gif)))
            Assert.Equal(HttpStatusCode.Redirect, replaced.StatusCode);

        // List, filter, sort, history, export.
        var other = await scope.CreateAsync(Type, ("name", "Other"));
        using (var filled = await admin.SubmitFilesAsync($"/{Type}/{other}/edit", "main form.form", [], ("contract.upload", "Zebra.PDF", Pdf)))
            Assert.Equal(HttpStatusCode.Redirect, filled.StatusCode);
        Assert.Equal(["amended.pdf", "Zebra.PDF"], await CellsAsync("?sort=contract"));
        Assert.Equal(["Zebra.PDF", "amended.pdf"], await CellsAsync("?sort=-contract"));
        Assert.Equal(["Zebra.PDF"], await CellsAsync("?filter=contains(contract,'zebra')"));
        Assert.Equal(["amended.pdf"], await CellsAsync("?filter=photo eq 'TEAM.gif'"));
        var change = (await admin.PageAsync($"/{Type}/{paper.Id}")).QuerySelectorAll(".history dl.changes dt").First(t => t.TextContent.Trim() == "Contract").ParentElement!.TextContent;
        Assert.Contains("signed.pdf", change, StringComparison.Ordinal);
        Assert.Contains("amended.pdf", change, StringComparison.Ordinal);
        var export = Path.Combine(site.DataDirectory, "papers.csv");
        Assert.Equal(0, (await site.RunAsync("export", Type, export)).Code);
        Assert.Contains("One,amended.pdf,team.gif,talk.mp4", await File.ReadAllTextAsync(export), StringComparison.Ordinal);

        // Whoever does not see the record has none of its files, and who only reads it changes none.
        await scope.CreateAsync("roles", ("name", "Clerk"), ("permissions", $$"""{"{{Type}}.view":"own","{{Type}}.edit":"own","api.use":"all"}"""));
        await scope.CreateAsync("roles", ("name", "Auditor"), ("permissions", $$"""{"{{Type}}.view":"all","api.use":"all"}"""));
        using var clerk = await site.SignInAsNewAsync("clerk", "Clerk");
        using var auditor = await site.SignInAsNewAsync("auditor", "Auditor");
        foreach (var (reader, status) in new[] { (clerk, HttpStatusCode.NotFound), (auditor, HttpStatusCode.OK) })
            foreach (var url in new[] { $"/{Type}/{paper.Id}/files/contract", $"/{Type}/{paper.Id}/files/contract?v={first.Id}" })
                using (var read = await reader.GetAsync(url))
                    Assert.Equal(status, read.StatusCode);
        var token = (await auditor.PageAsync($"/{Type}")).QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        foreach (var url in new[] { $"/{Type}/{paper.Id}/edit", $"/{Type}/new" })
        {
            using var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new StringContent("Mine"), "name" }, { new ByteArrayContent(Pdf), "contract.upload", "mine.pdf" } };
            using var refused = await auditor.Client.PostAsync(url, form);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using var api = await ApiOfAsync(TestSite.AdminName);
        await CheckApiAsync(api, $"/api/{Type}/{paper.Id}");
        var changed = await scope.FindAsync(Type, "name", "One");
        Assert.Equal(("third.pdf", null), (changed.Get<StoredFile>("contract")!.Name, changed["photo"]));
        Assert.Equal("api", (await scope.Log.ReadHistoryAsync(Type, paper.Id, 1, CancellationToken.None))[0].Source);
        using var clerks = await ApiOfAsync("clerk");
        using var auditors = await ApiOfAsync("auditor");
        foreach (var method in new[] { "GET", "PUT", "DELETE" })
            await clerks.RefusedAsync(HttpStatusCode.NotFound, method, $"/api/{Type}/{paper.Id}/contract/$value", method == "PUT" ? Pdf : null, ("If-Match", "*"));
        foreach (var method in new[] { "PUT", "DELETE" })
            await auditors.RefusedAsync(HttpStatusCode.Forbidden, method, $"/api/{Type}/{paper.Id}/contract/$value", method == "PUT" ? Pdf : null, ("If-Match", "*"));
        Assert.Equal(Pdf, await auditors.Http.GetByteArrayAsync($"/api/{Type}/{paper.Id}/contract/$value"));

        async Task<List<string>> CellsAsync(string query)
            => [.. (await admin.PageAsync($"/{Type}{query}")).QuerySelectorAll("td[data-col=contract]").Select(c => c.TextContent.Trim())];

        async Task<ApiClient> ApiOfAsync(string user)
            => new(site.Address, (await site.RunAsync("token", "create", "--user", user)).Output.Trim());
    }

    /// <summary>Reads, replaces and removes as the record's JSON says, and is refused what the fields do not take.</summary>
    private static async Task CheckApiAsync(ApiClient api, string address)
    {
        var record = await api.GetAsync(address);
        Assert.Equal(("application/pdf", "amended.pdf", Pdf.Length), ((string)record["contract@odata.mediaContentType"]!, (string)record["contract@Crm.FileName"]!, (int)record["contract@Crm.FileSize"]!));
        var link = (string)record["contract@odata.mediaReadLink"]!;
        Assert.EndsWith($"{address}/contract/$value", link, StringComparison.Ordinal);
        var tag = (string)record["@odata.etag"]!;
        using (var read = await api.Http.GetAsync(link))
        {
            Assert.Equal(Pdf, await read.Content.ReadAsByteArrayAsync());
            Assert.Equal((tag, "amended.pdf"), (read.Headers.ETag!.Tag, read.Content.Headers.ContentDisposition!.FileNameStar));
        }
        using (var same = await api.SendAsync("GET", link, null, ("If-None-Match", tag)))
            Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);

        await api.RefusedAsync(HttpStatusCode.PreconditionRequired, "PUT", link, Pdf);
        Assert.Equal(tag, (string)(await api.RefusedAsync(HttpStatusCode.PreconditionFailed, "PUT", link, Pdf, ("If-Match", "\"1\"")))["currentTag"]!);
        foreach (var (status, bytes, name) in new[]
        {
            (HttpStatusCode.RequestEntityTooLarge, new byte[(1 << 20) + 1], "large.pdf"),
            (HttpStatusCode.UnprocessableEntity, Pdf, "notes.txt"),
            (HttpStatusCode.UnprocessableEntity, Pdf, "setup.exe"),
            (HttpStatusCode.UnprocessableEntity, [], "empty.pdf"),
        })
            Assert.Equal("contract", (string)(await api.RefusedAsync(status, "PUT", link, bytes, ("If-Match", tag), ("Content-Disposition", $"attachment; filename={name}")))["errors"]![0]!["field"]!);
        await api.RefusedAsync(HttpStatusCode.UnprocessableEntity, "PUT", $"{address}/photo/$value", Pdf, ("If-Match", tag));
        Assert.Contains("PUT", (string)(await api.RefusedAsync(HttpStatusCode.BadRequest, "PATCH", address, new JsonObject { ["contract"] = "x" }.ToJsonString(), ("If-Match", tag)))["detail"]!, StringComparison.Ordinal);
        await api.RefusedAsync(HttpStatusCode.NotFound, "GET", $"{address}/name/$value");

        // Whatever type the sender gives them, they are bytes.
        using (var put = await api.SendAsync("PUT", link, Pdf, ("If-Match", tag), ("Content-Disposition", "attachment; filename*=UTF-8''third.pdf"), ("Content-Type", "application/x-www-form-urlencoded")))
        {
            Assert.True(put.StatusCode == HttpStatusCode.NoContent, await put.Content.ReadAsStringAsync());
            tag = put.Headers.ETag!.Tag;
        }
        Assert.Equal("third.pdf", (string)(await api.GetAsync(address))["contract@Crm.FileName"]!);
        using (var removed = await api.SendAsync("DELETE", $"{address}/photo/$value", null, ("If-Match", tag)))
            Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using (var none = await api.Http.GetAsync($"{address}/photo/$value"))
            Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
        var after = await api.GetAsync(address);
        Assert.True(after.ContainsKey("photo@odata.mediaContentType") && after["photo@odata.mediaContentType"] is null && !after.ContainsKey("photo@odata.mediaReadLink"));
    }
}
