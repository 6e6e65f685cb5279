using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Crm.IntegrationTests.Api;

[Collection(nameof(SqliteApiSite))]
public sealed class DescribedClientSqliteTests(SqliteApiSite site) : DescribedClientTests(site);

[Collection(nameof(PostgresApiSite))]
public sealed class DescribedClientPostgresTests(PostgresApiSite site) : DescribedClientTests(site);

/// <summary>A client that knows nothing but what <c>$metadata</c> and OpenAPI say.</summary>
public abstract class DescribedClientTests(ApiSite api)
{
    /// <summary>Where a rule of the type says otherwise than to take a sample as it is, or to delete a record.</summary>
    private static readonly string[] Exceptions =
    [
        "deals.dealDate: 422 The deal date cannot lie in the future",
        // Texts in a language of their own.
        "roles.permissions: 400 Changed permissions must be an object of none, own, team or all by permission",
        "savedReports.parameters: 200 ",
        "segments.filter: 422 The filter is wrong at position 13: expected eq, ne, gt, ge, lt, le or in",
        // A month is kept as its first day.
        "targets.month: 200 2099-03-01",
        // Names of what is there.
        "users.roles: 422 There is no role “Sample”",
        "users.teams: 422 There is no team “Sample”",
        // Went with its contact.
        "customerContacts: 404",
    ];

    private static readonly XNamespace Edm = "http://docs.oasis-open.org/odata/ns/edm";

    private readonly ApiClient _client = api.Admin;
    private readonly Dictionary<string, JsonObject> _made = [];
    private readonly List<string> _refused = [];
    private readonly List<string> _otherwise = [];
    private JsonObject _schemas = null!;
    private Dictionary<string, XElement> _types = null!;

    [Fact]
    public async Task Client_WrittenFromTheDescription_WorksWithEveryType()
    {
        _schemas = (await _client.GetAsync("/openapi/v1.json"))["components"]!["schemas"]!.AsObject();
        var model = XDocument.Parse(await _client.Http.GetStringAsync("/api/$metadata"));
        _types = model.Descendants(Edm + "EntityType").ToDictionary(t => (string)t.Attribute("Name")!);
        var sets = model.Descendants(Edm + "EntitySet").Select(s => (string)s.Attribute("Name")!).ToList();
        Assert.Equal(sets.Order(StringComparer.Ordinal), (await _client.GetAsync("/api"))["value"]!.AsArray().Select(t => (string)t!["url"]!));
        Assert.Equal(_types.Keys.Count, JsonNode.Parse(await _client.Http.GetStringAsync("/api/$metadata?$format=json"))!["Crm"]!.AsObject().Count(p => p.Value is JsonObject o && (string?)o["$Kind"] == "EntityType"));

        foreach (var set in sets)
        {
            await MakeAsync(set, 0);
            await ReadAsync(set);
        }
        foreach (var set in sets.Where(_made.ContainsKey))
            await ChangeAsync(set);
        foreach (var set in sets.Where(_made.ContainsKey))
            await DeleteAsync(set);
        Assert.True(Exceptions.ToHashSet().SetEquals(_otherwise), string.Join("\n", _otherwise));
        // A workflow's definition is a program in a language of its own. All else can be made from the description alone,
        // unless that says itself that it needs a file, which a record has only once it is there.
        Assert.True(_refused is [var only] && only.StartsWith("workflows: 422", StringComparison.Ordinal), string.Join("\n", _refused));
        Assert.Equal(["attachments", "workflows"], sets.Except(_made.Keys).Order(StringComparer.Ordinal));
        Assert.Contains("RequiredProperties", model.ToString(), StringComparison.Ordinal);
    }

