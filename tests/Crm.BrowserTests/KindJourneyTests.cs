using Crm.BrowserTests.Support;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Data;
using Crm.Platform.Fields;
using Crm.Platform.Files;
using Crm.Platform.Queries;
using Crm.Platform.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Crm.BrowserTests;

/// <summary>A type with a field of each kind, filled in by hand, with all the script that its inputs have.</summary>
[Trait("Category", "Nightly")]
public sealed class KindJourneyTests(Chromium chromium)
{
    private const string Type = "gadgets";

    private static readonly FieldDefinition[] Fields =
    [
        Field.Text("word", "Word"), Field.LongText("story", "Story"), Field.RichText("terms", "Terms"), Field.Number("size", "Size", 2), Field.Money("price", "Price"),
        Field.Percent("share", "Share", 1), Field.Rating("stars", "Stars"), Field.Duration("effort", "Effort"), Field.YesNo("works", "Works"), Field.Date("made", "Made"), Field.DateTime("sold", "Sold"),
        Field.PickList("grade", "Grade", new("a", "First"), new("b", "Second")), Field.MultiPickList("uses", "Uses", new("home", "At home"), new("work", "At work")),
        Field.Tags("labels", "Labels"), Field.Email("mail", "Mail"), Field.Emails("mails", "Mails"), Field.Phone("call", "Call"), Field.Phones("calls", "Calls"), Field.Url("site", "Site"), Field.Address("place", "Place"),
        Field.LookUp("client", "Client", "customers"), Field.LookUps("clients", "Clients", "customers"), Field.User("maker", "Maker"), Field.Team("desk", "Desk"), Field.Record("about", "About"),
        Field.File("paper", "Paper"), Field.Image("face", "Face"), Field.Json("data", "Data"),
    ];

    [Theory]
    [InlineData("en", DatabaseProvider.Sqlite)]
    [InlineData("zh-CN", DatabaseProvider.Postgres)]
    public async Task Form_WithAFieldOfEachKind_IsFilledInAndStaysAsItIs(string culture, DatabaseProvider provider)
    {
        await using var site = await TestSite.StartAsync(provider, culture: culture);
        await using var scope = site.Host.Sites.Current.CreateScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<ActorContext>().Current = Actor.System("test");
        var (kinds, definitions, queries) = (services.GetRequiredService<FieldKinds>(), services.GetRequiredService<ContentDefinitions>(), services.GetRequiredService<QueryEngine>());
        Assert.Equal(kinds.All.Where(k => k.CanBeAdded && k.GetType().Assembly == typeof(FieldKind).Assembly).Select(k => k.Name).Order(), Fields.Select(f => f.Kind).Append("autoNumber").Order());
        var (acme, bolt, east) = (await CreateAsync("customers", "Acme"), await CreateAsync("customers", "Bolt"), await CreateAsync("teams", "East"));
        var admin = Assert.Single((await queries.ListAsync(new Query(SystemTypes.Users) { Where = Filter.Eq("userName", TestSite.AdminName) }, CancellationToken.None)).Items).Id;
        Assert.Null(await definitions.SaveTypeAsync(new ContentTypeDefinition { Name = Type, Label = new("Gadget", "小工具"), PluralLabel = new("Gadgets", "小工具"), DisplayField = "name" }, CancellationToken.None));
        foreach (var field in Fields.Prepend(Field.AutoNumber("number", "Number", "G{0000}")).Prepend(Field.Text("name", "Name") with { Required = true }))
            Assert.Null(await definitions.SaveFieldAsync(Type, field, CancellationToken.None));

        await using var person = await Person.AdministratorAsync(chromium, site, culture);
        await person.GoAsync($"/{Type}/new");
        await FillAsync(person);
        await person.LookAsync("kinds-form");
        await person.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(person.Page.Locator("h1")).ToContainTextAsync("One");
        await person.LookAsync("kinds-record");
        var item = Assert.Single((await queries.ListAsync(new Query(Type), CancellationToken.None)).Items);
        var kept = Fields.ToDictionary(f => f.Name, f => item[f.Name] switch { null => null, StoredFile file => file.Name, var value => kinds.Of(f).ToInvariant(f, value) });
        var wanted = new Dictionary<string, string?>
        {
            ["word"] = "red & blue",
            ["story"] = "First line\nsecond line",
            ["terms"] = "Hello <b>you</b><ul><li>later</li></ul>",
            ["size"] = "1234.5",
            ["price"] = "99.9 EUR",
            ["share"] = "12.5",
            ["stars"] = "4",
            ["effort"] = "90",
            ["works"] = "true",
            ["made"] = "2026-03-31",
            // A time is typed in the site's zone.
            ["sold"] = culture == "en" ? "2026-03-31T14:30:00.000Z" : "2026-03-31T06:30:00.000Z",
            ["grade"] = "b",
            ["uses"] = "home; work",
            ["labels"] = "VIP; 华东",
            ["mail"] = "ann@example.com",
            ["mails"] = "home: ann@home.example; work: ann@work.example",
            ["call"] = "+8613800138000",
            ["calls"] = "mobile: +8613800138001",
            ["site"] = "https://example.com/a",
            ["place"] = """{"street":"Hauptstr. 1","country":"DE","city":"Berlin","postalCode":"10117"}""",
            ["client"] = acme.ToString("D"),
            ["clients"] = $"{bolt:D}; {acme:D}",
            ["maker"] = admin.ToString("D"),
            ["desk"] = east.ToString("D"),
            ["about"] = $"customers/{bolt:D}",
            ["paper"] = "paper.txt",
            ["face"] = "face.png",
            ["data"] = """{"a":[1,"中"]}""",
        };
        Assert.Equal(string.Join('\n', wanted.OrderBy(v => v.Key, StringComparer.Ordinal)), string.Join('\n', kept.OrderBy(v => v.Key, StringComparer.Ordinal)));

        // What the script shows of the values is the values: saved untouched, nothing has changed.
        await person.GoAsync($"/{Type}/{item.Id}/edit");
        await Expect(person.Page.Locator(".rich b")).ToHaveTextAsync("you");
        await person.Page.Locator("main [data-primary]").ClickAsync();
        await Expect(person.Page.Locator("h1")).ToContainTextAsync("One");
        Assert.Equal(item.Version, (await queries.GetAsync(Type, item.Id, CancellationToken.None))!.Version);

        // JSON where it stands, wrong at first.
        await person.Page.Locator("[data-inline$='/data']").DblClickAsync();
        await person.Page.Locator("#field-data").FillAsync("{\"a\":}");
        await person.Page.Locator("[data-inline-form] [data-primary]").ClickAsync();
        await Expect(person.Page.Locator("#field-data-error")).ToBeVisibleAsync();
        await person.LookAsync("kinds-inline-json");
        await person.Page.Locator("#field-data").FillAsync("{\"b\":2}");
        await person.Page.Locator("[data-inline-form] [data-primary]").ClickAsync();
        await Expect(person.Page.Locator("[data-inline$='/data'] pre")).ToContainTextAsync("\"b\": 2");

        async Task<Guid> CreateAsync(string type, string name)
            => (await services.GetRequiredService<IContentManager>().SaveAsync(new ContentChange(type) { Texts = { ["name"] = name } }, SaveOptions.Default, CancellationToken.None)).Id;
    }

