using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Support;
using Crm.Platform.Data;
using Crm.Platform.Jobs;
using Crm.Platform.Queries;
using Microsoft.Extensions.DependencyInjection;
using MiniExcelLibs;

namespace Crm.IntegrationTests.Transfer;

public sealed class ImportPageSqliteTests() : ImportPageTests(DatabaseProvider.Sqlite);

public sealed class ImportPagePostgresTests() : ImportPageTests(DatabaseProvider.Postgres);

/// <summary>Import and export through the pages, workbooks among them.</summary>
public abstract class ImportPageTests(DatabaseProvider provider) : IAsyncLifetime
{
    private TestSite _site = null!;
    private TestBrowser _manager = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await TestSite.StartAsync(provider);
        _manager = await _site.SignInAsNewAsync("boss", "Manager");
    }

    public async ValueTask DisposeAsync()
    {
        _manager.Dispose();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task Workbook_TriedImportedAndExported_KeepsNumbersAndText()
    {
        using var workbook = new MemoryStream();
        workbook.SaveAs(new[] { new { Name = "Excel Works", Employees = 1200, Phone = "+1 206 555 0199", Notes = "=1+1" }, new { Name = "第二家", Employees = 3, Phone = "", Notes = "" } }
            .Concat(Enumerable.Range(0, 8).Select(i => new { Name = $"Row {i}", Employees = i, Phone = "", Notes = "" })));
        var address = await UploadAsync("firms.xlsx", workbook.ToArray());
        var page = await _manager.PageAsync(address);
        Assert.Equal(["name", "employees", "phone", "notes"], page.QuerySelectorAll<IHtmlSelectElement>("select[name=field]").Select(s => s.Value));

        var trial = await SubmitColumnsAsync(address);
        Assert.Contains("Nothing is written yet", trial.Body!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Excel Works", (await _manager.PageAsync("/customers")).Body!.TextContent, StringComparison.Ordinal);
        await _manager.SubmitAsync(address, [], "form[action$='/run']");
        Assert.Equal(["10", "0", "0", "0"], (await _manager.PageAsync(address)).QuerySelectorAll(".import-counts dd").Select(d => d.TextContent));
        await using (var scope = await _site.OpenScopeAsync())
            Assert.Equal(["Excel Works", "第二家", .. Enumerable.Range(0, 8).Select(i => $"Row {i}")], (await scope.Queries.ListAsync(new Query("customers") { Sort = ["id"] }, CancellationToken.None)).Items.Select(i => i.DisplayText));

        var exported = await (await _manager.GetAsync("/customers/export?format=xlsx&columns=all")).Content.ReadAsByteArrayAsync();
        var rows = new MemoryStream(exported).Query(useHeaderRow: true).Cast<IDictionary<string, object?>>().ToDictionary(r => (string)r["name"]!);
        Assert.Equal(1200d, rows["Excel Works"]["employees"]);
        Assert.Equal("=1+1", rows["Excel Works"]["notes"]);
        Assert.Equal("第二家", rows["第二家"]["name"]);
        var shown = await (await _manager.GetAsync("/customers/export?columns=shown&filter=employees gt 100")).Content.ReadAsStringAsync();
        Assert.StartsWith("name,level,industry", shown.TrimStart('\uFEFF'), StringComparison.Ordinal);
        Assert.DoesNotContain("第二家", shown, StringComparison.Ordinal);

        // Empty cells leave what is there, unless they are to empty the field; trial and import obey alike.
        address = await UploadAsync("again.csv", "name,phone\nExcel Works,\n"u8.ToArray());
        Assert.Equal(["0", "0", "1", "0"], (await SubmitColumnsAsync(address)).QuerySelectorAll(".import-counts dd").Select(d => d.TextContent));
        var tried = await SubmitColumnsAsync(address, ("field", "name"), ("field", "phone"), ("key", "name"), ("empty", "clear"));
        Assert.Equal(["0", "1", "0", "0"], tried.QuerySelectorAll(".import-counts dd").Select(d => d.TextContent));
        Assert.Equal("clear", (await _manager.PageAsync($"{address}?step=columns")).QuerySelector<IHtmlSelectElement>("select[name=empty]")!.Value);
        await _manager.SubmitAsync(address, [], "form[action$='/run']");
        await using (var scope = await _site.OpenScopeAsync())
        {
            var emptied = await scope.FindAsync("customers", "name", "Excel Works");
            Assert.Null(emptied["phone"]);
            Assert.Equal("=1+1", emptied.Get<string>("notes"));
        }
    }

    [Fact]
    public async Task Columns_CalledAsPeopleDo_GoIntoTheirFields()
    {
        foreach (var (type, head, fields) in new[]
        {
            ("customers", "公司名称,手机,邮箱,员工数,网址,地址,备注,业务员", "name,phone,email,employees,website,billingAddress,notes,owner"),
            ("customers", "Company *,Email,Mobile,Website,Head office,Sector", "name,email,phone,website,,industry"),
            ("contacts", "姓名,公司,职务,手机,电话,邮箱", "name,customer,jobTitle,mobile,phone,email"),
            ("contacts", "Company,Contact Person,Title,Tel.,E-Mail", "customer,name,jobTitle,phone,email"),
            ("opportunities", "商机名称,客户名称,联系人,预计金额,销售阶段,产品名称,name", ",customer,contact,amount,stage,product,name"),
        })
        {
            using var sent = await PostFileAsync("people.csv", System.Text.Encoding.UTF8.GetBytes($"{head}\n{new string(',', head.Count(c => c == ','))}x\n"), type);
            var page = await _manager.PageAsync(sent.Headers.Location!.ToString());
            Assert.Equal(fields.Split(','), page.QuerySelectorAll<IHtmlSelectElement>("select[name=field]").Select(s => s.Value));
        }
    }

    [Fact]
    public async Task Columns_BadChoices_AreRefusedBeforeAnythingHappens()
    {
        var address = await UploadAsync("firms.csv", "name,other\nOnce,1\n"u8.ToArray());
        var answer = await SubmitColumnsAsync(address, ("field", "name"), ("field", "name"));
        Assert.Contains("mapped twice", answer.Body!.TextContent, StringComparison.Ordinal);
        answer = await SubmitColumnsAsync(address, ("field", ""), ("field", ""));
        Assert.Contains("No column of the file is a field", answer.Body!.TextContent, StringComparison.Ordinal);

        using var stranger = await _site.SignInAsNewAsync("other", "Manager");
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(address)).StatusCode);
        using var bad = await PostFileAsync("broken.xlsx", [0x50, 0x4B, 3, 4, 1, 2, 3, 4, 5, 6]);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Contains("The workbook cannot be read", await bad.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var empty = await PostFileAsync("empty.csv", []);
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
    }

    [Fact]
    public async Task Values_LeftAsOffered_RefuseTheirRowsAndMakeNoOption()
    {
        var address = await UploadAsync("values.csv", "name,industry,category,annualRevenue\nRight,Retail,,\nMisspelled,Retial,,\nTwofold,,Compny,much\n"u8.ToArray());
        Assert.Contains("Name", (await SubmitColumnsAsync(address, ("field", ""), ("field", "industry"), ("field", "category"), ("field", "annualRevenue"))).QuerySelector("[data-error-summary]")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull((await SubmitColumnsAsync(address)).QuerySelector("select[name=to]"));
        using (await _manager.SubmitAsync($"{address}?step=values", [], "form[action$='/values']"))
        using (await _manager.SubmitAsync(address, [], "form[action$='/run']"))
        {
            var outcome = await _manager.PageAsync(address);
            Assert.Equal(["1", "0", "0", "2"], outcome.QuerySelectorAll(".import-counts dd").Select(d => d.TextContent));
            Assert.Equal(["3 Industry Industry has no option “Retial”", "4 Category Category has no option “Compny”", "4 Annual revenue Annual revenue must be an amount such as 1234.50, or 1234.50 USD with a currency code"],
                outcome.QuerySelectorAll(".import-rows:first-of-type tbody tr").Take(3).Select(r => string.Join(' ', r.Children.Select(c => c.TextContent))));
        }
        Assert.DoesNotContain("Retial", (await _manager.PageAsync("/customers/new")).Body!.TextContent, StringComparison.Ordinal);

        // A file with decimal commas stays one when its failed rows are taken out.
        address = await UploadAsync("commas.csv", "name;annualRevenue\nComma;1,5\nPoint;1.5\n"u8.ToArray());
        var tried = await SubmitColumnsAsync(address);
        Assert.Contains("decimal comma", tried.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Import 1 row", tried.QuerySelector("form[action$='/run'] button")!.TextContent.Trim());
        Assert.Contains("such as 1234,50", tried.QuerySelector(".import-rows")!.TextContent, StringComparison.Ordinal);
        Assert.StartsWith("name;annualRevenue;Error\r\nPoint;1.5;", (await (await _manager.GetAsync($"{address}/failed.csv")).Content.ReadAsStringAsync()).TrimStart('\uFEFF'), StringComparison.Ordinal);

        // Left out after all, the column takes what was said about its values along; chosen again, a value may become an option.
        address = await UploadAsync("again.csv", "name,industry\nNew kind,Space travel\n"u8.ToArray());
        await SubmitColumnsAsync(address);
        using (await _manager.SubmitAsync($"{address}?step=values", [], "form[action$='/values']"))
            Assert.Contains("Nothing is written yet", (await SubmitColumnsAsync(address, ("field", "name"), ("field", ""))).Body!.TextContent, StringComparison.Ordinal);
        await SubmitColumnsAsync(address, ("field", "name"), ("field", "industry"));
        using (await _manager.SubmitAsync($"{address}?step=values", new() { ["to"] = "Space travel" }, "form[action$='/values']"))
        using (await _manager.SubmitAsync(address, [], "form[action$='/run']"))
            Assert.Equal(["1", "0", "0", "0"], (await _manager.PageAsync(address)).QuerySelectorAll(".import-counts dd").Select(d => d.TextContent));
        Assert.Contains("Space travel", (await _manager.PageAsync("/customers/new")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Uploads_MoreThanMayWait_LeaveAloneWhatIsWorkedOn()
    {
        var (first, second) = (await UploadAsync("first.csv", "name\nOne\n"u8.ToArray()), await UploadAsync("second.csv", "name\nTwo\n"u8.ToArray()));
        await using (var scope = await _site.OpenScopeAsync())
        {
            var job = await scope.Services.GetRequiredService<JobLog>().AddAsync("import-file", new Dictionary<string, string>(), CancellationToken.None);
            await File.WriteAllTextAsync(Path.Combine(_site.DataDirectory, "imports", Guid.Parse(first.Split('/')[^1]).ToString("N"), "job"), job.ToString("D"));
        }
        for (var i = 0; i < 10; i++)
            await UploadAsync($"{i}.csv", "name\nMore\n"u8.ToArray());
        Assert.Equal(HttpStatusCode.OK, (await _manager.GetAsync(first)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _manager.GetAsync(second)).StatusCode);
    }

    [Fact]
    public async Task Export_WithoutRecords_StillNamesItsColumns()
    {
        var exported = await (await _manager.GetAsync("/customers/export?format=xlsx&columns=shown&filter=name eq 'nobody'")).Content.ReadAsByteArrayAsync();
        var rows = new MemoryStream(exported).Query(useHeaderRow: false).Cast<IDictionary<string, object?>>().ToList();
        Assert.Equal(["name", "level", "industry"], Assert.Single(rows).Values.Take(3).Cast<string>());
    }

    private async Task<string> UploadAsync(string name, byte[] bytes)
    {
        using var response = await PostFileAsync(name, bytes);
        Assert.True(response.StatusCode == HttpStatusCode.Redirect, await response.Content.ReadAsStringAsync());
        return response.Headers.Location!.ToString();
    }

    private async Task<HttpResponseMessage> PostFileAsync(string name, byte[] bytes, string type = "customers")
    {
        var token = (await _manager.PageAsync($"/{type}/import")).QuerySelector<IHtmlInputElement>("input[name=__RequestVerificationToken]")!.Value;
        using var content = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new ByteArrayContent(bytes), "file", name } };
        return await _manager.Client.PostAsync($"/{type}/import", content);
    }

    /// <summary>Sends the columns as the page proposes them, or as given, and follows to what comes then.</summary>
    private async Task<IHtmlDocument> SubmitColumnsAsync(string address, params (string Name, string Value)[] values)
    {
        var page = await _manager.PageAsync($"{address}?step=columns");
        var all = values.Length > 0 ? values.ToList() : [.. page.QuerySelectorAll<IHtmlSelectElement>("select[name=field]").Select(s => ("field", s.Value!)), ("key", page.QuerySelector<IHtmlSelectElement>("select[name=key]")!.Value!), ("empty", page.QuerySelector<IHtmlSelectElement>("select[name=empty]")!.Value!)];
        all.Add(("__RequestVerificationToken", page.QuerySelector<IHtmlInputElement>("input[name=__RequestVerificationToken]")!.Value));
        using var response = await _manager.Client.PostAsync($"{address}/columns", new FormUrlEncodedContent(all.Select(v => KeyValuePair.Create(v.Item1, v.Item2))));
        return response.StatusCode == HttpStatusCode.Redirect ? await _manager.PageAsync(response.Headers.Location!.ToString()) : await TestBrowser.ParseAsync(await response.Content.ReadAsStringAsync());
    }
}