    private async Task MakeAsync(string set, int depth)
    {
        if (depth > 3 || _made.ContainsKey(set) || _refused.Any(r => r.StartsWith(set + ":", StringComparison.Ordinal)))
            return;
        var schema = _schemas[$"{set}Change"]!;
        var body = new JsonObject();
        var wanted = schema["x-required-on-create"]!.AsArray().Select(n => (string)n!).ToList();
        wanted.AddRange(schema["x-one-of"]!.AsArray().Select(g => g!.AsArray().Select(n => (string)n!).ToList()).Where(g => !g.Any(wanted.Contains)).Select(g => g[0]));
        if (wanted.Any(name => schema["properties"]![name] is null && _schemas[set]!["properties"]![name]!["x-media"] is not null))
            return;
        foreach (var name in wanted)
        {
            var property = schema["properties"]![name]!.AsObject();
            if ((string?)property["x-target"] is { } target)
            {
                var any = target == "*";
                target = any ? "customers" : target;
                await MakeAsync(target, depth + 1);
                body[name] = (any ? target + "/" : "") + (string?)_made.GetValueOrDefault(target)?["id"] ?? (await _client.IdsAsync($"/api/{target}")).FirstOrDefault();
            }
            else
            {
                body[name] = Sample(property);
            }
        }
        using var response = await _client.SendAsync("POST", $"/api/{set}", body.ToJsonString());
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        if (response.StatusCode == HttpStatusCode.Created)
            _made[set] = answer;
        else
            _refused.Add($"{set}: {(int)response.StatusCode} {answer["detail"]} {body}");
        Assert.True(response.StatusCode is HttpStatusCode.Created or HttpStatusCode.UnprocessableEntity, _refused.LastOrDefault());
    }

    /// <summary>Every property is there, each filters by all its operators and sorts where it says so, and all that can be expanded is.</summary>
    private async Task ReadAsync(string set)
    {
        var page = await _client.GetAsync($"/api/{set}?$top=1&$count=true");
        var properties = _types[set].Elements(Edm + "Property").ToDictionary(p => (string)p.Attribute("Name")!, p => (string)p.Attribute("Type")!);
        var record = page["value"]!.AsArray().FirstOrDefault()?.AsObject();
        if (record is not null)
            Assert.Equal(properties.Keys.Order(), record.Select(p => p.Key.Replace("@odata.mediaContentType", "", StringComparison.Ordinal)).Where(k => !k.Contains('@', StringComparison.Ordinal)).Order());
        var (conditions, right, wrong) = (new List<string>(), new List<string>(), new List<string>());
        var sorts = new List<string>();
        foreach (var (name, type) in properties)
        {
            var property = _schemas[set]!["properties"]![name]!.AsObject();
            var value = record?[name] ?? Sample(property);
            if (type.StartsWith("Collection", StringComparison.Ordinal) || value is null or JsonObject or JsonArray)
                continue;
            var literal = type == "Edm.String" ? $"'{((string)value!).Replace("'", "''", StringComparison.Ordinal)}'" : Literal(value);
            if (literal.Length > 200)
                continue;
            foreach (var word in property["x-filter"]!.AsArray().Select(w => (string)w!))
                (record?[name] is null ? conditions : word is "ne" or "gt" or "lt" ? wrong : right).Add(word.Length == 2 ? $"{name} {word} {literal}" : $"{word}({name},{literal})");
            if ((bool)property["x-sort"]!)
                sorts.Add(name);
        }
        foreach (var some in conditions.Chunk(25))
            await _client.GetAsync($"/api/{set}?$top=1&$filter={Uri.EscapeDataString(string.Join(" or ", some.Select(c => $"({c})")))}");
        // Of a record's own values it is told which conditions hold and which do not.
        foreach (var some in right.Chunk(25))
            Assert.True((await FoundAsync(string.Join(" and ", some))).SequenceEqual([(string)record!["id"]!]), $"{set}: {string.Join(" and ", some)}");
        foreach (var some in wrong.Chunk(25))
            Assert.True((await FoundAsync($"({string.Join(" or ", some)})")).Count == 0, $"{set}: {string.Join(" or ", some)}");
        foreach (var some in sorts.Chunk(5))
            await _client.GetAsync($"/api/{set}?$top=2&$orderby={Uri.EscapeDataString(string.Join(",", some.Select(s => s + " desc")))}");
        foreach (var some in _types[set].Elements(Edm + "NavigationProperty").Select(n => (string)n.Attribute("Name")!).Chunk(10))
            await _client.GetAsync($"/api/{set}?$top=2&$expand={string.Join(",", some)}");

        Task<List<string>> FoundAsync(string condition) => _client.IdsAsync($"/api/{set}?$select=id&$filter={Uri.EscapeDataString($"id eq {record!["id"]} and {condition}")}");
    }

