using System.Net;
using System.Text.Json.Nodes;
using Crm.IntegrationTests.Support;
using Crm.Platform.Content;
using Crm.Platform.Queries;

namespace Crm.IntegrationTests.Api;

[Collection(nameof(SqliteApiSite))]
public sealed class RecordApiSqliteTests(SqliteApiSite site) : RecordApiTests(site);

[Collection(nameof(PostgresApiSite))]
public sealed class RecordApiPostgresTests(PostgresApiSite site) : RecordApiTests(site);

/// <summary>Reading and writing records by the API as a program does.</summary>
public abstract class RecordApiTests(ApiSite api)
{
    private readonly ApiClient _admin = api.Admin;

    [Fact]
    public async Task Record_CreatedChangedDeleted_IsThereAsTold()
    {
        using var created = await _admin.SendAsync("POST", "/api/customers", new { name = "Aßé 华新", annualRevenue = 12.5, annualRevenueCurrency = "CNY", employees = 20 });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("\"1\"", created.Headers.ETag!.Tag);
        var address = created.Headers.Location!.ToString();
        var record = await _admin.GetAsync(address);
        Assert.Equal("Aßé 华新", (string)record["name"]!);
        Assert.Equal(12.5m, (decimal)record["annualRevenue"]!);
        Assert.Equal("CNY", (string)record["annualRevenueCurrency"]!);
        Assert.Equal(20, (int)record["employees"]!);
        Assert.Null(record["website"]);
        Assert.EndsWith($"/api/customers/{record["id"]}", address, StringComparison.Ordinal);
        Assert.Equal("\"1\"", (string)record["@odata.etag"]!);

        using var changed = await _admin.SendAsync("PATCH", address, new { annualRevenue = 13, website = "example.com" }, ("If-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        var now = JsonNode.Parse(await changed.Content.ReadAsStringAsync())!;
        Assert.Equal("CNY", (string)now["annualRevenueCurrency"]!);
        Assert.Equal("https://example.com", (string)now["website"]!);

        var stale = await _admin.RefusedAsync(HttpStatusCode.PreconditionFailed, "PATCH", address, new { employees = 1 }, ("If-Match", "\"1\""));
        Assert.Equal("\"2\"", (string)stale["currentTag"]!);
        await _admin.RefusedAsync(HttpStatusCode.PreconditionRequired, "PATCH", address, new { employees = 1 });
        await _admin.RefusedAsync(HttpStatusCode.BadRequest, "PATCH", address, new { employees = 1 }, ("If-Match", "1"));
        await _admin.RefusedAsync(HttpStatusCode.PreconditionFailed, "PATCH", address, new { employees = 1 }, ("If-Match", "\"never\""));
        using var minimal = await _admin.SendAsync("PATCH", address.Replace($"/{record["id"]}", $"({record["id"]})", StringComparison.Ordinal), new { employees = (int?)null }, ("If-Match", "*"), ("Prefer", "return=minimal"));
        Assert.Equal(HttpStatusCode.NoContent, minimal.StatusCode);
        Assert.Equal("\"3\"", minimal.Headers.ETag!.Tag);
        using var unchanged = await _admin.SendAsync("GET", address, null, ("If-None-Match", "\"3\""));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        await _admin.RefusedAsync(HttpStatusCode.PreconditionFailed, "DELETE", address, null, ("If-Match", "\"1\""));
        using var deleted = await _admin.SendAsync("DELETE", address);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await _admin.RefusedAsync(HttpStatusCode.NotFound, "GET", address);

        await using var scope = await api.Site.OpenScopeAsync();
        var history = await scope.Log.ReadHistoryAsync("customers", Guid.Parse((string)record["id"]!), 10, CancellationToken.None);
        Assert.All(history, c => Assert.Equal("api", c.Source));
    }

    [Fact]
    public async Task Delete_OfWhatOthersPointTo_IsAConflictUntilTheyDoNot()
    {
        var product = await _admin.CreateAsync("products", new { name = $"Pointed to {Guid.NewGuid():N}" });
        var opportunity = await _admin.CreateAsync("opportunities", new { name = "Points", product = (string)product["id"]! });
        var problem = await _admin.RefusedAsync(HttpStatusCode.Conflict, "DELETE", $"/api/products/{product["id"]}");
        Assert.Equal("It cannot be deleted while 1 of Opportunities point to it", (string)problem["detail"]!);
        Assert.Equal((string)product["name"]!, (string)(await _admin.GetAsync($"/api/products/{product["id"]}"))["name"]!);
        foreach (var url in new[] { $"/api/opportunities/{opportunity["id"]}", $"/api/products/{product["id"]}" })
            using (var deleted = await _admin.SendAsync("DELETE", url))
                Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Fact]
    public async Task List_WithExpandSelectOrderAndPages_GivesEachRecordOnce()
    {
        var mark = Guid.NewGuid().ToString("N")[..8];
        var customer = await _admin.CreateAsync("customers", new { name = $"Parent {mark}", industry = "retail" });
        for (var i = 0; i < 120; i++)
            await _admin.CreateAsync("contacts", new { name = $"P{i:000} {mark}", customer = (string)customer["id"]! });

        var which = $"$filter={Uri.EscapeDataString($"customer/name eq 'PARENT {mark}'")}";
        var first = await _admin.GetAsync($"/api/contacts?{which}&$orderby=name desc&$select=name&$count=true&$expand=customer($select=name),ownerRecord");
        Assert.Equal(120, (int)first["@odata.count"]!);
        Assert.Equal(50, first["value"]!.AsArray().Count);
        var record = first["value"]![0]!.AsObject();
        Assert.Equal(["@odata.etag", "name", "customer", "ownerRecord"], record.Select(p => p.Key));
        Assert.Equal($"Parent {mark}", (string)record["customer"]!["name"]!);
        Assert.Equal(120, (await _admin.IdsAsync($"/api/contacts?{which}&$orderby=name desc")).Distinct().Count());
        Assert.Equal(100, (await _admin.IdsAsync($"/api/contacts?{which}&$top=100")).Count);
        Assert.Equal(20, (await _admin.IdsAsync($"/api/contacts?{which}&$skip=100&$top=1000")).Count);
        Assert.Equal("120", await _admin.Http.GetStringAsync($"/api/contacts/$count?{which}"));

        var around = await _admin.GetAsync($"/api/customers({customer["id"]})?$select=name&$expand=contacts($select=name;$top=2;$orderby=name;$filter=contains(name,'P11'))");
        Assert.Equal([$"P110 {mark}", $"P111 {mark}"], around["contacts"]!.AsArray().Select(c => (string)c!["name"]!));
        Assert.Equal(10, (await _admin.IdsAsync((string)around["contacts@odata.nextLink"]!)).Count);
        var record1 = Assert.Single(await _admin.IdsAsync($"/api/customers?$filter={Uri.EscapeDataString($"contacts/any(c: c/name eq 'P007 {mark}')")}"));
        Assert.Equal((string)customer["id"]!, record1);
        Assert.Single((await _admin.GetAsync($"/api/customers?$search={mark}"))["value"]!.AsArray());
        Assert.Equal(120, (await _admin.IdsAsync($"/api/contacts?$filter={Uri.EscapeDataString($"contains(tolower(name),'{mark}') and customerRecord/industry in ('retail','x') and not (customer eq null)")}")).Count);

        // Records that come, go and change places while a client turns the pages: it meets each that stays once, and goes on where it was.
        var page = await _admin.GetAsync($"/api/contacts?{which}&$orderby=name&$select=id,name");
        var ids = (await _admin.GetAsync($"/api/contacts?{which}&$orderby=name&$select=id&$top=1000"))["value"]!.AsArray().Select(c => (string)c!["id"]!).ToList();
        var names = Names(page);
        Assert.Equal($"P049 {mark}", names[^1]);
        foreach (var gone in new[] { 49, 70 })
            using (var deleted = await _admin.SendAsync("DELETE", $"/api/contacts/{ids[gone]}"))
                Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        foreach (var (moved, name) in new[] { (10, $"P999 {mark}"), (100, $"P0005 {mark}"), (60, $"P0606 {mark}") })
            using (var changed = await _admin.SendAsync("PATCH", $"/api/contacts/{ids[moved]}", new { name }, ("If-Match", "*")))
                Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        await _admin.CreateAsync("contacts", new { name = $"P0805 {mark}", customer = (string)customer["id"]! });
        await _admin.CreateAsync("contacts", new { name = $"P0015 {mark}", customer = (string)customer["id"]! });
        var rest = new List<string>();
        while ((string?)page["@odata.nextLink"] is { } next)
            rest.AddRange(Names(page = await _admin.GetAsync(next)));
        Assert.Equal(Enumerable.Range(50, 70).Where(i => i is not (60 or 70 or 100)).Select(i => $"P{i:000} {mark}").Append($"P0606 {mark}").Append($"P0805 {mark}").Append($"P999 {mark}").Order(StringComparer.Ordinal), rest);

        static List<string> Names(JsonObject page) => [.. page["value"]!.AsArray().Select(c => (string)c!["name"]!)];
    }

    [Fact]
    public async Task Expand_OfALookUpToMany_GivesTheRecordsThatTheReaderMaySeeInTheirOrder()
    {
        var user = $"clerk{Guid.NewGuid():N}"[..12];
        await using (var scope = await api.Site.OpenScopeAsync())
            await scope.CreateAsync("roles", ("name", user), ("permissions", """{"api.use":"all","tickets.view":"own"}"""));
        Assert.Equal(0, (await api.Site.RunAsync("user", "create", "--user-name", user, "--name", user, "--email", $"{user}@example.com", "--role", user, "--password", TestSite.AdminPassword, "--no-change")).Code);
        using var clerk = await api.TokenOfAsync(user);
        var owner = (string)(await _admin.GetAsync($"/api/users?$filter=name eq '{user}'"))["value"]![0]!["id"]!;
        var (first, others, last) = (await TicketAsync("First", owner), await TicketAsync("Another's", null), await TicketAsync("Last", owner));
        var ticket = (string)(await _admin.CreateAsync("tickets", new { subject = "Main", owner, related = new[] { last, others, first } }))["id"]!;

        var asked = $"/api/tickets/{ticket}?$select=subject&$expand=relatedRecords($select=subject;$expand=ownerRecord($select=name))";
        var all = await _admin.GetAsync(asked);
        Assert.Equal(["Last", "Another's", "First"], Subjects(all, "relatedRecords"));
        Assert.Equal(user, (string)all["relatedRecords"]![0]!["ownerRecord"]!["name"]!);
        Assert.Equal(["Last", "First"], Subjects(await clerk.GetAsync(asked), "relatedRecords"));
        // In short, they stand in place of their ids.
        var page = await _admin.GetAsync($"/api/tickets?$filter=id eq {ticket}&$expand=related");
        Assert.Equal(["Last", "Another's", "First"], Subjects(page["value"]![0]!.AsObject(), "related"));
        Assert.Empty((await _admin.GetAsync($"/api/tickets/{first}?$expand=relatedRecords"))["relatedRecords"]!.AsArray());
        var problem = await _admin.RefusedAsync(HttpStatusCode.BadRequest, "GET", "/api/tickets?$expand=relatedRecords($top=1)");
        Assert.Equal("$expand", (string)problem["errors"]![0]!["field"]!);

        Assert.Contains("""<NavigationProperty Name="relatedRecords" Type="Collection(Crm.tickets)" """.TrimEnd(), await _admin.Http.GetStringAsync("/api/$metadata"), StringComparison.Ordinal);
        Assert.Equal("array", (string)(await _admin.GetAsync("/openapi/v1.json"))["components"]!["schemas"]!["tickets"]!["properties"]!["relatedRecords"]!["type"]!);

        async Task<string> TicketAsync(string subject, string? of) => (string)(await _admin.CreateAsync("tickets", new { subject, owner = of }))["id"]!;

        static IEnumerable<string> Subjects(JsonObject record, string name) => record[name]!.AsArray().Select(r => (string)r!["subject"]!);
    }

    [Fact]
    public async Task Field_AddedAtRunTime_IsThereAtOnce()
    {
        var before = await _admin.Http.GetStringAsync("/api/$metadata");
        await using (var scope = await api.Site.OpenScopeAsync())
            Assert.Null(await scope.Definitions.SaveFieldAsync("customers", Field.Date("contractEnd", "Contract end"), CancellationToken.None));
        Assert.DoesNotContain("contractEnd", before, StringComparison.Ordinal);
        Assert.Contains("""Name="contractEnd" Type="Edm.Date""", await _admin.Http.GetStringAsync("/api/$metadata"), StringComparison.Ordinal);
        Assert.Equal("date", (string)(await _admin.GetAsync("/openapi/v1.json"))["components"]!["schemas"]!["customers"]!["properties"]!["contractEnd"]!["format"]!);
        var record = await _admin.CreateAsync("customers", new { name = "Contract", contractEnd = "2027-03-31" });
        Assert.Equal("2027-03-31", (string)record["contractEnd"]!);
        Assert.Single(await _admin.IdsAsync("/api/customers?$filter=contractEnd gt 2027-03-30 and contractEnd le 2027-03-31"));

        await using (var scope = await api.Site.OpenScopeAsync())
            Assert.Null(await scope.Definitions.SaveFieldAsync("customers", "contractEnd", new JsonObject { ["hidden"] = true }, CancellationToken.None));
        Assert.False((await _admin.GetAsync($"/api/customers/{record["id"]}")).ContainsKey("contractEnd"));
        var problem = await _admin.RefusedAsync(HttpStatusCode.BadRequest, "GET", "/api/customers?$filter=contractEnd eq 2027-03-31");
        Assert.Equal("contractEnd", (string)problem["errors"]![0]!["field"]!);
    }

    [Theory]
    [InlineData("$filter=nme eq 'x'", "nme")]
    [InlineData("$filter=employees eq 'many'", "employees")]
    [InlineData("$filter=employees contains 3", null)]
    [InlineData("$filter=createdAt gt 2026-02-31", null)]
    [InlineData("$filter=contains(employees,'3')", "employees")]
    [InlineData("$filter=customer/name eq 'x'", "customer")]
    [InlineData("$filter=name eq 'open", null)]
    [InlineData("$orderby=nme", "nme")]
    [InlineData("$orderby=parent", "parent")]
    [InlineData("$orderby=name up", "$orderby")]
    [InlineData("$select=name,nme", "nme")]
    [InlineData("$expand=nme", "nme")]
    [InlineData("$expand=parent($top=1)", "$expand")]
    [InlineData("$expand=parent(", "$expand")]
    [InlineData("$top=1001", "$top")]
    [InlineData("$top=-1", "$top")]
    [InlineData("$skip=10001", "$skip")]
    [InlineData("$count=yes", "$count")]
    [InlineData("$skiptoken=nonsense", null)]
    [InlineData("$fitler=name eq 'x'", "$fitler")]
    [InlineData("$top=1&$top=2", "$top")]
    public async Task List_BadOption_NamesIt(string query, string? field)
    {
        var problem = await _admin.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"/api/customers?{query}");
        Assert.Equal(field, (string?)problem["errors"]?[0]?["field"]);
    }

    [Fact]
    public async Task List_TooMuch_IsRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("not (", 30)) + "name eq 'x'" + new string(')', 30);
        var many = string.Join(" or ", Enumerable.Range(0, 201).Select(i => $"name eq '{i}'"));
        foreach (var filter in new[] { deep, many, $"name eq '{new string('x', 5000)}'", "parent/parent/parent/parent/name eq 'x'" })
            await _admin.RefusedAsync(HttpStatusCode.BadRequest, "GET", $"/api/customers?$filter={Uri.EscapeDataString(filter)}");
        await _admin.RefusedAsync(HttpStatusCode.BadRequest, "GET", "/api/customers?$expand=parent($expand=parent($expand=parent($expand=parent)))");
        await _admin.RefusedAsync(HttpStatusCode.BadRequest, "POST", "/api/customers", $"{{\"name\":\"x\",\"tags\":{new string('[', 200)}{new string(']', 200)}}}");
        // A client that is still sending when it is refused may find the connection closed before it has read why.
        await _admin.RefusedAsync(HttpStatusCode.RequestEntityTooLarge, "POST", "/api/customers", $"{{\"name\":\"{new string('x', 2_000_000)}\"}}", ("Expect", "100-continue"));
    }

    [Theory]
    [InlineData("""{"name":"x","nme":1}""", HttpStatusCode.BadRequest, "nme")]
    [InlineData("""{"name":5}""", HttpStatusCode.BadRequest, "name")]
    [InlineData("""{"name":"x","employees":"5"}""", HttpStatusCode.BadRequest, "employees")]
    [InlineData("""{"name":"x","parent":"Acme"}""", HttpStatusCode.BadRequest, "parent")]
    [InlineData("""{"name":"x","annualRevenue":5,"annualRevenueCurrency":"QQQ"}""", HttpStatusCode.BadRequest, "annualRevenueCurrency")]
    [InlineData("""{"name":"x","annualRevenueCurrency":"CNY"}""", HttpStatusCode.BadRequest, "annualRevenueCurrency")]
    [InlineData("""{"name":"x","createdAt":"2026-01-01T00:00:00Z"}""", HttpStatusCode.BadRequest, "createdAt")]
    [InlineData("""{"name":"x","version":7}""", HttpStatusCode.BadRequest, "version")]
    [InlineData("""{"name":"x","name":"y"}""", HttpStatusCode.BadRequest, null)]
    [InlineData("""{"name":""", HttpStatusCode.BadRequest, null)]
    [InlineData("[]", HttpStatusCode.BadRequest, null)]
    [InlineData("""{"name":"x","tags":"VIP"}""", HttpStatusCode.BadRequest, "tags")]
    [InlineData("""{"name":"x","tags":[1]}""", HttpStatusCode.BadRequest, "tags")]
    [InlineData("""{"name":"x","billingAddress":"A street"}""", HttpStatusCode.BadRequest, "billingAddress")]
    [InlineData("""{"name":"x","billingAddress":{"country":"Nowhere"}}""", HttpStatusCode.BadRequest, "billingAddress")]
    [InlineData("""{"name":"x","logo":"logo.png"}""", HttpStatusCode.BadRequest, "logo")]
    [InlineData("""{"name":"x","level":"platinum"}""", HttpStatusCode.BadRequest, "level")]
    [InlineData("""{"name":"x","owner":"0198c1c2-0000-7000-8000-00000000000a"}""", HttpStatusCode.UnprocessableEntity, "owner")]
    [InlineData("{}", HttpStatusCode.UnprocessableEntity, "name")]
    [InlineData("""{"name":"<script>"}""", HttpStatusCode.UnprocessableEntity, "name")]
    [InlineData("""{"name":"x","employees":-1}""", HttpStatusCode.UnprocessableEntity, "employees")]
    [InlineData("""{"name":"x","parent":"0198c1c2-0000-7000-8000-00000000000a"}""", HttpStatusCode.UnprocessableEntity, "parent")]
    public async Task Create_BadBody_NamesTheField(string body, HttpStatusCode status, string? field)
    {
        var problem = await _admin.RefusedAsync(status, "POST", "/api/customers", body);
        Assert.Equal(field, (string?)problem["errors"]?[0]?["field"]);
    }

    [Fact]
    public async Task Address_ThatIsNot_IsAProblemAndNoPage()
    {
        foreach (var url in new[] { "/api/nothing", "/api/customers/nothing", "/api/customers/x/y", $"/api/customers/{Guid.NewGuid()}", "/api/$batch" })
            await _admin.RefusedAsync(HttpStatusCode.NotFound, "GET", url, null, ("Accept", "text/html"));
        await _admin.RefusedAsync(HttpStatusCode.MethodNotAllowed, "PUT", "/api/customers", "{}");
        await _admin.RefusedAsync(HttpStatusCode.UnsupportedMediaType, "POST", "/api/customers");
        using var chinese = new ApiClient(api.Site.Address, _admin.Token, "zh-CN");
        Assert.Equal("没有内容类型“nothing”", (string)(await chinese.RefusedAsync(HttpStatusCode.NotFound, "GET", "/api/nothing"))["detail"]!);
    }

    [Fact]
    public async Task Filter_OfAnyShape_IsTheEnginesOwn()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CRM_TEST_SEED"), out var known) ? known : Random.Shared.Next();
        var random = new Random(seed);
        string?[] names = ["华新", "acme", "Ácme", "O'Brien", "a%b_c", "50% \\ &+?#"];
        for (var i = 0; i < 25; i++)
            await _admin.CreateAsync("customers", new { name = $"{names[random.Next(names.Length)]} {i}", employees = random.Next(2) == 0 ? (int?)null : random.Next(5), annualRevenue = random.Next(5) + 0.5m, level = random.Next(2) == 0 ? null : "A" });
        await using var scope = await api.Site.OpenScopeAsync();
        for (var round = 0; round < 40; round++)
        {
            var filter = string.Join(random.Next(2) == 0 ? " and " : " or ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => (random.Next(4) == 0 ? "not " : "") + "(" + (random.Next(7) switch
            {
                0 => $"employees {Pick("eq", "ne", "gt", "ge", "lt", "le")} {random.Next(5)}",
                1 => $"name {Pick("eq", "ne", "gt", "lt")} '{names[random.Next(names.Length)]!.Replace("'", "''", StringComparison.Ordinal)} {random.Next(25)}'",
                2 => $"{Pick("contains", "startswith", "endswith")}(name,'{names[random.Next(names.Length)]!.Replace("'", "''", StringComparison.Ordinal)}')",
                3 => $"employees in ({random.Next(5)},null)",
                4 => $"level {Pick("eq", "ne")} {Pick("null", "'A'")}",
                5 => $"annualRevenue {Pick("gt", "le")} {random.Next(5)}.5",
                _ => $"createdAt {Pick("gt", "lt")} {Pick("2026-01-01", "2030-01-01T00:00:00Z")}",
            }) + ")"));
            var type = scope.Definitions.Current.Get("customers");
            var expected = new List<string>();
            await foreach (var item in scope.Queries.StreamAsync(new Query("customers") { Where = FilterParser.Parse(filter, type, scope.Definitions.Current), Columns = [], Sort = type.DefaultSort }, CancellationToken.None))
                expected.Add(item.Id.ToString("D"));
            Assert.True(expected.SequenceEqual(await _admin.IdsAsync($"/api/customers?$select=id&$filter={Uri.EscapeDataString(filter)}")), $"seed {seed}, round {round}: {filter}");
        }

        string Pick(params string[] from) => from[random.Next(from.Length)];
    }
}
