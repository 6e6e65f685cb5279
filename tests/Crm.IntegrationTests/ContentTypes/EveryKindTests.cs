using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Crm.IntegrationTests.Api;
using Crm.IntegrationTests.Support;
using Crm.IntegrationTests.Users;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Queries;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.IntegrationTests.ContentTypes;

/// <summary>A type made in the browser with a field of each kind, except files, whose bytes no export carries.</summary>
public sealed class EveryKindTests
{
    private const string Type = "gadgets";

    private const string Started = "starters";

    /// <param name="Before">Inputs of the form, by part of the field, and how that reads.</param>
    /// <param name="Filter">What only the record with the values from before meets.</param>
    private sealed record Sample(FieldDefinition Field, (string Part, string Text)[] Before, string Shown, (string Part, string Text)[] After, string ShownAfter, string Filter)
    {
        public static Sample Of(FieldDefinition field, string before, string shown, string after, string shownAfter, string filter)
            => new(field, [("", before)], shown, [("", after)], shownAfter, filter);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task Field_OfEachKind_IsTheSameAtEveryDoor(DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider);
        await using var scope = await site.OpenScopeAsync();
        var (acme, bolt) = ((await scope.CreateAsync("customers", ("name", "Acme"))).ToString("D"), (await scope.CreateAsync("customers", ("name", "Bolt"))).ToString("D"));
        var (east, west) = ((await scope.CreateAsync("teams", ("name", "East"))).ToString("D"), (await scope.CreateAsync("teams", ("name", "West"))).ToString("D"));
        var (admin, mei) = ((await scope.FindAsync("users", "userName", TestSite.AdminName)).Id.ToString("D"), (await scope.CreateAsync("users", ("userName", "mei"), ("name", "Mei"))).ToString("D"));
        var samples = Samples(acme, bolt, east, west, admin, mei);
        var kinds = scope.Services.GetRequiredService<FieldKinds>().All.Where(k => k is { CanBeAdded: true, IsTransferred: true } && k.GetType().Assembly == typeof(FieldKind).Assembly).Select(k => k.Name);
        Assert.Equal(kinds.Order(), samples.Select(s => s.Field.Kind).Append("autoNumber").Order());
        Assert.Null(await scope.Definitions.SaveTypeAsync(new ContentTypeDefinition
        {
            Name = Type,
            Label = "Gadget",
            PluralLabel = "Gadgets",
            DisplayField = "name",
            ListColumns = ["name", "number", .. samples.Select(s => s.Field.Name)],
        }, CancellationToken.None));
        foreach (var field in samples.Select(s => s.Field).Prepend(Field.AutoNumber("number", "Number", "G{0000}")).Prepend(Field.Text("name", "Name") with { Required = true }))
            Assert.Null(await scope.Definitions.SaveFieldAsync(Type, field, CancellationToken.None));
        using var browser = await site.SignInAsync();