    /// <summary>One property of each kind takes a sample, says so in its answer, and has it when it is read again.</summary>
    private async Task ChangeAsync(string set)
    {
        var url = $"/api/{set}/{_made[set]["id"]}";
        var tag = (string)(await _client.GetAsync(url))["@odata.etag"]!;
        var changed = new Dictionary<string, string>();
        foreach (var (name, property) in _schemas[$"{set}Change"]!["properties"]!.AsObject().Where(p => p.Value!["x-target"] is null && Sample(p.Value.AsObject()) is not null).DistinctBy(p => (string?)p.Value!["x-kind"]))
        {
            var sample = Sample(property!.AsObject())!.ToJsonString();
            using var answer = await _client.SendAsync("PATCH", url, $$"""{"{{name}}":{{sample}}}""", ("If-Match", tag));
            var record = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
            if (answer.StatusCode == HttpStatusCode.OK && record[name]?.ToJsonString() == sample)
                changed[name] = sample;
            else
                _otherwise.Add($"{set}.{name}: {(int)answer.StatusCode} {record["detail"] ?? record[name]}");
            tag = (string?)record["@odata.etag"] ?? tag;
        }
        var after = await _client.GetAsync(url);
        _otherwise.AddRange(changed.Where(c => after[c.Key]?.ToJsonString() != c.Value).Select(c => $"{set}.{c.Key}: then {after[c.Key]}"));
        if (changed.Count == 0)
            _otherwise.Add($"{set}: nothing");
        foreach (var media in _schemas[set]!["properties"]!.AsObject().Where(p => p.Value!["x-media"] is not null))
        {
            using var sent = await _client.SendAsync("PUT", url + media.Value!["x-media"], "GIF89a of some kind"u8.ToArray(), ("If-Match", "*"), ("Content-Disposition", "attachment; filename=some.gif"));
            Assert.True(sent.StatusCode == HttpStatusCode.NoContent, await sent.Content.ReadAsStringAsync());
            Assert.Equal("GIF89a of some kind", await _client.Http.GetStringAsync((string)(await _client.GetAsync(url))[$"{media.Key}@odata.mediaReadLink"]!));
        }
    }

    private async Task DeleteAsync(string set)
    {
        var url = $"/api/{set}/{_made[set]["id"]}";
        using var deleted = await _client.SendAsync("DELETE", url);
        if (deleted.StatusCode == HttpStatusCode.NoContent)
            await _client.RefusedAsync(HttpStatusCode.NotFound, "GET", url);
        else
            _otherwise.Add($"{set}: {(int)deleted.StatusCode}");
    }

    private static JsonNode? Sample(JsonObject property)
    {
        if (property["enum"] is JsonArray options)
            return options[0]!.DeepClone();
        var type = property["type"] is JsonArray types ? (string?)types[0] : (string?)property["type"];
        return (type, (string?)property["format"], (string?)property["x-kind"]) switch
        {
            ("integer", _, _) => Math.Max(1, (int)((decimal?)property["minimum"] ?? 1)),
            ("number", _, _) => 1.5m,
            ("boolean", _, _) => true,
            (_, "date", _) => "2099-03-31",
            (_, "date-time", _) => "2099-03-31T14:30:00Z",
            (_, "uuid", _) => Guid.NewGuid().ToString(),
            (_, _, "email") => $"m{Guid.NewGuid():N}@example.com",
            (_, _, "phone") => "+8613800138000",
            (_, _, "url") => "https://example.com",
            (_, _, "record") => $"customers/{Guid.NewGuid():D}",
            ("string", _, "text" or "longText" or "autoNumber" or "pickList") => $"S{Guid.NewGuid():N}"[..Math.Min(12, (int?)property["maxLength"] ?? 12)],
            ("string", _, _) => "Sample",
            _ => null,
        };
    }

    private static string Literal(JsonNode value)
        => value.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)value! : Convert.ToString(value.ToJsonString(), CultureInfo.InvariantCulture);
}