    private static async Task FillAsync(Person person)
    {
        var page = person.Page;
        foreach (var (field, text) in new[]
        {
            ("name", "One"), ("word", "red & blue"), ("story", "First line\nsecond line"), ("size", "1,234.5"), ("price", "99.90"), ("share", "12.5"), ("effort", "1h 30m"),
            ("made", "2026-03-31"), ("sold", "2026-03-31T14:30"), ("mail", "ann@example.com"), ("call", "+86 138 0013 8000"), ("site", "example.com/a"), ("place", "Hauptstr. 1"), ("data", """{"a":[1,"中"]}"""),
        })
            await page.Locator($"#field-{field}").FillAsync(text);
        await page.Locator("[name=priceCurrency]").SelectOptionAsync("EUR");
        await page.Locator("label:has([name=stars][value='4'])").ClickAsync();
        await page.Locator("[name=works][type=checkbox]").CheckAsync(new() { Force = true });
        foreach (var use in new[] { "home", "work" })
            await page.Locator($"[name=uses][value={use}]").CheckAsync();

        // Formatted text: a bold word, then a list.
        await page.Locator(".rich").ClickAsync();
        await page.Keyboard.TypeAsync("Hello ");
        await person.Button("Bold").ClickAsync();
        await page.Keyboard.TypeAsync("you");
        await Expect(person.Button("Bold")).ToHaveAttributeAsync("aria-pressed", "true");
        await page.Keyboard.PressAsync("Enter");
        await person.Button("Bold").ClickAsync();
        await person.Button("List").ClickAsync();
        await page.Keyboard.TypeAsync("later");

        // Rows of addresses: a second one, and one too many.
        var mails = page.Locator("[data-rows]:has([name=mails])");
        foreach (var (row, label, text) in new[] { (0, "home", "ann@home.example"), (1, "work", "ann@work.example"), (2, "other", "too@many.example") })
        {
            if (row > 0)
                await mails.Locator("[data-row-add]").ClickAsync();
            await mails.Locator("select").Nth(row).SelectOptionAsync(label);
            await mails.Locator("input").Nth(row).FillAsync(text);
        }
        await mails.Locator("[data-row-remove]").Nth(2).ClickAsync();
        await page.Locator("[data-rows] select[name=calls]").SelectOptionAsync("mobile");
        await page.Locator("#field-calls").FillAsync("+86 138 0013 8001");
        await page.Locator("[name=placeCountry]").SelectOptionAsync("DE");
        await page.Locator("[name=placeCity]").FillAsync("Berlin");
        await page.Locator("[name=placePostalCode]").FillAsync("10117");

        foreach (var tag in new[] { "VIP", "华东" })
        {
            await page.Locator("#field-labels + .ts-wrapper .ts-control").ClickAsync();
            await page.Keyboard.TypeAsync(tag);
            await page.Keyboard.PressAsync("Enter");
        }
        await page.Locator("#field-grade").EvaluateAsync("select => select.tomselect ? select.tomselect.setValue('b') : select.value = 'b'");
        foreach (var (field, texts) in new[] { ("client", ["Acme"]), ("clients", ["Bolt", "Acme"]), ("maker", [TestSite.AdminName]), ("desk", ["East"]), ("about", new[] { "Bolt" }) })
        {
            await page.Locator($"#field-{field} + .ts-wrapper .ts-control").ClickAsync();
            foreach (var text in texts)
            {
                await page.Keyboard.TypeAsync(text);
                await page.Locator($"#field-{field} + .ts-wrapper .option[data-selectable]", new() { HasText = text }).First.ClickAsync();
            }
        }
        await page.Locator("[name='paper.upload']").SetInputFilesAsync(new FilePayload { Name = "paper.txt", MimeType = "text/plain", Buffer = "Signed\n"u8.ToArray() });
        await page.Locator("[name='face.upload']").SetInputFilesAsync(new FilePayload { Name = "face.png", MimeType = "image/png", Buffer = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==") });
    }
}