        // Form, record page, list and filter.
        using (var created = await browser.ForceAsync($"/{Type}/new", $"/{Type}/new", [("name", "One"), .. Inputs(samples, s => s.Before)]))
            Assert.True(created.StatusCode == HttpStatusCode.Redirect, await created.Content.ReadAsStringAsync());
        var id = Assert.Single((await scope.Queries.ListAsync(new Query(Type), CancellationToken.None)).Items).Id;
        await scope.CreateAsync(Type, ("name", "Empty"));
        var facts = (await browser.PageAsync($"/{Type}/{id}")).QuerySelectorAll(".facts dt").ToDictionary(t => t.TextContent, t => Said(t.NextElementSibling!));
        var list = await browser.PageAsync($"/{Type}");
        Assert.Equal("G0001", facts["Number"].Trim());
        var wrong = new List<string>();
        foreach (var (field, _, shown, _, _, filter) in samples)
        {
            var cells = list.QuerySelectorAll($"td[data-col={field.Name}]").Select(Said).ToList();
            if (!facts[field.Label.En].Contains(shown, StringComparison.Ordinal) || !cells.Exists(c => c.Contains(shown, StringComparison.Ordinal)))
                wrong.Add($"{field.Name} is “{facts[field.Label.En].Trim()}” on its page and “{string.Join("”, “", cells)}” in the list");
            if (!(await browser.PageAsync($"/{Type}?filter={Uri.EscapeDataString(filter)}")).QuerySelectorAll("td[data-col=number]").Select(c => c.TextContent.Trim()).SequenceEqual(["G0001"]))
                wrong.Add($"{filter} does not find it alone");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        // Each edited where it stands, and put back.
        var (code, token, _) = await site.RunAsync("token", "create", "--user", TestSite.AdminName);
        Assert.Equal(0, code);
        using var api = new ApiClient(site.Address, token.Trim());
        var before = await ReadAsync(api, id);
        foreach (var (field, _, _, changedTo, shownAfter, _) in samples)
        {
            var place = $"/{Type}/{id}/inline/{field.Name}";
            var version = (await browser.PageAsync(place)).QuerySelector<IHtmlInputElement>("input[name=inlineVersion]")!.Value;
            using var saved = await browser.ForceAsync(place, place, [("inlineVersion", version), .. changedTo.Select(i => (field.Name + i.Part, i.Text))]);
            var part = await TestBrowser.ParseAsync(await saved.Content.ReadAsStringAsync());
            if (part.QuerySelector("[data-inline-value]") is not { } value || !Said(value).Contains(shownAfter, StringComparison.Ordinal) || JsonNode.DeepEquals((await ReadAsync(api, id))[field.Name], before[field.Name]))
                wrong.Add($"{field.Name} edited in place became {(int)saved.StatusCode} {part.Body!.TextContent}");
            else if (await browser.SubmitAsync(part.QuerySelector<IHtmlFormElement>("[data-inline-undo]")!, []) is { StatusCode: not HttpStatusCode.OK } kept)
                wrong.Add($"{field.Name} put back became {await kept.Content.ReadAsStringAsync()}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(before.ToJsonString(), (await ReadAsync(api, id)).ToJsonString());

        // Out, changed by the form, and in again; the API tells what became of it, and changes it once more.
        var file = Path.Combine(site.DataDirectory, "gadgets.csv");
        Assert.Equal(0, (await site.RunAsync("export", Type, file)).Code);
        var form = (await browser.PageAsync($"/{Type}/{id}/edit")).QuerySelector<IHtmlInputElement>("input[name=version]")!.Value;
        using (var changed = await browser.ForceAsync($"/{Type}/{id}/edit", $"/{Type}/{id}/edit", [("version", form), ("name", "One"), .. Inputs(samples, s => s.After)]))
            Assert.True(changed.StatusCode == HttpStatusCode.Redirect, await changed.Content.ReadAsStringAsync());
        var after = await ReadAsync(api, id);
        Assert.All(samples, s => Assert.False(JsonNode.DeepEquals(before[s.Field.Name], after[s.Field.Name]), s.Field.Name));
        var imported = await site.RunAsync("import", Type, file, "--key", "name", "--empty", "clear");
        Assert.True(imported.Code == 0 && imported.Output.Contains("1 updated, 1 unchanged", StringComparison.Ordinal), imported.Output + imported.Error);
        Assert.Equal(before.ToJsonString(), (await ReadAsync(api, id)).ToJsonString());
        var settable = (await api.GetAsync("/openapi/v1.json"))["components"]!["schemas"]![$"{Type}Change"]!["properties"]!.AsObject().Select(p => p.Key);
        using (var patched = await api.SendAsync("PATCH", $"/api/{Type}/{id}", new JsonObject(settable.Select(p => KeyValuePair.Create(p, after[p]?.DeepClone()))).ToJsonString(), ("If-Match", "*")))
            Assert.True(patched.StatusCode == HttpStatusCode.OK, await patched.Content.ReadAsStringAsync());
        Assert.Equal(after.ToJsonString(), (await ReadAsync(api, id)).ToJsonString());

        // History: what the API has changed, in words.
        var changes = (await browser.PageAsync($"/{Type}/{id}")).QuerySelectorAll(".history dl.changes")[0].QuerySelectorAll("dt").ToDictionary(t => t.TextContent.Trim(), t => t.ParentElement!.TextContent);
        wrong.AddRange(samples.Where(s => !changes[s.Field.Label.En].Contains(s.Shown, StringComparison.Ordinal) || !changes[s.Field.Label.En].Contains(s.ShownAfter, StringComparison.Ordinal)).Select(s => $"{s.Field.Name} became in history “{changes[s.Field.Label.En]}”"));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        await StartAsync(scope, browser, api, samples.ConvertAll(s => s.Field), id);
    }

    /// <summary>A type whose fields must all be filled in, with a hint and, as far as the kind has such, the model's value to start with.</summary>
    private static async Task StartAsync(TestScope scope, TestBrowser browser, ApiClient api, List<FieldDefinition> fields, Guid modelId)
    {
        var kinds = scope.Services.GetRequiredService<FieldKinds>();
        var model = (await scope.Queries.GetAsync(Type, modelId, CancellationToken.None))!;
        fields = fields.ConvertAll(f => f with
        {
            Required = true,
            Help = $"About {f.Label.En}",
            Default = f.Kind is "address" or "record" ? null : kinds.Of(f).ToInvariant(f, model[f.Name]!),
        });
        Assert.Null(await scope.Definitions.SaveTypeAsync(new ContentTypeDefinition { Name = Started, Label = "Starter", PluralLabel = "Starters", DisplayField = "name" }, CancellationToken.None));
        foreach (var field in fields.Prepend(Field.Text("name", "Name")))
            Assert.Null(await scope.Definitions.SaveFieldAsync(Started, field, CancellationToken.None));
        var (address, link) = (fields.Find(f => f.Kind == "address")!.Name, fields.Find(f => f.Kind == "record")!.Name);

        // Shown with its hint and its starting value, which is kept when the form is sent as it stands, and when the API does not speak of it.
        var page = await browser.PageAsync($"/{Started}/new");
        var form = page.QuerySelectorAll<IHtmlFormElement>("main form").First(f => f.Method == "post");
        using var sent = await browser.SubmitAsync(form, new() { ["name"] = "Sent", [address] = "1 Main St", [link] = $"{Type}/{modelId}" }, $"/{Started}/new");
        Assert.True(sent.StatusCode == HttpStatusCode.Redirect, await sent.Content.ReadAsStringAsync());
        var told = (await scope.CreateAsync(Started, ("name", "Told"), (address, "1 Main St"), (link, $"{Type}/{modelId}"))).ToString("D");
        var sentId = sent.Headers.Location!.OriginalString.Split('/', '?')[2];
        var (wanted, ofForm, ofApi) = (await ReadAsync(api, modelId), await ReadAsync(api, Guid.Parse(sentId), Started), await ReadAsync(api, Guid.Parse(told), Started));
        using var refused = await browser.ForceAsync($"/{Started}/new", $"/{Started}/new", [.. fields.SelectMany(f => kinds.Of(f).Parts.Select(p => (f.Name + p, "")))]);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var answer = await TestBrowser.ParseAsync(await refused.Content.ReadAsStringAsync());
        var wrong = new List<string>();
        foreach (var field in fields)
        {
            var id = $"field-{field.Name}";
            if (answer.GetElementById($"{id}-error")?.TextContent.Trim() != $"{field.Label.En} is required")
                wrong.Add($"{field.Name}, empty, is told “{answer.GetElementById($"{id}-error")?.TextContent.Trim()}”");
            if (page.GetElementById($"{id}-hint")?.TextContent.Trim() != field.Help!.En || !page.QuerySelectorAll("[aria-describedby]").Any(e => e.GetAttribute("aria-describedby")!.Split(' ').Contains($"{id}-hint")))
                wrong.Add($"{field.Name} has no hint");
            if (field.Default is not null && !(JsonNode.DeepEquals(ofForm[field.Name], wanted[field.Name]) && JsonNode.DeepEquals(ofApi[field.Name], wanted[field.Name])))
                wrong.Add($"{field.Name} starts as {ofForm[field.Name]} in the form and as {ofApi[field.Name]} elsewhere, not as {wanted[field.Name]}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        // The customer to start with is gone: nothing stands there, and whoever must say which is told so.
        var client = fields.Find(f => f.Kind == "lookUp")!.Name;
        foreach (var (type, gone) in new[] { (Started, Guid.Parse(told)), (Started, Guid.Parse(sentId)), ("customers", model.Get<Guid>(client)) })
            Assert.True((await scope.Content.DeleteAsync(type, gone, null, CancellationToken.None)).Succeeded);
        Assert.Equal("", (await browser.PageAsync($"/{Started}/new")).QuerySelector<IHtmlSelectElement>($"#field-{client}")!.Value);
        var late = await scope.SaveAsync(Started, ("name", "Late"), (address, "1 Main St"), (link, $"{Type}/{modelId}"));
        Assert.Contains("Client is required", late.Errors.Select(e => e.Message.ToString()));
    }

    private static IEnumerable<(string, string)> Inputs(IEnumerable<Sample> samples, Func<Sample, (string Part, string Text)[]> of)
        => samples.SelectMany(s => of(s).Select(i => (s.Field.Name + i.Part, i.Text)));

    /// <summary>What stands there, stars included, which are told in words to who does not see them.</summary>
    private static string Said(IElement element)
        => string.Join(' ', element.QuerySelectorAll("[aria-label]").Select(l => l.GetAttribute("aria-label")).Prepend(element.TextContent.Trim()));

    /// <summary>The record without what every write changes.</summary>
    private static async Task<JsonObject> ReadAsync(ApiClient api, Guid id, string type = Type)
    {
        var record = await api.GetAsync($"/api/{type}/{id}");
        foreach (var name in new[] { "@odata.etag", "version", "modifiedAt", "modifiedBy" })
            record.Remove(name);
        return record;
    }

    private static List<Sample> Samples(string acme, string bolt, string east, string west, string admin, string mei) =>
    [
        Sample.Of(Field.Text("word", "Word"), "red & blue", "red & blue", "绿色", "绿色", "word eq 'RED & BLUE'"),
        Sample.Of(Field.LongText("story", "Story"), "First line\nand <another>", "<another>", "Shorter", "Shorter", "contains(story,'another')"),
        Sample.Of(Field.Number("size", "Size", 2), "1,234.5", "1,234.5", "-7", "-7", "size eq 1234.5"),
        new(Field.Money("price", "Price"), [("", "99.90"), ("Currency", "EUR")], "99.90", [("", "5"), ("Currency", "USD")], "5.00", "price eq 99.9 and priceCurrency eq 'EUR'"),
        Sample.Of(Field.YesNo("works", "Works"), "true", "Yes", "false", "No", "works eq true"),
        Sample.Of(Field.Date("made", "Made"), "2026-03-31", "2026", "2027-01-02", "2027", "made eq 2026-03-31"),
        Sample.Of(Field.DateTime("sold", "Sold"), "2026-03-31T14:30", "2026", "2027-01-02T08:15", "2027", "sold ge 2026-03-30 and sold lt 2026-04-02"),
        Sample.Of(Field.PickList("grade", "Grade", new("a", "First"), new("b", "Second")), "b", "Second", "a", "First", "grade eq 'b'"),
        new(Field.MultiPickList("uses", "Uses", new("home", "At home"), new("work", "At work"), new("road", "On the road")), [("", ""), ("", "home"), ("", "road")], "On the road", [("", "work")], "At work", "uses eq 'road'"),
        Sample.Of(Field.Tags("labels", "Labels"), "VIP; 华东", "华东", "Other", "Other", "labels eq 'vip'"),
        Sample.Of(Field.Email("mail", "Mail"), "ann@example.com", "ann@example.com", "bob@example.com", "bob@example.com", "mail eq 'ANN@example.com'"),
        new(Field.Emails("mails", "Mails"), [("", "home"), ("", "ann@home.example"), ("", "work"), ("", "ann@work.example")], "ann@home.example", [("", "work"), ("", "bob@work.example")], "bob@work.example", "mails eq 'ann@home.example'"),
        Sample.Of(Field.Phone("call", "Call"), "+86 138 0013 8000", "138 0013 8000", "+86 138 0013 8001", "138 0013 8001", "call eq '+8613800138000'"),
        new(Field.Phones("calls", "Calls"), [("", "mobile"), ("", "+86 138 0013 8002")], "138 0013 8002", [("", "home"), ("", "+86 138 0013 8003")], "138 0013 8003", "calls eq '+8613800138002'"),
        Sample.Of(Field.Url("site", "Site"), "example.com/a", "example.com/a", "https://example.org/b", "example.org/b", "site eq 'https://example.com/a'"),
        new(Field.Address("place", "Place"), [("", "Hauptstr. 1"), ("Country", "DE"), ("Region", ""), ("City", "Berlin"), ("District", ""), ("PostalCode", "10117")], "Berlin", [("", "1 Main St"), ("Country", "US"), ("Region", "CA"), ("City", "Palo Alto"), ("District", ""), ("PostalCode", "94304")], "Palo Alto", "placeCity eq 'Berlin'"),
        Sample.Of(Field.RichText("terms", "Terms"), "<p>Hello <b>you</b></p>", "Hello you", "<ul><li>Later</li></ul>", "Later", "contains(terms,'you')"),
        Sample.Of(Field.Percent("share", "Share", 1), "12.5", "12.5%", "40", "40.0%", "share eq 12.5"),
        Sample.Of(Field.Rating("stars", "Stars"), "4", "4", "2", "2", "stars eq 4"),
        Sample.Of(Field.Duration("effort", "Effort"), "1h 30m", "30", "45", "45", "effort eq 90"),
        Sample.Of(Field.Json("data", "Data"), """{"a":[1,"中"]}""", "中", """{"b":2}""", "\"b\"", "contains(data,'中')"),
        Sample.Of(Field.LookUp("client", "Client", "customers"), acme, "Acme", bolt, "Bolt", "client/name eq 'acme'"),
        new(Field.LookUps("clients", "Clients", "customers"), [("", ""), ("", bolt), ("", acme)], "Bolt", [("", acme)], "Acme", $"clients eq {bolt}"),
        Sample.Of(Field.User("maker", "Maker"), admin, "admin", mei, "Mei", "maker eq @me"),
        Sample.Of(Field.Team("desk", "Desk"), east, "East", west, "West", $"desk eq {east}"),
        Sample.Of(Field.Record("about", "About"), $"customers/{acme}", "Acme", $"customers/{bolt}", "Bolt", $"about eq 'customers/{acme}'"),
    ];
}
