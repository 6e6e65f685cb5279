using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Data;

namespace Crm.IntegrationTests.ContentTypes;

public sealed class ContentTypesSqliteTests() : ContentTypesTests(DatabaseProvider.Sqlite);

public sealed class ContentTypesPostgresTests() : ContentTypesTests(DatabaseProvider.Postgres);

/// <summary>Fields and types made through the administration's pages, and what becomes of them elsewhere.</summary>
public abstract class ContentTypesTests(DatabaseProvider provider) : IAsyncLifetime
{
    private const string Customers = "/admin/content-types/customers";

    private TestSite _site = null!;
    private TestBrowser _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _site = await TestSite.StartAsync(provider);
        _admin = await _site.SignInAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task Pages_ForOthersThanAdministrators_AreClosed()
    {
        using var stranger = _site.Open();
        Assert.Equal(HttpStatusCode.Redirect, (await stranger.GetAsync(Customers)).StatusCode);
        using var manager = await _site.SignInAsNewAsync("manager", "Manager");
        foreach (var url in new[] { "/admin/content-types", Customers, $"{Customers}/fields/new", $"{Customers}/fields/name/edit", $"{Customers}/history", "/admin/content-types/new" })
            Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync(url)).StatusCode);
    }

    [Fact]
    public async Task PickList_Added_IsInFormListFilterAndExportAtOnce()
    {
        await AddAsync("pickList", ("labelEn", "Region"), ("labelZh", "地区"), ("optionEn", "North"), ("optionZh", "北区"), ("optionEn", "South"), ("optionZh", "南区"), ("inList", "true"), ("section", "+"), ("sectionEn", "Sales area"), ("sectionZh", "销售区域"));
        // A section made with the field is in the form in both languages, and may be chosen for the next field.
        Assert.Contains((await _admin.PageAsync("/customers/new")).QuerySelectorAll(".form-section"), s => s.QuerySelector("h2")?.TextContent.Trim() == "Sales area" && s.QuerySelector("#field-region") is not null);
        await AddAsync("text", ("labelEn", "Street market"), ("labelZh", "街市"), ("section", "Sales area"));
        var sections = (await _admin.PageAsync($"{Customers}/fields/streetMarket/edit")).QuerySelectorAll<IHtmlOptionElement>("#section option");
        Assert.Equal("Sales area", Assert.Single(sections, o => o.IsSelected).Value);
        using (var chinese = _site.Open("zh-CN"))
        {
            await chinese.SignInAsync(TestSite.AdminName, TestSite.AdminPassword);
            Assert.Single((await chinese.PageAsync("/customers/new")).QuerySelectorAll(".form-section"), s => s.QuerySelector("h2")?.TextContent.Trim() == "销售区域" && s.QuerySelector("#field-region") is not null && s.QuerySelector("#field-streetMarket") is not null);
        }

        Assert.Equal(["", "north", "south"], (await _admin.PageAsync("/customers/new")).QuerySelectorAll<IHtmlOptionElement>("#field-region option").Select(o => o.Value));
        Assert.Equal(HttpStatusCode.Redirect, (await _admin.SubmitAsync("/customers/new", new() { ["name"] = "Northern", ["region"] = "north" })).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await _admin.SubmitAsync("/customers/new", new() { ["name"] = "Southern", ["region"] = "south" })).StatusCode);
        var list = await _admin.PageAsync("/customers?filter=region eq 'north'");
        Assert.Equal("Northern", list.QuerySelector("[data-row-link]")!.TextContent);
        Assert.Contains("North", list.QuerySelector("[data-row] td[data-label=Region]")!.TextContent, StringComparison.Ordinal);
        var export = await (await _admin.GetAsync("/customers/export?filter=region eq 'south'")).Content.ReadAsStringAsync();
        Assert.Contains("region", export, StringComparison.Ordinal);
        Assert.Contains("south", export, StringComparison.Ordinal);

        var (code, _, error) = await _site.RunAsync("import", "customers", Write("名称,地区\nImported,南区\n"));
        Assert.True(code == 0, error);
        Assert.Contains("Imported", (await _admin.PageAsync("/customers?filter=region eq 'south'")).Body!.TextContent, StringComparison.Ordinal);

        // An option that records have is not taken away from them.
        var kept = await PostAsync($"{Customers}/fields/region/edit", ("labelEn", "Region"), ("labelZh", "地区"), ("knownOptions", "north\nsouth"), ("optionKey", "south"), ("optionEn", "South"), ("optionZh", "南区"));
        Assert.Contains("“North” is used by 1 records", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LookUps_Added_AreInFormPageListFilterExportAndImportAtOnce()
    {
        await AddAsync("lookUps", ("labelEn", "Partners"), ("target", "customers"), ("relatedEn", "Partner of"), ("inList", "true"));
        foreach (var name in new[] { "Alpha", "Beta" })
            Assert.Equal(HttpStatusCode.Redirect, (await _admin.SubmitAsync("/customers/new", new() { ["name"] = name })).StatusCode);
        // Where there is no script, names are typed.
        using var created = await _admin.SubmitAsync("/customers/new", new() { ["name"] = "Gamma", ["partners"] = "Alpha; beta" });
        Assert.Equal(HttpStatusCode.Redirect, created.StatusCode);
        var gamma = created.Headers.Location!.OriginalString;
        var links = (await _admin.PageAsync(gamma)).QuerySelectorAll("dd[data-inline$='/inline/partners'] a").ToList();
        Assert.Equal(["Alpha", "Beta"], links.Select(a => a.TextContent));
        var alpha = links[0].GetAttribute("href")!;
        Assert.Contains("Partner of", (await _admin.PageAsync(alpha)).Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Gamma", (await _admin.PageAsync(alpha)).Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["Alpha", "Beta"], (await _admin.PageAsync($"{gamma}/edit")).QuerySelectorAll<IHtmlOptionElement>("#field-partners option").Select(o => o.Text.Trim()));
        using var refused = await _admin.SubmitAsync($"{gamma}/edit", new() { ["partners"] = "Alpha; Nobody" });
        Assert.Contains("there is no Customer “Nobody”", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var list = await _admin.PageAsync($"/customers?filter=partners eq {alpha.Split('/')[^1]}");
        Assert.Equal("Gamma", Assert.Single(list.QuerySelectorAll("[data-row-link]")).TextContent);
        Assert.Equal("Alpha", list.QuerySelector("[data-row] td[data-label=Partners] a")!.TextContent);
        Assert.Contains("includes Alpha", list.Body!.TextContent, StringComparison.Ordinal);
        // A file may name records of its own, also those further down.
        var (code, _, error) = await _site.RunAsync("import", "customers", Write("Name,Partners\nDelta,Gamma; Alpha\nEpsilon,Zeta;Delta\nZeta,\n"));
        Assert.True(code == 0, error);
        foreach (var (name, partners) in new[] { ("Gamma", "Alpha; Beta"), ("Delta", "Gamma; Alpha"), ("Epsilon", "Zeta; Delta") })
            Assert.Contains(partners, await (await _admin.GetAsync($"/customers/export?filter=name eq '{name}'")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Field_NotValid_SaysWhyBesideTheInput()
    {
        Assert.Contains("Give a label in at least one language", await PostAsync($"{Customers}/fields/new?kind=text", ("labelEn", " ")), StringComparison.Ordinal);
        Assert.Contains("starts with a lower-case letter", await PostAsync($"{Customers}/fields/new?kind=text", ("labelEn", "A"), ("name", "9 lives")), StringComparison.Ordinal);
        Assert.Contains("There is a field named phone already", await PostAsync($"{Customers}/fields/new?kind=text", ("labelEn", "A"), ("name", "phone")), StringComparison.Ordinal);
        Assert.Contains("Give at least one option", await PostAsync($"{Customers}/fields/new?kind=pickList", ("labelEn", "A")), StringComparison.Ordinal);
        Assert.Contains("Choose what the look-up points to", await PostAsync($"{Customers}/fields/new?kind=lookUp", ("labelEn", "A")), StringComparison.Ordinal);
        Assert.Contains("above the upper limit", await PostAsync($"{Customers}/fields/new?kind=number", ("labelEn", "A"), ("min", "5"), ("max", "1")), StringComparison.Ordinal);
        Assert.Contains("must be a number", await PostAsync($"{Customers}/fields/new?kind=number", ("labelEn", "A"), ("default", "many")), StringComparison.Ordinal);
        Assert.Contains("A limit is a date of its own", await PostAsync($"{Customers}/fields/new?kind=date", ("labelEn", "A"), ("min", "@today")), StringComparison.Ordinal);
        Assert.Contains("above the upper limit", await PostAsync($"{Customers}/fields/new?kind=dateTime", ("labelEn", "A"), ("min", "2026-01-02T08:00"), ("max", "2026-01-01T08:00")), StringComparison.Ordinal);
        Assert.Contains("must be a length of time", await PostAsync($"{Customers}/fields/new?kind=duration", ("labelEn", "A"), ("max", "long")), StringComparison.Ordinal);
        Assert.Contains("there is no Team “Nowhere”", await PostAsync($"{Customers}/fields/new?kind=team", ("labelEn", "A"), ("default", "Nowhere")), StringComparison.Ordinal);
        Assert.Contains("between 1 and 100 MB", await PostAsync($"{Customers}/fields/new?kind=file", ("labelEn", "A"), ("max", "101")), StringComparison.Ordinal);
        Assert.Contains("File types are endings of names", await PostAsync($"{Customers}/fields/new?kind=file", ("labelEn", "A"), ("fileTypes", "pdf, d?c")), StringComparison.Ordinal);
        Assert.Contains("Choose what the look-up points to", await PostAsync($"{Customers}/fields/new?kind=lookUps", ("labelEn", "A")), StringComparison.Ordinal);

        await AddAsync("text", ("labelEn", "Tax code"));
        await _admin.SubmitAsync("/customers/new", new() { ["name"] = "One", ["taxCode"] = "7" });
        await _admin.SubmitAsync("/customers/new", new() { ["name"] = "Two", ["taxCode"] = "7" });
        Assert.Contains("cannot be unique", await PostAsync($"{Customers}/fields/taxCode/edit", ("labelEn", "Tax code"), ("unique", "true")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _admin.GetAsync($"{Customers}/fields/id/edit")).StatusCode);
    }

    [Fact]
    public async Task Field_WithLimitsAndARecordToStartWith_IsShownAsItWasTypedAndInForce()
    {
        await _admin.SubmitAsync("/customers/new", new() { ["name"] = "Head office" });
        await AddAsync("date", ("labelEn", "Since"), ("min", "2020-01-01"), ("max", "2029-12-31"));
        await AddAsync("duration", ("labelEn", "Drive"), ("min", "15m"), ("max", "8h 30m"));
        await AddAsync("lookUp", ("labelEn", "Billed to"), ("target", "customers"), ("default", "head OFFICE"));
        await AddAsync("user", ("labelEn", "Coach"), ("unique", "true"));
        string[] Shown(IHtmlDocument form, params string[] inputs) => [.. inputs.Select(i => form.QuerySelector<IHtmlInputElement>($"#{i}")!.Value)];
        Assert.Equal(["2020-01-01", "2029-12-31"], Shown(await _admin.PageAsync($"{Customers}/fields/since/edit"), "min", "max"));
        Assert.Equal(["15m", "8h 30m"], Shown(await _admin.PageAsync($"{Customers}/fields/drive/edit"), "min", "max"));
        Assert.Equal(["Head office"], Shown(await _admin.PageAsync($"{Customers}/fields/billedTo/edit"), "default"));
        // Saved as it is, it stays.
        await PostAsync($"{Customers}/fields/billedTo/edit", ("labelEn", "Billed to"), ("default", "Head office"));

        var form = await _admin.PageAsync("/customers/new");
        Assert.Equal(("2020-01-01", "2029-12-31"), (form.QuerySelector("#field-since")!.GetAttribute("min"), form.QuerySelector("#field-since")!.GetAttribute("max")));
        Assert.Equal("Head office", form.QuerySelector("#field-billedTo option[selected]")!.TextContent);
        var coach = (await _site.IdOfUserAsync(TestSite.AdminName)).ToString("D");
        await _admin.SubmitAsync("/customers/new", new() { ["name"] = "First", ["coach"] = coach });
        using var refused = await _admin.SubmitAsync("/customers/new", new() { ["name"] = "Second", ["since"] = "2019-12-31", ["drive"] = "10" });
        Assert.Equal(("Since must be between 2020-01-01 and 2029-12-31", "Drive must be between 15m and 8h 30m"), (await refused.ErrorOfAsync("field-since"), await refused.ErrorOfAsync("field-drive")));
        using var taken = await _admin.SubmitAsync("/customers/new", new() { ["name"] = "Second", ["coach"] = coach });
        Assert.Equal("There is already a record with the same Coach", await taken.ErrorOfAsync("field-coach"));
    }

    [Fact]
    public async Task Field_HiddenDeletedRestoredPurged_GoesAndComesWithItsValues()
    {
        await AddAsync("text", ("labelEn", "Nickname"), ("unique", "true"), ("inList", "true"));
        await _admin.SubmitAsync("/customers/new", new() { ["name"] = "Known", ["nickname"] = "Kay" });
        await PostAsync($"{Customers}/fields/nickname/delete");
        Assert.Null((await _admin.PageAsync("/customers/new")).QuerySelector("#field-nickname"));
        Assert.DoesNotContain("Kay", (await _admin.PageAsync("/customers")).Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("A deleted field has the name", await PostAsync($"{Customers}/fields/new?kind=text", ("labelEn", "N"), ("name", "nickname")), StringComparison.Ordinal);
        await PostAsync($"{Customers}/fields/nickname/restore");
        Assert.Contains("Kay", (await _admin.PageAsync("/customers")).Body!.TextContent, StringComparison.Ordinal);

        // Not before it was deleted.
        await PostAsync($"{Customers}/fields/nickname/purge");
        Assert.Contains("Kay", (await _admin.PageAsync("/customers")).Body!.TextContent, StringComparison.Ordinal);
        await PostAsync($"{Customers}/fields/nickname/delete");
        await PostAsync($"{Customers}/fields/nickname/purge");
        await AddAsync("number", ("labelEn", "Nickname"), ("inList", "true"));
        Assert.DoesNotContain("Kay", (await _admin.PageAsync("/customers")).Body!.TextContent, StringComparison.Ordinal);

        // A module's field is hidden, never deleted, and one that it needs stays.
        await PostAsync($"{Customers}/fields/phone/delete");
        Assert.NotNull((await _admin.PageAsync("/customers/new")).QuerySelector("#field-phone"));
        await PostAsync($"{Customers}/fields/phone/hide");
        Assert.Null((await _admin.PageAsync("/customers/new")).QuerySelector("#field-phone"));
        await PostAsync($"{Customers}/fields/name/hide");
        Assert.NotNull((await _admin.PageAsync("/customers/new")).QuerySelector("#field-name"));
    }

    [Fact]
    public async Task Field_RelabelledMovedAndUndone_IsAsBefore()
    {
        await PostAsync($"{Customers}/fields/level/edit", [("labelEn", "Importance"), ("labelZh", "重要性"), .. await OptionsAsync("level")]);
        Assert.Equal("Importance", (await _admin.PageAsync("/customers/new")).QuerySelector("label[for=field-level]")!.TextContent);
        await UndoAsync("Importance");
        Assert.DoesNotContain("Importance", (await _admin.PageAsync("/customers/new")).Body!.TextContent, StringComparison.Ordinal);

        var before = await FieldsAsync();
        await PostAsync($"{Customers}/fields/order?move=level&by=-1", [.. before.Select(f => ("field", f))]);
        var after = await FieldsAsync();
        Assert.Equal(before.IndexOf("level") - 1, after.IndexOf("level"));
        Assert.Equal(before.Order(StringComparer.Ordinal), after.Order(StringComparer.Ordinal));

        await UndoAsync("“Level”");
        Assert.NotEqual(after, await FieldsAsync());
    }

    [Fact]
    public async Task Stage_SavedAsItIsRelabelledAndWeighted_KeepsAndChangesItsChance()
    {
        const string Stage = "/admin/content-types/opportunities/fields/stage/edit";
        string?[] usual = ["10", "30", "50", "75", "100", "0"];
        Assert.Equal(HttpStatusCode.Redirect, (await _admin.SubmitAsync(Stage, [])).StatusCode);
        Assert.Equal(usual, await WeightsAsync());

        var page = await _admin.PageAsync(Stage);
        // What new ones start with stands there as people know it, and stays when that is called otherwise.
        Assert.Equal(page.QuerySelectorAll<IHtmlInputElement>("[name=optionEn]").First().Value, page.QuerySelector<IHtmlInputElement>("[name=default]")!.Value);
        page.QuerySelectorAll<IHtmlInputElement>("[name=optionEn]").First().Value = "Looking";
        page.QuerySelectorAll<IHtmlInputElement>("[name=optionEn]").ElementAt(1).Value = "Talking";
        page.QuerySelectorAll<IHtmlInputElement>("[name=optionWeight]").ElementAt(2).Value = "60";
        Assert.Equal(HttpStatusCode.Redirect, (await _admin.SubmitAsync(page.QuerySelector<IHtmlFormElement>("main form")!, [], Stage)).StatusCode);
        Assert.Equal(["10", "30", "60", "75", "100", "0"], await WeightsAsync());
        Assert.Equal("Looking", (await _admin.PageAsync(Stage)).QuerySelector<IHtmlInputElement>("[name=default]")!.Value);
        Assert.Equal(HttpStatusCode.Redirect, (await _admin.SubmitAsync("/opportunities/new", new() { ["name"] = "Weighted", ["stage"] = "proposal" })).StatusCode);
        await using var scope = await _site.OpenScopeAsync();
        Assert.Equal(60m, (await scope.FindAsync("opportunities", "name", "Weighted"))["probability"]);

        page = await _admin.PageAsync(Stage);
        page.QuerySelectorAll<IHtmlInputElement>("[name=optionWeight]").First().Value = "101";
        using var refused = await _admin.SubmitAsync(page.QuerySelector<IHtmlFormElement>("main form")!, [], Stage);
        Assert.Contains("must be between 0 and 100", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // Options without a per cent are asked for none.
        Assert.Empty((await _admin.PageAsync($"{Customers}/fields/level/edit")).QuerySelectorAll("[name=optionWeight]"));

        async Task<IEnumerable<string?>> WeightsAsync() => (await _admin.PageAsync(Stage)).QuerySelectorAll<IHtmlInputElement>(".options [name=optionWeight]").Select(i => (string?)i.Value).SkipLast(1);
    }

    [Fact]
    public async Task Forms_OfTwoAdministrators_TheSecondIsToldAndMaySaveAgain()
    {
        const string Level = $"{Customers}/fields/level/edit";
        var (first, second) = (await _admin.PageAsync(Level), await _admin.PageAsync(Level));
        Assert.Equal(HttpStatusCode.Redirect, (await _admin.SubmitAsync(Form(first), new() { ["labelEn"] = "Rank" }, Level)).StatusCode);
        using var told = await _admin.SubmitAsync(Form(second), new() { ["labelEn"] = "Grade" }, Level);
        Assert.Equal(HttpStatusCode.BadRequest, told.StatusCode);
        var again = await TestBrowser.ParseAsync(await told.Content.ReadAsStringAsync());
        Assert.Contains("Somebody changed this in the meantime", again.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Rank", await LabelAsync());
        Assert.Equal(HttpStatusCode.Redirect, (await _admin.SubmitAsync(Form(again), [], Level)).StatusCode);
        Assert.Equal("Grade", await LabelAsync());

        var type = await _admin.PageAsync($"{Customers}/edit");
        await AddAsync("text", ("labelEn", "Column of another"), ("inList", "true"));
        Assert.Equal(HttpStatusCode.BadRequest, (await _admin.SubmitAsync(Form(type), new() { ["labelEn"] = "Client" }, $"{Customers}/edit")).StatusCode);

        static IHtmlFormElement Form(AngleSharp.Dom.IDocument page) => page.QuerySelectorAll<IHtmlFormElement>("main form").First(f => f.Method == "post");
        async Task<string> LabelAsync() => (await _admin.PageAsync("/customers/new")).QuerySelector("label[for=field-level]")!.TextContent;
    }

    [Fact]
    public async Task Field_ThatCodeNeeds_IsNotHiddenByAnyDoor()
    {
        const string Tickets = "/admin/content-types/tickets";
        Assert.Null((await _admin.PageAsync(Tickets)).QuerySelector("[formaction$='/status/hide']"));
        Assert.NotNull((await _admin.PageAsync(Tickets)).QuerySelector("[formaction$='/urgency/hide']"));
        await PostAsync($"{Tickets}/fields/status/hide");
        await using var scope = await _site.OpenScopeAsync();
        var status = scope.Definitions.Current.Get("tickets").Field("status");
        Assert.False(status.Hidden);
        Assert.Contains("is needed by its module", (await scope.Definitions.SaveFieldAsync("tickets", status with { Hidden = true }, CancellationToken.None))!.ToString(), StringComparison.Ordinal);
        foreach (var type in scope.Definitions.Current.Types)
            Assert.All(type.NeededFields, f => Assert.NotNull(type.Find(f)));
    }

    /// <summary>Takes back the last change whose entry says so.</summary>
    private async Task UndoAsync(string text)
    {
        var undo = (await _admin.PageAsync($"{Customers}/history")).QuerySelectorAll<IHtmlFormElement>("form[action*='/undo']").First(f => f.ParentElement!.TextContent.Contains(text, StringComparison.Ordinal));
        await _admin.SubmitAsync(undo, []);
    }

    [Fact]
    public async Task Type_Made_HasScreensMenuAndRightsOfItsOwn()
    {
        Assert.Contains("is taken", await PostAsync("/admin/content-types/new", ("labelEn", "Sign-in"), ("name", "login")), StringComparison.Ordinal);
        Assert.Contains("Latin letters", await PostAsync("/admin/content-types/new", ("labelZh", "车辆")), StringComparison.Ordinal);
        await PostAsync("/admin/content-types/new", ("labelEn", "Vehicle"), ("labelZh", "车辆"), ("pluralEn", "Vehicles"), ("pluralZh", "车辆"), ("displayEn", "Plate"), ("icon", "car"));
        await PostAsync("/admin/content-types/vehicles/fields/new?kind=lookUp", ("labelEn", "Customer"), ("target", "customers"), ("relatedEn", "Fleet"), ("onDelete", "Restrict"));
        await _admin.SubmitAsync("/customers/new", new() { ["name"] = "Haulier" });
        await using (var scope = await _site.OpenScopeAsync())
        {
            var haulier = await scope.FindAsync("customers", "name", "Haulier");
            Assert.Equal(HttpStatusCode.Redirect, (await _admin.SubmitAsync("/vehicles/new", new() { ["plate"] = "B-CD 42", ["customer"] = haulier.Id.ToString() })).StatusCode);
            Assert.Contains("Fleet", (await _admin.PageAsync($"/customers/{haulier.Id}")).Body!.TextContent, StringComparison.Ordinal);
        }
        var list = await _admin.PageAsync("/vehicles");
        Assert.NotNull(list.QuerySelector("a.side-link[href='/vehicles']"));
        Assert.Contains("B-CD 42", list.Body!.TextContent, StringComparison.Ordinal);
        using var sales = await _site.SignInAsNewAsync("driver", "Sales");
        Assert.Equal(HttpStatusCode.Forbidden, (await sales.GetAsync("/vehicles")).StatusCode);
    }

    [Fact]
    public async Task EveryType_Changed_StillHasItsList()
    {
        await using var scope = await _site.OpenScopeAsync();
        foreach (var type in scope.Definitions.Current.Types.ToList())
        {
            await PostAsync($"/admin/content-types/{type.Name}/fields/new?kind=text", ("labelEn", "Remark of ours"), ("inList", "true"), ("inSearch", "true"));
            await _admin.PageAsync($"/admin/content-types/{type.Name}");
            await _admin.PageAsync($"/admin/content-types/{type.Name}/edit");
            if (!type.IsPart)
                Assert.NotNull((await _admin.PageAsync(type.Path + "?q=a")).QuerySelector("h1"));
        }
    }

    private async Task AddAsync(string kind, params (string, string)[] values)
    {
        var answer = await PostAsync($"{Customers}/fields/new?kind={kind}", values);
        Assert.Equal("", answer);
    }

    /// <summary>What the page says; empty when the answer leads to another.</summary>
    private async Task<string> PostAsync(string url, params (string Name, string Value)[] values)
    {
        var page = await _admin.PageAsync(Customers);
        var token = page.QuerySelector<IHtmlInputElement>("input[name=__RequestVerificationToken]")!.Value;
        using var response = await _admin.Client.PostAsync(url, new FormUrlEncodedContent(values.Append((Name: "__RequestVerificationToken", Value: token)).Select(v => KeyValuePair.Create(v.Name, v.Value))));
        Assert.True(response.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.NoContent or HttpStatusCode.BadRequest, $"POST {url} answered {(int)response.StatusCode}");
        return response.StatusCode == HttpStatusCode.BadRequest ? (await TestBrowser.ParseAsync(await response.Content.ReadAsStringAsync())).QuerySelector("main")!.TextContent : "";
    }

    private async Task<List<string>> FieldsAsync()
        => [.. (await _admin.PageAsync(Customers)).QuerySelectorAll<IHtmlInputElement>("[data-order] input[name=field]").Select(i => i.Value)];

    /// <summary>The options as the form has them.</summary>
    private async Task<List<(string, string)>> OptionsAsync(string field)
        => [.. (await _admin.PageAsync($"{Customers}/fields/{field}/edit")).QuerySelectorAll(".options [name], [name=knownOptions]")
            .Select(e => (e.GetAttribute("name")!, e is IHtmlSelectElement select ? select.Value! : ((IHtmlInputElement)e).Value))];

    private string Write(string text)
    {
        var path = Path.Combine(_site.DataDirectory, $"{Guid.NewGuid():N}.csv");
        File.WriteAllText(path, text);
        return path;
    }
}
